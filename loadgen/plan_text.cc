#include "loadgen/plan_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/wire/endpoint_url.h"
#include "loadgen/quantity_text.h"
#include "loadgen/text_table.h"
#include "loadgen/workload.h"

namespace phx::loadgen {

std::string DescribePlan(const Plan& plan) {
  std::string text = absl::StrCat(PluralText(plan.connections, "connection"), " with ",
                                  PluralText(plan.channels, "channel"), " each");
  if (!plan.has_load()) return text;
  const std::string amount =
      plan.in_flight > 0
          ? absl::StrCat(CountText(plan.in_flight), " at a time (closed model)")
          : absl::StrCat(RateText(plan.rate), plan.phases.empty() ? "" : " on average");
  const std::string payload =
      absl::StrCat("\"", plan.event, "\" with ", PluralText(plan.payload_size, "byte"),
                   plan.is_binary ? " (binary)" : "");
  switch (plan.workload) {
    case Workload::kReply: absl::StrAppend(&text, ", ", amount, " pushes of ", payload); break;
    case Workload::kCast:
      absl::StrAppend(&text, ", ", amount, " pushes without reply of ", payload);
      break;
    case Workload::kBroadcast:
      absl::StrAppend(&text, ", ", amount, " broadcasts by ",
                      PluralText(plan.publishers, "publisher"), " of ", payload);
      break;
    case Workload::kChurn: absl::StrAppend(&text, ", ", amount, " leaves and joins"); break;
  }
  return text;
}

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

std::string FormatServers(const Plan& plan) {
  if (plan.embedded) {
    return absl::StrCat("an embedded server with ", PluralText(plan.server_ports, "port"));
  }
  return RedactUrls(plan.urls);
}

}  // namespace

std::string RedactUrls(const std::vector<std::string>& urls) {
  return absl::StrJoin(urls, ", ", [](std::string* out, const std::string& url) {
    out->append(wire::RedactUrl(url));
  });
}

std::string FormatDryRun(const Plan& plan) {
  std::string text = absl::StrCat("Load on ", FormatServers(plan), "\n", DescribePlan(plan), "\n");
  if (plan.channels > 0) {
    absl::StrAppend(&text, "topics from ", plan.topic.Expand({}), " to ",
                    plan.topic.Expand({.connection = plan.connections, .channel = plan.channels}),
                    "\n");
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
