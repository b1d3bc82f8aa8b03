#include "loadgen/merge.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loadgen/broadcast_tally.h"
#include "loadgen/csv_report.h"
#include "loadgen/json_report.h"
#include "loadgen/make_report.h"
#include "loadgen/phases_text.h"
#include "loadgen/plan.h"
#include "loadgen/recorder.h"
#include "loadgen/run_result.h"
#include "loadgen/sample_result.h"
#include "loadgen/shard.h"
#include "loadgen/shard_run.h"
#include "loadgen/start_time.h"
#include "loadgen/text_report.h"
#include "loadgen/time_series.h"
#include "loadgen/user_kind.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Json = nlohmann::json;

constexpr WallTime kNoon(seconds(1'800'000'000));

Plan PlanOfShard(std::uint64_t index, std::uint64_t count) {
  Plan plan = SamplePlan();
  plan.shard = Shard{.index = index, .count = count};
  plan.given = {{"rate", "1000"}, {"start-at", "1800000000"}, {"json", "own.json"}};
  return plan;
}

// Of pushes answered after `step`, twice `step` and so on, in as many intervals as given.
RunResult ResultOfShard(int pushes, Duration step) {
  RunResult result = BaseResult();
  result.load_began = milliseconds(300);
  result.load_began_at = kNoon;
  result.machine = {.host = "node", .cores = 4, .memory_bytes = 1000};
  result.workers = {{.cpu = 0.5}};
  result.series = TimeSeries(/*keeps_histograms=*/true);
  Recorder& setup = result.recorders[Phase::kSetup];
  setup.Count(Counter::kConnectsStarted, 50);
  setup.Count(Counter::kConnected, 50);
  setup.Count(Counter::kJoined, 100);
  for (int i = 0; i < 50; ++i) setup.Record(Metric::kConnect, milliseconds(1 + i));
  PhaseRecorders all;
  all[Phase::kSetup] = setup;
  result.series.Add(seconds(0), milliseconds(300), Phase::kSetup, all);
  for (int second = 0; second < 10; ++second) {
    PhaseRecorders interval;
    Recorder& measured = interval[Phase::kMeasured];
    for (int i = 1; i <= pushes; ++i) {
      for (const Counter counter : {Counter::kPushesDue, Counter::kPushesSent, Counter::kReplies,
                                    Counter::kRepliesInTime}) {
        measured.Count(counter);
      }
      measured.Record(Metric::kReply, step * i + microseconds(second));
    }
    const Duration start = milliseconds(1300) + seconds(second);
    result.series.Add(start, start + seconds(1), Phase::kMeasured, interval);
    result.recorders.Merge(interval);
  }
  return result;
}

MergeInput InputOf(const Plan& plan, const RunResult& result) {
  return {.name = "file", .run = ShardRun{.plan = plan, .result = result}};
}

std::vector<MergeInput> TwoShards() {
  return {InputOf(PlanOfShard(0, 2), ResultOfShard(500, microseconds(3))),
          InputOf(PlanOfShard(1, 2), ResultOfShard(500, microseconds(70)))};
}

// What one process would have recorded that did what both shards did.
RunResult WholeResult() {
  RunResult whole = ResultOfShard(500, microseconds(3));
  whole.recorders.Merge(ResultOfShard(500, microseconds(70)).recorders);
  whole.workers = {{.cpu = 0.5}, {.cpu = 0.5}};
  return whole;
}

Report MergedOf(std::vector<MergeInput> inputs) {
  absl::StatusOr<Report> report = MergeShards(std::move(inputs));
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *std::move(report) : Report{};
}

TEST(MergeTest, FiguresAreThoseOfOneProcessThatDidItAll) {
  const Json merged = Json::parse(FormatJson(MergedOf(TwoShards())));
  const Json whole = Json::parse(FormatJson(MakeReport(SamplePlan(), WholeResult())));
  for (const char* part : {"counts", "rates", "latency_ns", "histograms_ns", "errors", "passed",
                           "outcome", "thresholds"}) {
    EXPECT_EQ(merged.at(part), whole.at(part)) << part;
  }
}

TEST(MergeTest, EachIntervalIsMergedExactlyToo) {
  const Report merged = MergedOf(TwoShards());
  ASSERT_EQ(merged.series.rows().size(), 11U);
  const SeriesRow& row = merged.series.rows()[3];
  LatencyHistogram expected;
  for (int i = 1; i <= 500; ++i) {
    expected.Record(microseconds(3) * i + microseconds(2));
    expected.Record(microseconds(70) * i + microseconds(2));
  }
  const std::size_t reply = 6;
  ASSERT_EQ(kReportedMetrics.at(reply), Metric::kReply);
  EXPECT_EQ(row.latencies.at(reply).count, 1000U);
  EXPECT_EQ(row.latencies.at(reply).percentiles, Summarize(expected).percentiles);
  EXPECT_EQ(row.latencies.at(reply).mean, expected.mean());
}

TEST(MergeTest, SeriesLieOnEachOtherWhereTheLoadBegan) {
  // The second one took two seconds longer to set up: everything of the load comes so much later.
  RunResult slow = ResultOfShard(10, microseconds(1));
  slow.load_began = milliseconds(2300);
  TimeSeries series(/*keeps_histograms=*/true);
  for (SeriesRow row : slow.series.rows()) {
    if (row.phase != Phase::kSetup) row.start += seconds(2);
    row.end += seconds(2);
    series.Add(std::move(row));
  }
  slow.series = series;
  const Report merged = MergedOf({InputOf(PlanOfShard(0, 2), ResultOfShard(10, microseconds(1))),
                                  InputOf(PlanOfShard(1, 2), slow)});
  std::uint64_t measured_rows = 0;
  for (const SeriesRow& row : merged.series.rows()) {
    if (row.phase != Phase::kMeasured) continue;
    EXPECT_EQ(row.start, milliseconds(3300) + seconds(measured_rows));
    EXPECT_EQ(row.counters.at(static_cast<std::size_t>(Counter::kReplies)), 20U);
    ++measured_rows;
  }
  EXPECT_EQ(measured_rows, 10U);
}

TEST(MergeTest, AnIntervalIsAsLongAsItsShardsHadItOnAverage) {
  // The second one looked 40 ms late at the end of each second.
  RunResult late = ResultOfShard(10, microseconds(1));
  TimeSeries series(/*keeps_histograms=*/true);
  for (SeriesRow row : late.series.rows()) {
    if (row.phase == Phase::kMeasured) row.start += milliseconds(40);
    if (row.phase == Phase::kMeasured) row.end += milliseconds(40);
    series.Add(std::move(row));
  }
  late.series = series;
  const Report merged = MergedOf({InputOf(PlanOfShard(0, 2), ResultOfShard(10, microseconds(1))),
                                  InputOf(PlanOfShard(1, 2), late)});
  ASSERT_EQ(merged.series.rows().size(), 11U);
  EXPECT_EQ(merged.series.rows()[5].start, milliseconds(5320));
  EXPECT_EQ(merged.series.rows()[5].end, milliseconds(6320));
}

TEST(MergeTest, ItDoesNotMatterInWhichOrderTheFilesCome) {
  std::vector<MergeInput> inputs = TwoShards();
  std::swap(inputs[0], inputs[1]);
  EXPECT_EQ(FormatJson(MergedOf(std::move(inputs))), FormatJson(MergedOf(TwoShards())));
}

TEST(MergeTest, EachShardHasARowOfItsOwn) {
  const Report merged = MergedOf(TwoShards());
  ASSERT_EQ(merged.shards.size(), 2U);
  EXPECT_EQ(merged.shards[1].machine.host, "node");
  EXPECT_EQ(merged.shards[1].rates.asked, 500);
  EXPECT_EQ(merged.shards[1].rates.done, 500);
  EXPECT_EQ(merged.shards[0].latency.max, microseconds(1509));
  EXPECT_EQ(merged.shards[1].latency.max, microseconds(35'009));
  EXPECT_EQ(merged.shards[1].busiest_cpu, 0.5);
  const std::string text = FormatText(merged);
  EXPECT_THAT(text, HasSubstr("  1/2 node           50  500.0/s   500.0/s"));
  EXPECT_THAT(text, HasSubstr("PASSED"));
}

TEST(MergeTest, ConditionsAreHeldAgainstTheWhole) {
  std::vector<MergeInput> inputs = TwoShards();
  for (MergeInput& input : inputs) {
    input.run->plan.fail_if = {*ParseThreshold("joins < 200"), *ParseThreshold("reply.p99 > 20ms")};
  }
  const Report merged = MergedOf(std::move(inputs));
  EXPECT_EQ(merged.verdict.outcome, Outcome::kThresholdFailed);
  EXPECT_THAT(merged.verdict.reasons, ElementsAre(HasSubstr("reply.p99 > 20ms")));
  // A shard has but half of the joins, which is no fault of it.
  EXPECT_EQ(merged.shards[0].outcome, Outcome::kPassed);
  EXPECT_THAT(merged.shards[1].reasons, ElementsAre(HasSubstr("reply.p99 > 20ms")));
}

TEST(MergeTest, AMissingShardFailsTheRunAndTheRestIsKept) {
  std::vector<MergeInput> inputs = {
      InputOf(PlanOfShard(0, 3), ResultOfShard(100, microseconds(1))),
      {.name = "shard-3.json", .run = absl::InvalidArgumentError("is not JSON from byte 1 on")}};
  const Report merged = MergedOf(std::move(inputs));
  EXPECT_EQ(merged.verdict.outcome, Outcome::kRunFailed);
  EXPECT_THAT(merged.verdict.reasons, Contains("shards 2 and 3 of 3 are missing"));
  EXPECT_THAT(merged.verdict.warnings,
              Contains("Left out: shard-3.json is not JSON from byte 1 on."));
  EXPECT_EQ(merged.pushes.replies, 1000U);
  EXPECT_EQ(merged.connections.asked, 100U);
  EXPECT_EQ(merged.connections.done, 50U);
  EXPECT_TRUE(merged.shards[0].is_there);
  EXPECT_FALSE(merged.shards[2].is_there);
  EXPECT_THAT(FormatText(merged), HasSubstr("MISSING"));
}

TEST(MergeTest, AShardWhoseRunFailedFailsTheWhole) {
  RunResult failed = BaseResult();
  failed.measured_time = {};
  failed.failure = "the setup was not through at --start-at, after 5.00 s; give a later time";
  failed.series = TimeSeries(/*keeps_histograms=*/true);
  const Report merged = MergedOf({InputOf(PlanOfShard(0, 2), ResultOfShard(10, microseconds(1))),
                                  InputOf(PlanOfShard(1, 2), failed)});
  EXPECT_EQ(merged.verdict.outcome, Outcome::kRunFailed);
  EXPECT_THAT(merged.verdict.reasons,
              Contains("shard 2 of 2 failed: the setup was not through at --start-at, after 5.00 "
                       "s; give a later time"));
  EXPECT_EQ(merged.pushes.replies, 100U);
}

TEST(MergeTest, DifferentFlagsAreAWarning) {
  std::vector<MergeInput> inputs = TwoShards();
  inputs[1].run->plan.given = {{"rate", "2000"}, {"start-at", "1800000000"}, {"json", "b.json"}};
  EXPECT_THAT(MergedOf(std::move(inputs)).verdict.warnings,
              ElementsAre("shard 1/2 and shard 2/2 were not asked for the same: --rate (1000 and "
                          "2000)."));
  EXPECT_THAT(MergedOf(TwoShards()).verdict.warnings, IsEmpty());
}

TEST(MergeTest, ShardsThatDidNotRunTogetherAreAWarning) {
  std::vector<MergeInput> inputs = TwoShards();
  inputs[1].run->result.load_began_at = kNoon + seconds(3);
  EXPECT_THAT(MergedOf(std::move(inputs)).verdict.warnings,
              ElementsAre(HasSubstr("began up to 3.00 s apart: the server")));
  inputs = TwoShards();
  inputs[1].run->result.load_began_at = kNoon + seconds(30);
  EXPECT_THAT(MergedOf(std::move(inputs)).verdict.warnings,
              ElementsAre(HasSubstr("apart, and did not all run at the same time")));
}

TEST(MergeTest, AGeneratorThatWasTheLimitInOneShardIsAWarning) {
  std::vector<MergeInput> inputs = TwoShards();
  inputs[1].run->result.recorders[Phase::kMeasured].Count(Counter::kPushesLate, 80);
  EXPECT_THAT(MergedOf(std::move(inputs)).verdict.warnings,
              ElementsAre(HasSubstr("Shard 2/2 on node: The generator was the limit")));
}

// Of a shard with half of the users of each of two kinds.
RunResult ResultOfTwoKinds(bool is_first) {
  RunResult result = BaseResult();
  result.load_began = milliseconds(300);
  result.load_began_at = kNoon;
  result.machine = {.host = "node"};
  result.series = TimeSeries(/*keeps_histograms=*/true);
  for (int second = 0; second < 10; ++second) {
    PhaseRecorders interval;
    for (int kind = 0; kind < 2; ++kind) {
      PhaseRecorders of_kind;
      if (second == 0) of_kind[Phase::kSetup].Count(Counter::kConnected, kind == 0 ? 15 : 35);
      Recorder& measured = of_kind[Phase::kMeasured];
      for (int i = 1; i <= (kind == 0 ? 20 : 30); ++i) {
        for (const Counter counter : {Counter::kPushesDue, Counter::kPushesSent, Counter::kReplies,
                                      Counter::kRepliesInTime}) {
          measured.Count(counter);
        }
        measured.Record(Metric::kReply, microseconds(is_first ? 3 : 70) * i * (kind + 1));
      }
      if (is_first && kind == 1) {
        measured.Fail({.stage = Stage::kConnection, .cause = Cause::kClosed});
      }
      interval.MergeKind(static_cast<std::size_t>(kind), of_kind);
    }
    const Duration start = milliseconds(1300) + seconds(second);
    result.series.Add(start, start + seconds(1), Phase::kMeasured, interval);
    result.recorders.Merge(interval);
  }
  return result;
}

Plan PlanOfTwoKinds() {
  Plan plan = SamplePlan();
  UserKind other = plan.kinds.front();
  plan.kinds.front().name = "few";
  plan.kinds.front().connections = plan.kinds.front().publishers = 30;
  plan.kinds.front().rate_share = 0.4;
  other.name = "many";
  other.first = 30;
  other.connections = other.publishers = 70;
  other.rate_share = 0.6;
  plan.kinds.push_back(other);
  plan.fail_if = {*ParseThreshold("few.reply.p99 > 1400us"), *ParseThreshold("many.errors < 5")};
  return plan;
}

std::vector<MergeInput> TwoShardsOfTwoKinds() {
  std::vector<MergeInput> inputs;
  for (std::uint64_t i = 0; i < 2; ++i) {
    Plan plan = PlanOfTwoKinds();
    plan.shard = Shard{.index = i, .count = 2};
    inputs.push_back(InputOf(plan, ResultOfTwoKinds(i == 0)));
  }
  return inputs;
}

TEST(MergeTest, KindsOfUsersAreKeptApartAndAddedExactly) {
  RunResult all = ResultOfTwoKinds(true);
  all.recorders.Merge(ResultOfTwoKinds(false).recorders);
  const Report merged_report = MergedOf(TwoShardsOfTwoKinds());
  const Json merged = Json::parse(FormatJson(merged_report));
  const Json whole = Json::parse(FormatJson(MakeReport(PlanOfTwoKinds(), all)));
  for (const char* part : {"users", "counts", "rates", "histograms_ns", "errors", "thresholds"}) {
    EXPECT_EQ(merged.at(part), whole.at(part)) << part;
  }
  EXPECT_EQ(merged["users"][1]["counts"]["connections"]["asked"], 70);
  EXPECT_EQ(merged["users"][1]["counts"]["pushes"]["replies"], 600);
  // The rows of a kind are merged as those of all are.
  ASSERT_EQ(merged_report.series.kinds().size(), 2U);
  LatencyHistogram expected;
  for (int i = 1; i <= 20; ++i) {
    expected.Record(microseconds(3) * i);
    expected.Record(microseconds(70) * i);
  }
  const SeriesRow& row = merged_report.series.kinds()[0].at(4);
  const std::size_t reply = 6;
  ASSERT_EQ(kReportedMetrics.at(reply), Metric::kReply);
  EXPECT_EQ(row.latencies.at(reply).count, 40U);
  EXPECT_EQ(row.latencies.at(reply).percentiles, Summarize(expected).percentiles);
}

TEST(MergeTest, AShardIsAskedForItsPartOfEachKind) {
  const MergeInput second = TwoShardsOfTwoKinds()[1];
  const Report report = MakeReport(second.run->plan, second.run->result);
  EXPECT_EQ(report.kinds[0].connections.asked, 15U);
  EXPECT_EQ(report.kinds[1].joins.asked, 70U);
  EXPECT_EQ(report.kinds[1].rates.asked, 300);
  EXPECT_EQ(report.connections.asked, 50U);
}

// Both shards have members of one topic, and each sends to all of them.
std::vector<MergeInput> TwoBroadcastShards(std::uint64_t received_of_other) {
  std::vector<MergeInput> inputs = TwoShards();
  for (MergeInput& input : inputs) {
    input.run->plan.kinds.front().workload = Workload::kBroadcast;
    BroadcastTally tally;
    tally.Add(tally.Topic("lobby"),
              {.receivers = 10, .sent = 5, .received = 50, .received_of_other = received_of_other});
    input.run->result.broadcasts = tally;
    input.run->result.recorders[Phase::kMeasured].Count(Counter::kBroadcasts,
                                                        50 + received_of_other);
  }
  return inputs;
}

TEST(MergeTest, BroadcastsThatDidNotComeToOtherShardsAreMissing) {
  EXPECT_EQ(MergedOf(TwoBroadcastShards(50)).broadcasts.missing, 0U);
  const Report merged = MergedOf(TwoBroadcastShards(48));
  EXPECT_EQ(merged.broadcasts.missing, 4U);
  EXPECT_EQ(merged.broadcasts.received, 196U);
  std::uint64_t in_series = 0;
  for (const SeriesRow& row : merged.series.rows()) {
    in_series += row.counters.at(static_cast<std::size_t>(Counter::kMissing));
  }
  EXPECT_EQ(in_series, 4U);
}

std::string ProblemOf(std::vector<MergeInput> inputs) {
  const absl::Status status = MergeShards(std::move(inputs)).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  return std::string(status.message());
}

TEST(MergeTest, RefusesWhatIsNotOneRun) {
  std::vector<MergeInput> twice = TwoShards();
  twice.push_back(twice.front());
  EXPECT_EQ(ProblemOf(std::move(twice)), "two files are of shard 1/2; give one of each");

  std::vector<MergeInput> others = TwoShards();
  others[1].run->plan.shard = Shard{.index = 1, .count = 3};
  EXPECT_EQ(ProblemOf(std::move(others)), "shard 1/2 and shard 2/3 are not of one run");

  std::vector<MergeInput> workloads = TwoBroadcastShards(0);
  workloads[1].run->plan.kinds.front().workload = Workload::kReply;
  EXPECT_THAT(ProblemOf(std::move(workloads)),
              HasSubstr("different connections, channels or workloads"));

  std::vector<MergeInput> kinds = TwoShardsOfTwoKinds();
  std::swap(kinds[1].run->plan.kinds[0].name, kinds[1].run->plan.kinds[1].name);
  EXPECT_THAT(ProblemOf(std::move(kinds)),
              HasSubstr("different connections, channels or workloads"));

  EXPECT_EQ(ProblemOf({{.name = "a.json", .run = absl::InvalidArgumentError("is no run")}}),
            "there is no shard to merge\na.json is no run");
}

// --- the file of a shard

std::string FileOf(const Plan& plan, const RunResult& result) {
  return FormatJson(MakeReport(plan, result), ShardJson(plan, result));
}

TEST(ShardRunTest, IsReadBackToTheLastFigure) {
  Plan plan = PlanOfShard(1, 2);
  plan.phases = *ParsePhases("ramp 0..2000 5s, hold 5s");
  plan.fail_if = {*ParseThreshold("reply.p99 > 50ms"), *ParseThreshold("errors > 1%")};
  RunResult result = FailedResult();
  result.series = ResultOfShard(20, microseconds(9)).series;
  result.recorders.rate_phase(1).Count(Counter::kPushesSent, 3);
  result.recorders[Phase::kMeasured].Disrupt(
      {.stage = Stage::kConnection, .cause = Cause::kClosed, .kind = "close_1012"}, 2);
  result.load_began = milliseconds(300);
  result.load_began_at = kNoon;
  result.aborted_by = "errors > 10 (12)";
  result.machine = {.host = "a", .system = "b", .cpu = "c", .cores = 2, .memory_bytes = 3};
  result.broadcasts.emplace();
  for (const char* topic : {"b", "a"}) {
    result.broadcasts->Add(result.broadcasts->Topic(topic),
                           {.receivers = 1, .sent = 2, .received = 3, .received_of_other = 4});
  }

  const std::string file = FileOf(plan, result);
  const absl::StatusOr<ShardRun> read = ParseShardRun(file);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(FileOf(read->plan, read->result), file);
}

TEST(ShardRunTest, KindsOfUsersAreReadBackToTheLastFigure) {
  const std::vector<MergeInput> inputs = TwoShardsOfTwoKinds();
  Plan plan = inputs[0].run->plan;
  plan.scenario = "chat";
  plan.kinds[0].hears = {"echo"};
  plan.kinds[1].workload = Workload::kScript;
  plan.kinds[1].script.resize(3);
  const std::string file = FileOf(plan, inputs[0].run->result);
  const absl::StatusOr<ShardRun> read = ParseShardRun(file);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(FileOf(read->plan, read->result), file);
}

TEST(ShardRunTest, SaysWhatIsNoShard) {
  const auto problem = [](const std::string& file) {
    return std::string(ParseShardRun(file).status().message());
  };
  EXPECT_THAT(problem("{"), HasSubstr("is not JSON from byte"));
  EXPECT_THAT(problem(FormatJson(MakeReport(SamplePlan(), PassedResult()))),
              HasSubstr("is a run by itself, or one that is merged already, and no shard"));
  EXPECT_THAT(problem(FormatJson(MergedOf(TwoShards()))), HasSubstr("merged already"));
}

TEST(ShardRunTest, DamageIsNoted) {
  const Json file = Json::parse(FileOf(PlanOfShard(0, 2), ResultOfShard(5, microseconds(1))));
  const auto status_of = [](const Json& json) { return ParseShardRun(json.dump()).status(); };
  ASSERT_TRUE(status_of(file).ok()) << status_of(file);

  Json without = file;
  without["shard"]["result"].erase("recorders");
  EXPECT_THAT(std::string(status_of(without).message()), HasSubstr("is damaged"));

  Json counter = file;
  counter["shard"]["result"]["recorders"]["setup"]["counters"]["unheard_of"] = 1;
  EXPECT_THAT(std::string(status_of(counter).message()),
              HasSubstr("nothing is called \"unheard_of\""));

  Json bins = file;
  bins["shard"]["result"]["recorders"]["setup"]["histograms"]["connect"]["bins"][0] = 1'000'001;
  EXPECT_THAT(std::string(status_of(bins).message()), HasSubstr("other bins"));

  Json shard = file;
  shard["shard"]["shard"] = "3/2";
  EXPECT_THAT(std::string(status_of(shard).message()), HasSubstr("is damaged"));
}

}  // namespace
}  // namespace phx::loadgen
