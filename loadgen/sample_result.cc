#include "loadgen/sample_result.h"

#include <algorithm>

#include "loadgen/make_plan.h"
#include "loadgen/settings.h"

namespace phx::loadgen {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

void RecordSetup(Recorder* setup, int connections) {
  setup->Count(Counter::kConnectsStarted, 100);
  setup->Count(Counter::kConnected, connections);
  setup->Count(Counter::kJoinsStarted, connections * 2);
  setup->Count(Counter::kJoined, connections * 2);
  for (int i = 0; i < connections; ++i) {
    setup->Record(Metric::kConnect, microseconds(1000 + i));
    setup->Record(Metric::kJoin, microseconds(500 + i));
    setup->Record(Metric::kJoin, microseconds(500 + i));
  }
}

// Pushes answered after 1, 2, 3, … times `step`.
void RecordPushes(Recorder* measured, int pushes, Duration step) {
  measured->Count(Counter::kPushesDue, pushes);
  measured->Count(Counter::kPushesSent, pushes);
  measured->Count(Counter::kReplies, pushes);
  measured->Count(Counter::kRepliesInTime, pushes);
  for (int i = 1; i <= pushes; ++i) {
    measured->Record(Metric::kReply, step * i);
    measured->Record(Metric::kService, step * i - std::min<Duration>(step, microseconds(i % 100)));
    measured->Record(Metric::kSendLag, microseconds(i % 100));
  }
  for (int i = 0; i < 1000; ++i) measured->Record(Metric::kLoopLag, microseconds(50 + i % 10));
}

}  // namespace

Plan SamplePlan() {
  Settings settings;
  settings.urls = {"ws://127.0.0.1:4000/socket?token=secret"};
  settings.connections = 100;
  settings.user.channels = 2;
  settings.rate = 1000;
  settings.threads = 2;
  return *MakePlan(settings, 4);
}

RunResult BaseResult() {
  return {.url = "ws://127.0.0.1:4000/socket",
          .started_at = "2025-01-02T03:04:05Z",
          .setup_time = milliseconds(250),
          .measured_time = seconds(10)};
}

RunResult PassedResult() {
  RunResult result = BaseResult();
  RecordSetup(&result.recorders[Phase::kSetup], 100);
  RecordPushes(&result.recorders[Phase::kMeasured], 10'000, microseconds(1));
  result.memory_per_connection = 5'000;
  result.workers = {{.cpu = 0.31}, {.cpu = 0.29}};
  return result;
}

RunResult FailedResult() {
  RunResult result = BaseResult();
  result.interrupted = true;
  result.measured_time = seconds(5);
  Recorder& setup = result.recorders[Phase::kSetup];
  RecordSetup(&setup, 97);
  setup.Count(Counter::kConnectsLate, 12);
  for (int i = 0; i < 3; ++i) {
    setup.Fail({.stage = Stage::kConnect,
                .cause = Cause::kRefused,
                .kind = "http_403",
                .message = "ws://127.0.0.1:4000/socket: HTTP 403 Forbidden"});
  }
  result.recorders[Phase::kWarmup].Fail(
      {.stage = Stage::kPush, .cause = Cause::kTimeout, .message = "no reply within 10 s"});
  Recorder& measured = result.recorders[Phase::kMeasured];
  RecordPushes(&measured, 3'000, microseconds(100));
  measured.Count(Counter::kPushesDue, 2'000);
  measured.Count(Counter::kPushesSent, 1'200);
  measured.Count(Counter::kPushesLate, 700);
  measured.Count(Counter::kSkippedBusy, 400);
  measured.Count(Counter::kSkippedDown, 150);
  measured.Count(Counter::kUnsent, 250);
  for (int i = 0; i < 1'200; ++i) {
    measured.Fail(
        {.stage = Stage::kPush, .cause = Cause::kRefused, .message = R"({"reason":"slow down"})"});
  }
  measured.Fail({.stage = Stage::kConnection,
                 .cause = Cause::kClosed,
                 .message = "closed by the server: 1012"});
  result.workers = {{.cpu = 0.99}, {.cpu = 0.97}};
  return result;
}

}  // namespace phx::loadgen
