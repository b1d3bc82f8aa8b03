#include "loadgen/plan_text.h"

#include "absl/strings/str_cat.h"
#include "loadgen/quantity_text.h"

namespace phx::loadgen {

std::string DescribePlan(const Plan& plan) {
  std::string text = absl::StrCat(PluralText(plan.connections, "connection"), " with ",
                                  PluralText(plan.channels, "channel"), " each");
  if (plan.rate > 0) {
    absl::StrAppend(&text, ", ", RateText(plan.rate), " pushes of \"", plan.event, "\" with ",
                    PluralText(plan.payload.size(), "byte"));
  }
  return text;
}

}  // namespace phx::loadgen
