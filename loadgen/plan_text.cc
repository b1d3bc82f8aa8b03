#include "loadgen/plan_text.h"

#include "absl/strings/str_cat.h"
#include "loadgen/quantity_text.h"
#include "loadgen/workload.h"

namespace phx::loadgen {

std::string DescribePlan(const Plan& plan) {
  std::string text = absl::StrCat(PluralText(plan.connections, "connection"), " with ",
                                  PluralText(plan.channels, "channel"), " each");
  if (!plan.has_load()) return text;
  const std::string amount =
      plan.in_flight > 0 ? absl::StrCat(CountText(plan.in_flight), " at a time (closed model)")
                         : RateText(plan.rate);
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

}  // namespace phx::loadgen
