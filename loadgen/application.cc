#include "loadgen/application.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
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
#include "loadgen/file_commands.h"
#include "loadgen/json_report.h"
#include "loadgen/load_run.h"
#include "loadgen/local_address.h"
#include "loadgen/make_plan.h"
#include "loadgen/make_report.h"
#include "loadgen/merge.h"
#include "loadgen/peers.h"
#include "loadgen/plan.h"
#include "loadgen/plan_text.h"
#include "loadgen/port_range.h"
#include "loadgen/progress.h"
#include "loadgen/progress_display.h"
#include "loadgen/prometheus_endpoint.h"
#include "loadgen/prometheus_text.h"
#include "loadgen/quantity_text.h"
#include "loadgen/report.h"
#include "loadgen/report_files.h"
#include "loadgen/run_result.h"
#include "loadgen/search.h"
#include "loadgen/search_report.h"
#include "loadgen/server_restart.h"
#include "loadgen/shard.h"
#include "loadgen/shard_run.h"
#include "loadgen/start_time.h"
#include "loadgen/text_report.h"
#include "loadgen/time.h"
#include "loadgen/verdict.h"
#include "loadgen/version.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {
namespace {

// Says what is wrong; the exit code is that of a mistake by which nothing was done.
int Complain(const absl::Status& status, const Console& console) {
  for (const absl::string_view line : absl::StrSplit(status.message(), '\n')) {
    console.err << "loadgen: " << line << "\n";
  }
  return kExitUsage;
}

// What can be known to go wrong before anything is opened.
absl::Status CheckMachine(const Plan& plan, const Console& console) {
  const absl::StatusOr<std::uint64_t> limit = RaiseDescriptorLimit();
  if (!limit.ok()) return limit.status();
  absl::Status status = CheckDescriptors(plan, *limit);
  status.Update(CheckLocalAddresses(plan.local_addresses));
  if (!status.ok()) return status;
  if (const std::optional<std::uint64_t> ports = LocalPorts()) {
    const std::optional<std::string> warning = WarnOfPorts(plan, *ports);
    if (warning.has_value()) console.err << "loadgen: warning: " << *warning << "\n";
  }
  return absl::OkStatus();
}

absl::Status CheckStart(const Plan& plan) {
  if (!plan.start_at.has_value()) return absl::OkStatus();
  const absl::Status status = CheckStartTime(
      *plan.start_at, std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()));
  if (status.ok()) return status;
  return absl::InvalidArgumentError(
      absl::StrCat("--start-at: ", ToString(*plan.start_at), " ", status.message()));
}

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

// `server`: the embedded one, if there is one; `peers` likewise. kInvalidArgument: the port for
// Prometheus cannot be had.
absl::StatusOr<RunResult> Execute(const Plan& plan, EmbeddedServer* server, Peers* peers,
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

absl::StatusOr<Plan> MakeCheckedPlan(const Settings& settings, const Console& console) {
  absl::StatusOr<Plan> plan = MakePlan(settings, std::thread::hardware_concurrency());
  if (!plan.ok()) return plan;
  const absl::Status machine = CheckMachine(*plan, console);
  if (!machine.ok()) return machine;
  const absl::Status start = CheckStart(*plan);
  if (!start.ok()) return start;
  return plan;
}

// All that has to be there before the first connection is opened.
struct Prepared {
  Plan plan = {};
  ReportFiles files = {};
  std::unique_ptr<EmbeddedServer> server = nullptr;  // if there is to be one
};

absl::StatusOr<Prepared> Prepare(const Settings& settings, const Console& console) {
  absl::StatusOr<Plan> plan = MakeCheckedPlan(settings, console);
  if (!plan.ok()) return plan.status();
  absl::StatusOr<ReportFiles> files =
      ReportFiles::Open({.json = plan->json_file, .csv = plan->csv_file, .html = plan->html_file});
  if (!files.ok()) return files.status();
  Prepared prepared{.plan = *std::move(plan), .files = *std::move(files)};
  if (!prepared.plan.embedded) return prepared;
  prepared.server = std::make_unique<EmbeddedServer>(prepared.plan);
  const absl::Status listens = prepared.server->status();
  if (!listens.ok()) return listens;
  prepared.plan.urls = prepared.server->urls();
  return prepared;
}

int PrintPlan(const Settings& settings, const Console& console) {
  const absl::StatusOr<Plan> plan = MakeCheckedPlan(settings, console);
  if (!plan.ok()) return Complain(plan.status(), console);
  console.out << FormatDryRun(*plan) << std::flush;
  return kExitPassed;
}

// Prints the report, writes the files that were asked for, and says with which exit code to end.
int Publish(const Report& report, const nlohmann::ordered_json& shard, ReportFiles& files,
            const Console& console) {
  console.out << FormatText(report) << std::flush;
  const absl::Status written = files.Write(report, shard);
  if (!written.ok()) {
    Complain(written, console);
    return kExitFailed;
  }
  return ExitCodeOf(report.verdict);
}

int RunLoad(const CommandLine& command_line, const Console& console) {
  absl::StatusOr<Prepared> prepared = Prepare(command_line.settings, console);
  if (!prepared.ok()) return Complain(prepared.status(), console);
  const absl::StatusOr<RunResult> result =
      Execute(prepared->plan, prepared->server.get(), /*peers=*/nullptr, console);
  if (!result.ok()) return Complain(result.status(), console);
  const Report report = MakeReport(prepared->plan, *result);
  const bool is_shard = prepared->plan.shard.has_value();
  return Publish(report, is_shard ? ShardJson(prepared->plan, *result) : nullptr, prepared->files,
                 console);
}

// What this process is to do of a run that `peers` carry out together.
absl::StatusOr<Settings> SettingsOfPeer(const Settings& given, const Peers& peers) {
  if (!given.shard.empty() || !given.start_at.empty()) {
    return absl::InvalidArgumentError(
        "--shard and --start-at are for processes that do not know of each other; leave them out");
  }
  Settings settings = given;
  settings.shard = ToString(peers.shard());
  settings.meets_peers = true;
  if (peers.is_first()) return settings;
  settings.json.clear();
  settings.csv.clear();
  settings.html.clear();
  settings.prometheus = 0;
  return settings;
}

absl::StatusOr<Prepared> PrepareWithPeers(const Settings& given, Peers& peers,
                                          const Console& console) {
  const absl::StatusOr<Settings> settings = SettingsOfPeer(given, peers);
  absl::StatusOr<Prepared> prepared =
      settings.ok() ? Prepare(*settings, console) : absl::StatusOr<Prepared>(settings.status());
  const std::string problems = peers.Agree(std::string(prepared.status().message()));
  if (!problems.empty()) return absl::InvalidArgumentError(problems);
  prepared->plan.run = peers.run();
  return prepared;
}

absl::StatusOr<Report> MergePeers(const std::vector<PeerFile>& files) {
  std::vector<MergeInput> inputs;
  for (const PeerFile& file : files) {
    inputs.push_back({.name = file.name,
                      .run = file.file.has_value()
                                 ? ParseShardRun(*file.file)
                                 : absl::UnavailableError("died, or cannot be reached")});
  }
  return MergeShards(std::move(inputs));
}

int RunLoadWithPeers(const CommandLine& command_line, Peers& peers, const Console& console) {
  absl::StatusOr<Prepared> prepared = PrepareWithPeers(command_line.settings, peers, console);
  if (!prepared.ok()) return Complain(prepared.status(), console);
  const absl::StatusOr<RunResult> result =
      Execute(prepared->plan, prepared->server.get(), &peers, console);
  const std::vector<PeerFile> files =
      peers.Gather(result.ok() ? FormatJson(MakeReport(prepared->plan, *result),
                                            ShardJson(prepared->plan, *result))
                               : "");
  if (!result.ok()) return Complain(result.status(), console);
  if (!peers.is_first()) return kExitPassed;
  const absl::StatusOr<Report> report = MergePeers(files);
  if (!report.ok()) return Complain(report.status(), console);
  return Publish(*report, nullptr, prepared->files, console);
}

// One run of a search.
absl::StatusOr<Report> MeasureStep(const Plan& plan, EmbeddedServer* server,
                                   const Console& console) {
  if (!plan.quiet) console.err << "search: " << RateText(plan.rate) << "\n";
  const absl::StatusOr<RunResult> result = Execute(plan, server, /*peers=*/nullptr, console);
  if (!result.ok()) return result.status();
  return MakeReport(plan, *result);
}

int ExitCodeOf(const SearchResult& result) {
  if (result.found.has_value()) return kExitPassed;
  const bool could_measure =
      std::any_of(result.steps.begin(), result.steps.end(),
                  [](const Report& step) { return step.verdict.outcome != Outcome::kRunFailed; });
  return could_measure ? kExitThreshold : kExitFailed;
}

int RunSearch(const CommandLine& command_line, const Console& console) {
  absl::StatusOr<Prepared> prepared = Prepare(command_line.settings, console);
  if (!prepared.ok()) return Complain(prepared.status(), console);
  auto& [plan, files, server] = *prepared;
  const auto measure = [&, server = server.get()](const Plan& step) {
    return MeasureStep(step, server, console);
  };
  const absl::StatusOr<SearchResult> result = SearchRate(plan, command_line.search, measure);
  if (!result.ok()) return Complain(result.status(), console);
  console.out << FormatSearchText(*result) << std::flush;
  const absl::Status written = files.WriteJson(FormatSearchJson(*result));
  if (!written.ok()) {
    Complain(written, console);
    return kExitFailed;
  }
  return ExitCodeOf(*result);
}

int RunReport(const CommandLine& command_line, const Console& console) {
  const absl::Status status = WriteReport(command_line);
  if (status.ok()) return kExitPassed;
  Complain(status, console);
  return absl::IsInvalidArgument(status) ? kExitUsage : kExitFailed;
}

int RunMerge(const CommandLine& command_line, const Console& console) {
  const absl::StatusOr<Report> report = MergeFiles(command_line.files);
  if (!report.ok()) return Complain(report.status(), console);
  absl::StatusOr<ReportFiles> files = ReportFiles::Open(
      {.json = command_line.json, .csv = command_line.csv, .html = command_line.html});
  if (!files.ok()) return Complain(files.status(), console);
  return Publish(*report, nullptr, *files, console);
}

int RunCompare(const CommandLine& command_line, const Console& console) {
  const absl::StatusOr<bool> is_worse = PrintComparison(command_line, console);
  if (!is_worse.ok()) return Complain(is_worse.status(), console);
  return *is_worse ? kExitThreshold : kExitPassed;
}

}  // namespace

int RunApplication(std::span<const std::string_view> arguments, const Console& console,
                   Peers* peers) {
  const absl::StatusOr<CommandLine> command_line = ParseCommandLine(arguments);
  if (!command_line.ok()) return Complain(command_line.status(), console);
  if (command_line->help || command_line->version) {
    console.out << (command_line->help ? HelpText() : absl::StrCat("loadgen ", kVersion, "\n"));
    return kExitPassed;
  }
  if (command_line->settings.dry_run) return PrintPlan(command_line->settings, console);
  if (peers != nullptr) {
    if (command_line->command == Command::kRun) {
      return RunLoadWithPeers(*command_line, *peers, console);
    }
    return Complain(absl::InvalidArgumentError("only runs are shared by processes; give this "
                                               "command to loadgen, without mpirun"),
                    console);
  }
  switch (command_line->command) {
    case Command::kRun: return RunLoad(*command_line, console);
    case Command::kSearch: return RunSearch(*command_line, console);
    case Command::kReport: return RunReport(*command_line, console);
    case Command::kCompare: return RunCompare(*command_line, console);
    case Command::kMerge: return RunMerge(*command_line, console);
  }
  return kExitUsage;
}

}  // namespace phx::loadgen
