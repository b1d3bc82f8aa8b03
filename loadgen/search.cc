#include "loadgen/search.h"

#include <algorithm>
#include <utility>

namespace phx::loadgen {

absl::StatusOr<SearchResult> SearchRate(
    const Plan& plan, const RateSearchOptions& options,
    const std::function<absl::StatusOr<Report>(const Plan&)>& measure) {
  SearchResult result{.options = options};
  RateSearch search(options);
  while (const std::optional<double> rate = search.next()) {
    Plan step = plan;
    step.rate = *rate;
    absl::StatusOr<Report> report = measure(step);
    if (!report.ok()) return report.status();
    const Verdict& verdict = report->verdict;
    result.interrupted = report->was_stopped();
    const bool is_over = result.interrupted || verdict.outcome == Outcome::kRunFailed;
    // What was cut short has not shown that it holds.
    if (!result.interrupted) search.Record(verdict.passed());
    result.steps.push_back(*std::move(report));
    if (is_over) break;
  }
  result.found = search.found();
  std::stable_sort(result.steps.begin(), result.steps.end(),
                   [](const Report& a, const Report& b) { return a.plan.rate < b.plan.rate; });
  return result;
}

}  // namespace phx::loadgen
