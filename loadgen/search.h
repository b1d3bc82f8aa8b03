// Search: finds the highest rate at which runs pass, by carrying them out one after the other.
#ifndef PHX_LOADGEN_SEARCH_H_
#define PHX_LOADGEN_SEARCH_H_

#include <functional>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "loadgen/plan.h"
#include "loadgen/rate_search.h"
#include "loadgen/report.h"

namespace phx::loadgen {

struct SearchResult {
  RateSearchOptions options = {};
  std::vector<Report> steps = {};              // by rate
  std::optional<double> found = std::nullopt;  // RateSearch::found()
  bool interrupted = false;                    // somebody stopped it before its end
};

// SearchRate()
//
// Measures `plan` at one rate after the other, from `options.first` on. A rate holds if its run
// passes. Ends early when a run is interrupted, or has failed altogether. An error of `measure` is
// returned.
absl::StatusOr<SearchResult> SearchRate(
    const Plan& plan, const RateSearchOptions& options,
    const std::function<absl::StatusOr<Report>(const Plan&)>& measure);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_SEARCH_H_
