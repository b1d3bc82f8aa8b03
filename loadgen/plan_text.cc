#include "loadgen/plan_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/wire/endpoint_url.h"
#include "loadgen/quantity_text.h"
#include "loadgen/workload.h"

namespace phx::loadgen {

namespace {

std::string SizeText(const SizeRange& size) {
  if (size.least == size.most) return PluralText(size.most.bytes, "byte");
  return absl::StrCat(CountText(size.least.bytes), " to ", PluralText(size.most.bytes, "byte"));
}

// ", 100.0/s pushes of "echo" with 64 bytes", where `amount` is "100.0/s".
std::string DescribeLoad(const UserKind& kind, const std::string& amount) {
  const std::string payload =
      absl::StrCat("\"", kind.event, "\" with ", SizeText(kind.payload.size),
                   kind.payload.is_binary ? " (binary)" : "");
  switch (kind.workload) {
    case Workload::kReply: return absl::StrCat(", ", amount, " pushes of ", payload);
    case Workload::kCast: return absl::StrCat(", ", amount, " pushes without reply of ", payload);
    case Workload::kBroadcast:
      return absl::StrCat(", ", amount, " broadcasts by ", PluralText(kind.publishers, "publisher"),
                          " of ", payload);
    case Workload::kChurn: return absl::StrCat(", ", amount, " leaves and joins");
    case Workload::kPresence: return absl::StrCat(", ", amount, " leaves and joins, seen by all");
    case Workload::kIdle: return "";
    case Workload::kScript:
      return absl::StrCat(", a script of ", PluralText(kind.script.size(), "step"));
  }
  return "";
}

std::string DescribeUsers(const UserKind& kind) {
  const std::string reading =
      kind.read_rate == 0
          ? ""
          : absl::StrCat(", reading ", SizeText({{kind.read_rate}, {kind.read_rate}}),
                         "/s at most");
  return absl::StrCat(PluralText(kind.connections, "connection"), " with ",
                      PluralText(kind.channels, "channel"), " each", reading);
}

// How much of the load is a kind's.
std::string AmountOf(const Plan& plan, const UserKind& kind) {
  if (plan.in_flight > 0) {
    return absl::StrCat(CountText(plan.in_flight), " at a time (closed model)");
  }
  return absl::StrCat(RateText(plan.rate * kind.rate_share),
                      plan.phases.empty() ? "" : " on average");
}

std::string DescribeKind(const Plan& plan, const UserKind& kind) {
  return absl::StrCat(DescribeUsers(kind),
                      plan.has_load() ? DescribeLoad(kind, AmountOf(plan, kind)) : "");
}

}  // namespace

std::string DescribePlan(const Plan& plan) {
  const std::string scenario = plan.scenario.empty() ? "" : absl::StrCat(plan.scenario, ": ");
  if (plan.kinds.size() > 1) {
    return absl::StrCat(scenario, PluralText(plan.connections, "connection"), " of ",
                        PluralText(plan.kinds.size(), "kind"));
  }
  return absl::StrCat(scenario, DescribeKind(plan, plan.kinds.front()));
}

std::vector<std::string> DescribeKinds(const Plan& plan) {
  std::vector<std::string> lines;
  if (plan.kinds.size() == 1) return lines;
  for (const UserKind& kind : plan.kinds) {
    lines.push_back(absl::StrCat(kind.name, ": ", DescribeKind(plan, kind)));
  }
  return lines;
}

std::string DescribeShard(const Plan& plan) {
  if (!plan.shard.has_value()) return "";
  return absl::StrCat("shard ", ToString(*plan.shard), ": ", CountText(plan.own_connections()),
                      " of the connections",
                      plan.rate > 0 ? absl::StrCat(", ", RateText(plan.own_rate())) : "");
}

std::string FormatLabels(const Plan& plan) {
  return absl::StrJoin(plan.labels, ", ", absl::PairFormatter("="));
}

std::string RedactUrls(const std::vector<std::string>& urls) {
  return absl::StrJoin(urls, ", ", [](std::string* out, const std::string& url) {
    out->append(wire::RedactUrl(url));
  });
}

}  // namespace phx::loadgen
