// Comparison: two runs side by side, and whether what differs is more than chance.
//
//   Comparison comparison = Compare(*ParseRunFile(before), *ParseRunFile(after), {});
//   std::cout << FormatComparison(comparison);
//   return comparison.is_worse() ? 1 : 0;
//
// The test is that of Mann and Whitney (mann_whitney.h), two-sided, on the values of the intervals
// (seconds) of the measured time, and not on single latencies: neighbouring latencies depend on
// each other, and a hundred thousand of them would make every difference look certain. Intervals of
// one run share its conditions all the same: what has to be sure is run more than once.
#ifndef PHX_LOADGEN_COMPARISON_H_
#define PHX_LOADGEN_COMPARISON_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"

namespace phx::loadgen {

enum class Difference : std::uint8_t {
  kNone,  // chance explains it, or it is smaller than what counts
  kBetter,
  kWorse,
  kUntested,  // a figure of the whole run only, or too few intervals
};

struct ComparedFigure {
  std::string name = {};
  bool is_duration = true;  // otherwise a rate
  double a = 0;             // of the whole run; nanoseconds or per second
  double b = 0;
  std::optional<double> p = std::nullopt;
  Difference difference = Difference::kUntested;

  // (b - a) / a; 0 if a is.
  double change() const { return a == 0 ? 0 : (b - a) / a; }
};

struct ComparisonOptions {
  double significance = 0.01;  // a p-value below counts
  double tolerance = 0.05;     // a change of less does not, however certain
};

struct ComparedRun {
  std::string url = {};
  std::string started_at = {};
  std::string labels = {};  // each with a comma and a space behind it
  bool passed = false;
  std::uint64_t errors = 0;
  std::size_t intervals = 0;
};

struct Comparison {
  ComparisonOptions options = {};
  ComparedRun a = {};
  ComparedRun b = {};
  std::vector<ComparedFigure> figures = {};
  std::vector<std::string> unlike = {};  // options that differ: "--rate: 1000 and 2000"

  bool is_worse() const;
};

// `a` and `b` are from ParseRunFile().
Comparison Compare(const nlohmann::json& a, const nlohmann::json& b,
                   const ComparisonOptions& options);

std::string FormatComparison(const Comparison& comparison);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_COMPARISON_H_
