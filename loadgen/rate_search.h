// RateSearch: which rates to measure, to find the highest that a server holds.
//
//   RateSearch search({.first = 1000});
//   while (const std::optional<double> rate = search.next()) search.Record(Holds(*rate));
//   search.found();
//
// It steps up by a factor while rates hold (down, if the first does not), halves what lies between
// the highest that held and the lowest that did not until these are close, and measures what it has
// found once more: one run may be lucky. If that fails it goes on a little lower.
//
// It does no I/O and reads no clock. Threads: as a plain value.
#ifndef PHX_LOADGEN_RATE_SEARCH_H_
#define PHX_LOADGEN_RATE_SEARCH_H_

#include <cstdint>
#include <optional>

#include "loadgen/rate_phase.h"

namespace phx::loadgen {

struct RateSearchOptions {
  double first = 1000;      // a second
  double factor = 2;        // of one step; more than 1
  double precision = 0.05;  // how far apart, as a share, what holds and what does not may stay
  double max = kMaxRate;    // beyond which nothing is tried
};

class RateSearch {
 public:
  explicit RateSearch(const RateSearchOptions& options);

  // The rate to measure now; nullopt when the search is over.
  std::optional<double> next() const { return next_; }

  // What came of next().
  void Record(bool holds);

  // The highest rate that held, twice; nullopt if there is none, or not yet.
  std::optional<double> found() const { return found_; }

 private:
  enum class State : std::uint8_t { kStepping, kHalving, kRepeating };

  void Step();
  void Halve();
  void Repeat(bool holds);
  void Finish(std::optional<double> found);

  RateSearchOptions options_;
  State state_ = State::kStepping;
  std::optional<double> next_;
  std::optional<double> holds_;  // the highest that did
  std::optional<double> fails_;  // the lowest that did not hold
  int steps_ = 0;                // of the present state
  std::optional<double> found_;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_RATE_SEARCH_H_
