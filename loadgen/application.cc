#include "loadgen/application.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "boost/asio/io_context.hpp"
#include "boost/asio/signal_set.hpp"
#include "boost/system/error_code.hpp"
#include "loadgen/command_line.h"
#include "loadgen/descriptor_limit.h"
#include "loadgen/embedded_server.h"
#include "loadgen/json_report.h"
#include "loadgen/load_run.h"
#include "loadgen/make_report.h"
#include "loadgen/plan.h"
#include "loadgen/port_range.h"
#include "loadgen/progress.h"
#include "loadgen/progress_display.h"
#include "loadgen/report.h"
#include "loadgen/run_result.h"
#include "loadgen/text_report.h"
#include "loadgen/verdict.h"

namespace phx::loadgen {
namespace {

int FailUsage(const absl::Status& status, const Console& console) {
  for (const absl::string_view line : absl::StrSplit(status.message(), '\n')) {
    console.err << "loadgen: " << line << "\n";
  }
  return kExitUsage;
}

std::string LastError() { return std::generic_category().message(errno); }

// What can be known to go wrong before anything is opened.
absl::Status CheckMachine(const Plan& plan, const Console& console) {
  const absl::StatusOr<std::uint64_t> limit = RaiseDescriptorLimit();
  if (!limit.ok()) return limit.status();
  absl::Status status = CheckDescriptors(plan, *limit);
  if (!status.ok()) return status;
  if (const std::optional<std::uint64_t> ports = LocalPorts()) {
    const std::optional<std::string> warning = WarnOfPorts(plan, *ports);
    if (warning.has_value()) console.err << "loadgen: warning: " << *warning << "\n";
  }
  return absl::OkStatus();
}

// A relative name means the folder in which the user is, which `bazel run` leaves.
std::string ResolvePath(const std::string& name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread has been started yet
  const char* folder = std::getenv("BUILD_WORKING_DIRECTORY");
  if (folder == nullptr || name.starts_with('/')) return name;
  return absl::StrCat(folder, "/", name);
}

// Opened before the run: nobody wants to hear after an hour that the file cannot be written.
absl::StatusOr<std::ofstream> OpenJsonFile(const std::string& name) {
  std::ofstream file(ResolvePath(name));
  if (!file) {
    return absl::InvalidArgumentError(absl::StrCat("--json: cannot write ", name, ": ", LastError(),
                                                   "; give a file that can be written"));
  }
  return file;
}

// Ends `run` in order at the first signal, and the process at the second.
class SignalWatch {
 public:
  SignalWatch(boost::asio::io_context& io, LoadRun& run, std::ostream& err)
      : signals_(io, SIGINT, SIGTERM), run_(run), err_(err) {
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
      err_ << "\nloadgen: aborted\n" << std::flush;
      std::_Exit(kExitAborted);
    }
    err_ << "\nloadgen: stopping; interrupt again to abort\n" << std::flush;
    run_.RequestStop();
    Await();
  }

  boost::asio::signal_set signals_;
  LoadRun& run_;
  std::ostream& err_;
  bool is_stopping_ = false;
};

std::optional<std::string> FindAbort(const Plan& plan, const Progress& progress) {
  if (plan.abort_if.empty() || progress.phase == Phase::kSetup) return std::nullopt;
  const bool is_measuring = progress.phase == Phase::kMeasured;
  return FindAbort(
      MakeReport(plan, {.measured_time = is_measuring ? progress.elapsed : Duration::zero(),
                        .recorders = progress.total}));
}

int ExitCodeOf(const Verdict& verdict) {
  switch (verdict.outcome) {
    case Outcome::kPassed: return kExitPassed;
    case Outcome::kThresholdFailed: return kExitThreshold;
    case Outcome::kRunFailed: return kExitFailed;
  }
  return kExitFailed;
}

RunResult Execute(const Plan& plan, const Console& console) {
  boost::asio::io_context io(/*concurrency_hint=*/1);
  ProgressDisplay display(console.err, console.err_is_terminal);
  LoadRun run(io, plan, [&](const Progress& progress) {
    if (!plan.quiet) display.Show(FormatProgress(plan, progress));
    if (std::optional<std::string> abort = FindAbort(plan, progress)) {
      run.RequestStop(std::move(abort));
    }
  });
  SignalWatch signals(io, run, console.err);
  RunResult result;
  run.Start([&](RunResult finished) {
    result = std::move(finished);
    signals.Cancel();
  });
  io.run();
  display.Finish();
  return result;
}

int RunPlan(Plan plan, std::ofstream* json_file, const Console& console) {
  std::optional<EmbeddedServer> server;
  if (plan.embedded) {
    server.emplace(plan);
    if (!server->status().ok()) return FailUsage(server->status(), console);
    plan.url = server->url();
  }
  const Report report = MakeReport(plan, Execute(plan, console));
  console.out << FormatText(report) << std::flush;
  if (json_file != nullptr && !(*json_file << FormatJson(report) << std::flush)) {
    console.err << "loadgen: writing " << plan.json_file << " failed: " << LastError() << "\n";
    return kExitFailed;
  }
  return ExitCodeOf(report.verdict);
}

}  // namespace

int RunApplication(std::span<const std::string_view> arguments, const Console& console) {
  const absl::StatusOr<CommandLine> command_line = ParseCommandLine(arguments);
  if (!command_line.ok()) return FailUsage(command_line.status(), console);
  if (command_line->help) {
    console.out << HelpText();
    return kExitPassed;
  }
  absl::StatusOr<Plan> plan = MakePlan(command_line->settings, std::thread::hardware_concurrency());
  if (!plan.ok()) return FailUsage(plan.status(), console);
  const absl::Status machine = CheckMachine(*plan, console);
  if (!machine.ok()) return FailUsage(machine, console);
  if (plan->json_file.empty()) return RunPlan(*std::move(plan), nullptr, console);
  absl::StatusOr<std::ofstream> json_file = OpenJsonFile(plan->json_file);
  if (!json_file.ok()) return FailUsage(json_file.status(), console);
  return RunPlan(*std::move(plan), &*json_file, console);
}

}  // namespace phx::loadgen
