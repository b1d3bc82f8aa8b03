#include "loadgen/search_report.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "loadgen/json_report.h"
#include "loadgen/plan_text.h"
#include "loadgen/quantity_text.h"
#include "loadgen/text_table.h"
#include "loadgen/wrap_text.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kColumns = 100;

std::vector<std::string> ConditionsOf(const Plan& plan) {
  std::vector<std::string> conditions;
  for (const Threshold& threshold : plan.fail_if) conditions.push_back(threshold.text);
  return conditions;
}

std::string FormatTitle(const Report& first) {
  const std::string conditions =
      absl::StrCat("each rate: warm-up ", DurationText(first.plan.warmup), ", measured ",
                   DurationText(first.plan.duration), "; it holds unless ",
                   absl::StrJoin(ConditionsOf(first.plan), ", "));
  return absl::StrCat("Search on ", first.url, first.plan.embedded ? " (embedded server)" : "",
                      ", ", first.started_at, "\n", DescribePlan(first.plan), " and more\n",
                      absl::StrJoin(WrapText(conditions, kColumns), "\n"), "\n");
}

std::string OutcomeText(const Report& step) {
  if (step.was_stopped()) return "stopped";
  return step.verdict.passed() ? "holds" : "FAILED";
}

std::string FormatCurve(const std::vector<Report>& steps) {
  const Metric metric = steps.front().plan.main_metric();
  TextTable table;
  std::vector<std::string> head = {absl::StrCat(std::string(ToString(metric)), " by rate"),
                                   "achieved"};
  for (const double percentile : kPercentiles) head.push_back(absl::StrCat("p", percentile));
  head.insert(head.end(), {"max", "thread", ""});
  table.AddRow(std::move(head));
  for (const Report& step : steps) {
    const LatencySummary latency = step.latency(metric);
    std::vector<std::string> row = {absl::StrCat("  ", RateText(step.plan.rate)),
                                    PercentText(step.rates.achieved())};
    for (const Duration& percentile : latency.percentiles) row.push_back(DurationText(percentile));
    row.insert(row.end(), {DurationText(latency.max), PercentText(step.generator.busiest_cpu),
                           OutcomeText(step)});
    table.AddRow(std::move(row));
  }
  return table.Format();
}

// The lowest rate above what was found that failed: the reason why it is no more.
const Report* FindLimit(const SearchResult& result) {
  for (const Report& step : result.steps) {
    const bool failed = !step.was_stopped() && !step.verdict.passed();
    if (failed && step.plan.rate >= result.found.value_or(0)) return &step;
  }
  return nullptr;
}

std::string FormatLimit(const Report& limit) {
  std::string text = absl::StrCat("  ", RateText(limit.plan.rate),
                                  " does not: ", absl::StrJoin(limit.verdict.reasons, ", "), "\n");
  for (const std::string& warning : limit.verdict.warnings) {
    const std::vector<std::string> lines =
        WrapText(absl::StrCat("WARNING, at ", RateText(limit.plan.rate), ": ", warning), kColumns);
    absl::StrAppend(&text, "\n", absl::StrJoin(lines, "\n"), "\n");
  }
  return text;
}

// A run as its file has it, without what only one run needs.
Json StepJson(const Report& step) {
  const Json run = SummaryJson(step);
  Json json = {{"rate", step.plan.rate}};
  for (const char* name :
       {"passed", "reasons", "warnings", "counts", "rates", "latency_ns", "errors", "generator"}) {
    json[name] = run[name];
  }
  return json;
}

}  // namespace

std::string FormatSearchText(const SearchResult& result) {
  std::string text =
      absl::StrCat(FormatTitle(result.steps.front()), "\n", FormatCurve(result.steps), "\n");
  if (result.interrupted) absl::StrAppend(&text, "stopped before its end\n");
  if (result.found.has_value()) {
    absl::StrAppend(&text, "highest rate that holds, measured twice: ", RateText(*result.found),
                    "\n");
  } else {
    absl::StrAppend(&text, "no rate was found that holds twice\n");
  }
  if (const Report* limit = FindLimit(result)) absl::StrAppend(&text, FormatLimit(*limit));
  return text;
}

std::string FormatSearchJson(const SearchResult& result) {
  const Json first = SummaryJson(result.steps.front());
  Json steps = Json::array();
  for (const Report& step : result.steps) steps.push_back(StepJson(step));
  const Json found = result.found.has_value() ? Json(*result.found) : Json();
  const Json json = {{"schema", kSearchSchema},
                     {"schema_version", kSearchSchemaVersion},
                     {"passed", result.found.has_value()},
                     {"found_rate", found},
                     {"interrupted", result.interrupted},
                     {"fail_if", ConditionsOf(result.steps.front().plan)},
                     {"precision", result.options.precision},
                     {"run", first["run"]},
                     {"steps", steps},
                     {"tool", first["tool"]},
                     {"machine", first["machine"]},
                     {"options", first["options"]}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace phx::loadgen
