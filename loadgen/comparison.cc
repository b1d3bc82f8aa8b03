#include "loadgen/comparison.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "loadgen/mann_whitney.h"
#include "loadgen/quantity_text.h"
#include "loadgen/text_table.h"
#include "loadgen/wrap_text.h"

namespace phx::loadgen {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kColumns = 100;
constexpr double kNanosecondsPerSecond = 1e9;

// The intervals of the measured time of one run.
class Intervals {
 public:
  explicit Intervals(const Json& run) : columns_(run["series"]["columns"]) {
    const std::size_t phase = Column("phase");
    for (const Json& row : run["series"]["rows"]) {
      if (row.at(phase) == "measured") rows_.push_back(&row);
    }
    // The time after the last push, in which only replies come, is no interval like the others.
    double longest = 0;
    for (const Json* row : rows_) longest = std::max(longest, Seconds(*row));
    std::erase_if(rows_, [&](const Json* row) { return Seconds(*row) < longest / 2; });
  }

  std::size_t size() const { return rows_.size(); }

  // A statistic of a latency, of the intervals in which there was any.
  std::vector<double> Values(const std::string& metric, std::string_view statistic) const {
    std::vector<double> values;
    for (const Json* row : rows_) {
      if (row->at(Column(metric + "_count")) == 0) continue;
      values.push_back(row->at(Column(absl::StrCat(metric, "_", std::string(statistic), "_ns"))));
    }
    return values;
  }

  std::vector<double> PerSecond(std::string_view name) const {
    std::vector<double> values;
    for (const Json* row : rows_) {
      values.push_back(row->at(Column(name)).get<double>() / Seconds(*row));
    }
    return values;
  }

 private:
  std::size_t Column(std::string_view name) const {
    const auto found = std::find(columns_.begin(), columns_.end(), name);
    return static_cast<std::size_t>(found - columns_.begin());
  }

  double Seconds(const Json& row) const {
    return (row.at(Column("end_ns")).get<double>() - row.at(Column("start_ns")).get<double>()) /
           kNanosecondsPerSecond;
  }

  const Json& columns_;
  std::vector<const Json*> rows_;
};

Difference Decide(const ComparedFigure& figure, const ComparisonOptions& options) {
  if (!figure.p.has_value()) return Difference::kUntested;
  if (*figure.p >= options.significance || std::abs(figure.change()) < options.tolerance) {
    return Difference::kNone;
  }
  const bool has_grown = figure.change() > 0;
  return has_grown == figure.is_duration ? Difference::kWorse : Difference::kBetter;
}

void Test(const std::vector<double>& a, const std::vector<double>& b,
          const ComparisonOptions& options, ComparedFigure* figure) {
  if (a.size() >= kMinSample && b.size() >= kMinSample) figure->p = MannWhitneyP(a, b);
  figure->difference = Decide(*figure, options);
}

ComparedFigure LatencyFigure(const Json& a, const Json& b, const std::string& metric,
                             const char* statistic) {
  const auto of = [&](const Json& run) -> double {
    return run["latency_ns"].at(metric).at(statistic);
  };
  return {.name = absl::StrCat(metric, ".", statistic), .a = of(a), .b = of(b)};
}

// What a run was about: the latency, the rate, and the column of what that counts.
struct Subject {
  std::string metric = "reply";
  std::string rate = "replied";
  std::string column = "replies_in_time";
};

// Without replies and broadcasts there is only what was sent. Runs that are about different things
// have nothing in common but their replies, if they have any.
Subject SubjectOf(const Json& a, const Json& b) {
  const std::string metric = a["run"].value("main_latency", "reply");
  if (metric == "reply" || b["run"].value("main_latency", "reply") != metric) return {};
  if (metric == "broadcast") return {metric, "received", "broadcasts"};
  return {"", "sent", "sent"};
}

// "commit=1f3a, " of each. Files of before there were labels have none.
std::string LabelsOf(const Json& run) {
  std::string text;
  const Json labels = run["run"].value("labels", Json::object());
  for (const auto& [key, value] : labels.items()) {
    absl::StrAppend(&text, key, "=", value.get<std::string>(), ", ");
  }
  return text;
}

ComparedRun Describe(const Json& run, const Intervals& intervals) {
  ComparedRun described{.url = run["run"].at("url"),
                        .started_at = run["run"].at("started_at"),
                        .labels = LabelsOf(run),
                        .passed = run["passed"],
                        .intervals = intervals.size()};
  for (const Json& error : run["errors"]) {
    described.errors += error.at("count").get<std::uint64_t>();
  }
  return described;
}

std::string OptionText(const Json& options, const std::string& name) {
  if (!options.contains(name)) return "not given";
  const Json& value = options.at(name);
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// What was asked for in one run and not in the other. Where the report goes does not matter.
std::vector<std::string> FindUnlike(const Json& a, const Json& b) {
  std::set<std::string> names;
  for (const Json* options : {&a["options"], &b["options"]}) {
    for (const auto& [name, value] : options->items()) names.insert(name);
  }
  for (const char* output : {"json", "csv", "html", "quiet", "fail-if", "abort-if", "label"}) {
    names.erase(output);
  }
  std::vector<std::string> unlike;
  for (const std::string& name : names) {
    const std::string of_a = OptionText(a["options"], name);
    const std::string of_b = OptionText(b["options"], name);
    if (of_a != of_b) unlike.push_back(absl::StrCat("--", name, ": ", of_a, " and ", of_b));
  }
  return unlike;
}

std::string RunLine(const char* name, const ComparedRun& run) {
  return absl::StrCat(name, ": ", run.labels, run.url, ", ", run.started_at, ", ", run.intervals,
                      " intervals, ", CountText(run.errors), run.errors == 1 ? " error" : " errors",
                      ", ", run.passed ? "PASSED" : "FAILED", "\n");
}

std::string ValueText(const ComparedFigure& figure, double value) {
  return figure.is_duration ? DurationText(Duration(std::llround(value))) : RateText(value);
}

std::string DifferenceText(const ComparedFigure& figure) {
  switch (figure.difference) {
    case Difference::kNone: return "no difference that counts";
    case Difference::kBetter: return "BETTER";
    case Difference::kWorse: return "WORSE";
    case Difference::kUntested: return "not tested";
  }
  return "";
}

std::string PText(const std::optional<double>& p) {
  if (!p.has_value()) return "";
  return *p < 0.0001 ? "<0.0001" : absl::StrFormat("%.4f", *p);
}

}  // namespace

bool Comparison::is_worse() const {
  return std::any_of(figures.begin(), figures.end(), [](const ComparedFigure& figure) {
    return figure.difference == Difference::kWorse;
  });
}

Comparison Compare(const Json& a, const Json& b, const ComparisonOptions& options) {
  const Intervals intervals_a(a);
  const Intervals intervals_b(b);
  Comparison comparison{.options = options,
                        .a = Describe(a, intervals_a),
                        .b = Describe(b, intervals_b),
                        .unlike = FindUnlike(a, b)};
  const Subject subject = SubjectOf(a, b);
  ComparedFigure rate{.name = "rate",
                      .is_duration = false,
                      .a = a["rates"].at(subject.rate),
                      .b = b["rates"].at(subject.rate)};
  Test(intervals_a.PerSecond(subject.column), intervals_b.PerSecond(subject.column), options,
       &rate);
  comparison.figures.push_back(std::move(rate));
  for (const char* statistic : {"p50", "p90", "p99"}) {
    if (subject.metric.empty()) break;
    ComparedFigure figure = LatencyFigure(a, b, subject.metric, statistic);
    Test(intervals_a.Values(subject.metric, statistic),
         intervals_b.Values(subject.metric, statistic), options, &figure);
    comparison.figures.push_back(std::move(figure));
  }
  for (const char* metric : {"connect", "join"}) {
    comparison.figures.push_back(LatencyFigure(a, b, metric, "p99"));
  }
  return comparison;
}

std::string FormatComparison(const Comparison& comparison) {
  TextTable table;
  table.AddRow({"figure", "a", "b", "change", "p", ""});
  for (const ComparedFigure& figure : comparison.figures) {
    table.AddRow({absl::StrCat("  ", figure.name), ValueText(figure, figure.a),
                  ValueText(figure, figure.b), absl::StrFormat("%+.1f %%", 100 * figure.change()),
                  PText(figure.p), DifferenceText(figure)});
  }
  std::string text = absl::StrCat(RunLine("a", comparison.a), RunLine("b", comparison.b), "\n",
                                  table.Format(), "\n");
  const std::string explanation = absl::StrFormat(
      "p: Mann-Whitney U test, two-sided, on the values of the intervals of the measured time "
      "(what came per second; percentiles of the interval), of which each run needs %d. A figure "
      "is better or worse if p < %g and the whole run's value has changed by %g %% or more. "
      "Intervals of one run share its conditions: repeat what has to be sure.",
      kMinSample, comparison.options.significance, 100 * comparison.options.tolerance);
  absl::StrAppend(&text, absl::StrJoin(WrapText(explanation, kColumns), "\n"), "\n");
  if (!comparison.unlike.empty()) {
    absl::StrAppend(&text, "\nWARNING: the runs were not asked for the same:\n  ",
                    absl::StrJoin(comparison.unlike, "\n  "), "\n");
  }
  return absl::StrCat(text, "\n", comparison.is_worse() ? "WORSE" : "NOT WORSE", "\n");
}

}  // namespace phx::loadgen
