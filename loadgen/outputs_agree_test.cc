// One run, four outputs: whatever happened in it, they say the same.
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loadgen/csv_report.h"
#include "loadgen/html_report.h"
#include "loadgen/json_report.h"
#include "loadgen/make_plan.h"
#include "loadgen/make_report.h"
#include "loadgen/plan.h"
#include "loadgen/quantity_text.h"
#include "loadgen/run_file.h"
#include "loadgen/sample_result.h"
#include "loadgen/settings.h"
#include "loadgen/text_report.h"

namespace phx::loadgen {
namespace {

using Json = nlohmann::json;
using ::testing::ContainsRegex;

using Random = std::mt19937_64;

std::uint64_t UpTo(Random& random, std::uint64_t most) {
  return std::uniform_int_distribution<std::uint64_t>(0, most)(random);
}

// Anything that one interval may have seen, and some that it may not.
PhaseRecorders RandomInterval(Random& random) {
  PhaseRecorders recorders;
  for (const Phase phase : kPhases) {
    Recorder& recorder = recorders[phase];
    if (UpTo(random, 3) == 0) continue;
    for (std::size_t i = 0; i < kCounterCount; ++i) {
      recorder.Count(static_cast<Counter>(i), UpTo(random, 1000));
    }
    for (const Metric metric : kReportedMetrics) {
      for (std::uint64_t i = UpTo(random, 50); i > 0; --i) {
        recorder.Record(metric, Duration(UpTo(random, std::uint64_t{1} << UpTo(random, 40))));
      }
    }
    for (std::uint64_t i = UpTo(random, 5); i > 0; --i) {
      recorder.Fail({.stage = static_cast<Stage>(UpTo(random, kStageCount - 1)),
                     .cause = static_cast<Cause>(UpTo(random, kCauseCount - 1)),
                     .kind = UpTo(random, 1) == 0 ? "" : "</script>",
                     .message = "</script> \xff \""},
                    UpTo(random, 3));
    }
  }
  return recorders;
}

// Of one kind of users, or of several.
RunResult RandomResult(Random& random, std::size_t kinds = 1) {
  RunResult result = BaseResult();
  result.workers = {{.cpu = 0.5}};
  for (std::uint64_t i = 0; i < 10; ++i) {
    PhaseRecorders interval;
    if (kinds == 1) interval = RandomInterval(random);
    for (std::size_t kind = 0; kinds > 1 && kind < kinds; ++kind) {
      interval.MergeKind(kind, RandomInterval(random));
    }
    result.recorders.Merge(interval);
    const Duration start = std::chrono::seconds(i);
    result.series.Add(start, start + std::chrono::seconds(1), static_cast<Phase>(i % 3), interval);
  }
  return result;
}

// The sums of a CSV file's columns, of the rows of one phase.
std::map<std::string, std::uint64_t> SumCsv(const std::string& csv, const std::string& phase,
                                            const std::string& users = "all") {
  std::vector<std::string> lines = absl::StrSplit(csv, "\r\n", absl::SkipEmpty());
  const std::vector<std::string> columns = absl::StrSplit(lines.front(), ',');
  std::map<std::string, std::uint64_t> sums;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> cells = absl::StrSplit(lines[i], ',');
    EXPECT_EQ(cells.size(), columns.size());
    if (cells[0] != phase || cells[1] != users) continue;
    for (std::size_t c = 2; c < cells.size(); ++c) {
      std::uint64_t value = 0;
      EXPECT_TRUE(absl::SimpleAtoi(cells[c], &value)) << cells[c];
      sums[columns[c]] += value;
    }
  }
  return sums;
}

std::map<std::string, std::uint64_t> SumJson(const Json& series, const std::string& phase,
                                             const std::string& users = "all") {
  std::map<std::string, std::uint64_t> sums;
  for (const Json& row : users == "all" ? series["rows"] : series["users"][users]) {
    if (row[0] != phase) continue;
    for (std::size_t c = 1; c < row.size(); ++c) {
      sums[series["columns"][c].get<std::string>()] += row[c].get<std::uint64_t>();
    }
  }
  return sums;
}

// The run inside a page.
Json RunOf(const std::string& html) {
  const std::string begin = R"(<script type="application/json" id="run">)";
  const std::size_t start = html.find(begin) + begin.size();
  return Json::parse(html.substr(start, html.find("</script>", start) - start));
}

std::uint64_t CountBins(const Json& histogram) {
  std::uint64_t count = 0;
  for (const Json& bin : histogram["bins"]) count += bin[2].get<std::uint64_t>();
  return count;
}

void ExpectTotalsOfTheSeries(const Json& run, const std::string& csv) {
  auto measured = SumCsv(csv, "measured");
  auto setup = SumCsv(csv, "setup");
  EXPECT_EQ(measured, SumJson(run["series"], "measured"));
  EXPECT_EQ(setup, SumJson(run["series"], "setup"));
  EXPECT_EQ(SumCsv(csv, "warmup"), SumJson(run["series"], "warmup"));
  for (const auto& [name, count] : run["counts"]["pushes"].items()) {
    EXPECT_EQ(count, measured[name]) << name;
  }
  EXPECT_EQ(run["counts"]["connections"]["done"], setup["connected"]);
  EXPECT_EQ(run["counts"]["joins"]["done"], setup["joined"]);
  std::uint64_t errors = 0;
  for (const Json& error : run["errors"]) errors += error["count"].get<std::uint64_t>();
  EXPECT_EQ(errors, setup["errors"] + SumCsv(csv, "warmup")["errors"] + measured["errors"]);
  for (const auto& [name, latency] : run["latency_ns"].items()) {
    EXPECT_EQ(latency["count"], setup[name + "_count"] + measured[name + "_count"]) << name;
    EXPECT_EQ(latency["count"], CountBins(run["histograms_ns"][name])) << name;
  }
}

void ExpectTextSays(const std::string& text, const Json& run) {
  const auto number = [](const Json& count) { return CountText(count.get<std::uint64_t>()); };
  const Json& pushes = run["counts"]["pushes"];
  EXPECT_THAT(text, ContainsRegex(absl::StrCat("  due +", number(pushes["due"]))));
  EXPECT_THAT(text, ContainsRegex(absl::StrCat("  sent +", number(pushes["sent"]))));
  EXPECT_THAT(text, ContainsRegex(absl::StrCat("  replied +", number(pushes["replies"]))));
  EXPECT_THAT(text, ContainsRegex(absl::StrCat("  failed +", number(pushes["failed"]))));
  const std::string max =
      DurationText(Duration(run["latency_ns"]["reply"]["max"].get<std::int64_t>()));
  EXPECT_THAT(text, ContainsRegex(absl::StrCat("  reply .* ", max, "\n")));
}

TEST(OutputsAgreeTest, WhateverHappened) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const Report report = MakeReport(SamplePlan(), RandomResult(random));
    const std::string json = FormatJson(report);
    const absl::StatusOr<Json> run = ParseRunFile(json);
    ASSERT_TRUE(run.ok()) << run.status();
    ExpectTotalsOfTheSeries(*run, FormatCsv(report));
    EXPECT_EQ(RunOf(FormatHtml(json)), *run);
    ExpectTextSays(FormatText(report), *run);
  }
}

Plan PlanOfTwoKinds() {
  Settings settings;
  settings.urls = {"ws://127.0.0.1:4000/socket"};
  settings.connections = 100;
  settings.kinds.resize(2);
  settings.kinds[0].name = "chatter";
  settings.kinds[0].workload = "broadcast";
  settings.kinds[1].name = "asker";
  return *MakePlan(settings, 4);
}

// The cells behind the one that is `name`, in a table.
std::vector<std::string> RowOf(const std::string& text, const std::string& name) {
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    std::vector<std::string> cells = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (cells.size() < 11 || cells.front() != name) continue;
    cells.erase(cells.begin());
    return cells;
  }
  return {};
}

// Each kind's figures are those of its lines in the series, and together they are the whole.
void ExpectTotalsOfTheKinds(const Json& run, const std::string& csv, const std::string& text) {
  std::map<std::string, std::uint64_t> together;
  for (const Json& kind : run["users"]) {
    const std::string name = kind["name"];
    const auto measured = SumCsv(csv, "measured", name);
    EXPECT_EQ(measured, SumJson(run["series"], "measured", name));
    for (const auto& [counter, count] : kind["counts"]["pushes"].items()) {
      EXPECT_EQ(count, measured.at(counter)) << name << " " << counter;
      together[counter] += count.get<std::uint64_t>();
    }
    EXPECT_EQ(kind["counts"]["broadcasts"]["received"], measured.at("broadcasts"));
    const auto number = [](const Json& count) { return CountText(count.get<std::uint64_t>()); };
    const std::vector<std::string> row = RowOf(text, name);
    EXPECT_EQ(row.at(0), number(kind["counts"]["connections"]["done"]));
    EXPECT_EQ(row.at(2), number(kind["counts"]["pushes"]["sent"]));
    EXPECT_EQ(row.at(3), number(kind["counts"]["pushes"]["replies"]));
    EXPECT_EQ(row.at(4), number(kind["counts"]["broadcasts"]["received"]));
    EXPECT_EQ(row.at(5), number(kind["counts"]["pushes"]["failed"]));
  }
  for (const auto& [counter, count] : run["counts"]["pushes"].items()) {
    EXPECT_EQ(count, together[counter]) << counter;
  }
}

TEST(OutputsAgreeTest, OnEachKindOfUsersToo) {
  Random random(7);
  const Report report = MakeReport(PlanOfTwoKinds(), RandomResult(random, 2));
  const std::string json = FormatJson(report);
  const absl::StatusOr<Json> run = ParseRunFile(json);
  ASSERT_TRUE(run.ok()) << run.status();
  ASSERT_EQ((*run)["users"].size(), 2);
  ExpectTotalsOfTheSeries(*run, FormatCsv(report));
  ExpectTotalsOfTheKinds(*run, FormatCsv(report), FormatText(report));
  EXPECT_EQ(RunOf(FormatHtml(json)), *run);
}

TEST(OutputsAgreeTest, ThePageNeedsNothingElse) {
  const std::string html = FormatHtml(FormatJson(MakeReport(SamplePlan(), FailedResult())));
  EXPECT_THAT(html, ::testing::Not(ContainsRegex("<(link|img|script src|iframe)")));
  EXPECT_THAT(html, ::testing::HasSubstr("Chart.js v"));
  EXPECT_THAT(html, ::testing::Not(::testing::HasSubstr("{{")));
}

}  // namespace
}  // namespace phx::loadgen
