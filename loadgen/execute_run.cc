#include "loadgen/execute_run.h"

#include <csignal>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/io_context.hpp"
#include "boost/asio/signal_set.hpp"
#include "boost/system/error_code.hpp"
#include "loadgen/exit_code.h"
#include "loadgen/load_run.h"
#include "loadgen/make_report.h"
#include "loadgen/progress.h"
#include "loadgen/progress_display.h"
#include "loadgen/prometheus_endpoint.h"
#include "loadgen/prometheus_text.h"
#include "loadgen/recorder.h"
#include "loadgen/server_restart.h"
#include "loadgen/time.h"
#include "loadgen/verdict.h"

namespace phx::loadgen {
namespace {

// Ends `run` in order at the first signal, and the process at the second.
class SignalWatch {
 public:
  SignalWatch(boost::asio::io_context& io, LoadRun& run, ProgressDisplay& display)
      : signals_(io, SIGINT, SIGTERM, SIGUSR1), run_(run), display_(display) {
    Await();
  }

  void Cancel() { signals_.cancel(); }

 private:
  void Await() {
    signals_.async_wait([this](boost::system::error_code error, int) {
      if (!error) OnSignal();
    });
  }

  void OnSignal() {
    if (std::exchange(is_stopping_, true)) {
      display_.Say("loadgen: aborted");
      std::_Exit(kExitAborted);
    }
    display_.Say("loadgen: stopping; interrupt again to abort");
    run_.RequestStop();
    Await();
  }

  boost::asio::signal_set signals_;
  LoadRun& run_;
  ProgressDisplay& display_;
  bool is_stopping_ = false;
};

std::optional<std::string> FindAbort(const Plan& plan, const Progress& progress) {
  if (plan.abort_if.empty() || progress.phase == Phase::kSetup) return std::nullopt;
  return FindAbort(MakeReport(
      plan, {.measured_time = MeasuredSoFar(plan, progress), .recorders = progress.total}));
}

}  // namespace

absl::StatusOr<RunResult> ExecuteRun(const Plan& plan, EmbeddedServer* server, Peers* peers,
                                     const Console& console) {
  boost::asio::io_context io(/*concurrency_hint=*/1);
  ProgressDisplay display(console, plan);
  LoadRun run(io, plan, [&](const Progress& progress) {
    display.Show(progress);
    if (std::optional<std::string> abort = FindAbort(plan, progress)) {
      run.RequestStop(std::move(abort));
    }
  });
  run.OnFrame([&display](const std::string& frame) { display.Say(frame); });
  std::optional<PrometheusEndpoint> prometheus;
  if (plan.prometheus_port != 0) {
    prometheus.emplace(io, plan.prometheus_port,
                       [&run] { return FormatPrometheus(run.recorders()); });
    if (!prometheus->status().ok()) return prometheus->status();
  }
  std::optional<ServerRestart> restart;
  if (server != nullptr && plan.restart_after > Duration::zero()) {
    restart.emplace(io, *server, [&display](const absl::Status& status) {
      if (!status.ok()) {
        display.Say(absl::StrCat("loadgen: restart: ", status.message()));
      }
    });
    run.OnLoad([&](TimePoint measuring) { restart->Schedule(measuring + plan.restart_after); });
  }
  if (peers != nullptr) {
    run.SetGate([peers](const LoadRun::Begin& begin) { peers->AwaitStart(begin); });
    peers->Attend(io);
  }
  SignalWatch signals(io, run, display);
  RunResult result;
  run.Start([&](RunResult finished) {
    result = std::move(finished);
    signals.Cancel();
    if (prometheus.has_value()) prometheus->Close();
    if (restart.has_value()) restart->Cancel();
    if (peers != nullptr) peers->Leave();
  });
  io.run();
  display.Finish();
  return result;
}

}  // namespace phx::loadgen
