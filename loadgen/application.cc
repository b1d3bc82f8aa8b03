#include "loadgen/application.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "loadgen/command_line.h"
#include "loadgen/dry_run_text.h"
#include "loadgen/execute_run.h"
#include "loadgen/file_commands.h"
#include "loadgen/make_report.h"
#include "loadgen/peer_run.h"
#include "loadgen/peers.h"
#include "loadgen/plan.h"
#include "loadgen/prepared_run.h"
#include "loadgen/quantity_text.h"
#include "loadgen/report.h"
#include "loadgen/report_files.h"
#include "loadgen/run_result.h"
#include "loadgen/search.h"
#include "loadgen/search_report.h"
#include "loadgen/shard_run.h"
#include "loadgen/text_report.h"
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

int ExitCodeOf(const Verdict& verdict) {
  switch (verdict.outcome) {
    case Outcome::kPassed: return kExitPassed;
    case Outcome::kThresholdFailed: return kExitThreshold;
    case Outcome::kRunFailed: return kExitFailed;
  }
  return kExitFailed;
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
  absl::StatusOr<PreparedRun> prepared = PrepareRun(command_line.settings, console);
  if (!prepared.ok()) return Complain(prepared.status(), console);
  const absl::StatusOr<RunResult> result =
      ExecuteRun(prepared->plan, prepared->server.get(), /*peers=*/nullptr, console);
  if (!result.ok()) return Complain(result.status(), console);
  const Report report = MakeReport(prepared->plan, *result);
  const bool is_shard = prepared->plan.shard.has_value();
  return Publish(report, is_shard ? ShardJson(prepared->plan, *result) : nullptr, prepared->files,
                 console);
}

int RunLoadWithPeers(const CommandLine& command_line, Peers& peers, const Console& console) {
  absl::StatusOr<PreparedRun> prepared = PrepareWithPeers(command_line.settings, peers, console);
  if (!prepared.ok()) return Complain(prepared.status(), console);
  const absl::StatusOr<RunResult> result =
      ExecuteRun(prepared->plan, prepared->server.get(), &peers, console);
  const std::vector<PeerFile> files = peers.Gather(PeerFileOf(prepared->plan, result));
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
  const absl::StatusOr<RunResult> result = ExecuteRun(plan, server, /*peers=*/nullptr, console);
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
  absl::StatusOr<PreparedRun> prepared = PrepareRun(command_line.settings, console);
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
