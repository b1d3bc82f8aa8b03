#include "loadgen/dry_run_text.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "loadgen/plan_text.h"
#include "loadgen/quantity_text.h"
#include "loadgen/rate_phase.h"
#include "loadgen/shard.h"
#include "loadgen/start_time.h"
#include "loadgen/text_table.h"
#include "loadgen/threshold.h"
#include "loadgen/time.h"
#include "loadgen/user_kind.h"

namespace phx::loadgen {
namespace {

std::string FormatSchedule(const Plan& plan) {
  TextTable table;
  table.AddRow({"begins at", "length", "rate"});
  const std::string first = plan.in_flight > 0    ? "closed model"
                            : plan.phases.empty() ? RateText(plan.rate)
                                                  : RateText(plan.phases.front().from);
  table.AddRow({"  warm-up, not in the results", DurationText(plan.warmup), first});
  Duration begin = {};
  for (const RatePhase& phase : plan.phases) {
    table.AddRow(
        {absl::StrCat("  ", DurationText(begin), " ", phase.name), DurationText(phase.length),
         phase.from == phase.to ? RateText(phase.from)
                                : absl::StrCat(RateText(phase.from), " to ", RateText(phase.to))});
    begin += phase.length;
  }
  if (plan.phases.empty()) {
    table.AddRow({absl::StrCat("  ", DurationText(begin)), DurationText(plan.duration), first});
  }
  return table.Format();
}

std::string FormatTopics(const UserKind& kind) {
  if (kind.channels == 0) return "";
  const std::uint64_t last = kind.first + kind.connections;
  return absl::StrCat(kind.name.empty() ? "" : absl::StrCat("  ", kind.name, ": "), "topics from ",
                      kind.topic.Expand(kind.ValuesOf(kind.first + 1)), " to ",
                      kind.topic.Expand(kind.ValuesOf(last, kind.channels)), "\n");
}

std::string FormatServers(const Plan& plan) {
  if (plan.embedded) {
    return absl::StrCat("an embedded server with ", PluralText(plan.server_ports, "port"));
  }
  return RedactUrls(plan.urls);
}

}  // namespace

std::string FormatDryRun(const Plan& plan) {
  std::string text = absl::StrCat("Load on ", FormatServers(plan), "\n", DescribePlan(plan), "\n");
  for (const std::string& line : DescribeKinds(plan)) absl::StrAppend(&text, "  ", line, "\n");
  for (const UserKind& kind : plan.kinds) absl::StrAppend(&text, FormatTopics(kind));
  if (plan.shard.has_value()) absl::StrAppend(&text, DescribeShard(plan), "\n");
  if (plan.start_at.has_value()) {
    absl::StrAppend(&text, "pushes from ", ToString(*plan.start_at), " on\n");
  }
  if (!plan.local_addresses.empty()) {
    absl::StrAppend(&text, "from ", plan.local_addresses.size(),
                    " local addresses: ", plan.local_addresses.front(), " to ",
                    plan.local_addresses.back(), "\n");
  }
  absl::StrAppend(&text, PluralText(plan.threads, "thread"), "\n\n", FormatSchedule(plan),
                  "\nfails if\n");
  for (const Threshold& threshold : plan.fail_if) {
    absl::StrAppend(&text, "  ", threshold.text, "\n");
  }
  for (const Threshold& threshold : plan.abort_if) {
    absl::StrAppend(&text, "  ", threshold.text, " (ends the run)\n");
  }
  return absl::StrCat(text, "\nThis was a dry run: nothing was opened.\n");
}

}  // namespace phx::loadgen
