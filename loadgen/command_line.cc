#include "loadgen/command_line.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/wire/endpoint_url.h"
#include "loadgen/flag_set.h"
#include "loadgen/make_plan.h"
#include "loadgen/mistakes.h"
#include "loadgen/run_flags.h"
#include "loadgen/scenario.h"
#include "loadgen/scenario_file.h"
#include "loadgen/setting_place.h"
#include "loadgen/threshold.h"
#include "loadgen/workload.h"

namespace phx::loadgen {
namespace {

constexpr char kIntroduction[] =
    R"(loadgen: puts load on a Phoenix server's channels, and says what the server held.

It opens connections, joins channels on each, pushes at a fixed rate whether or not the server keeps
up (an open model), and measures every latency from the moment at which the push was due.

Examples:
  loadgen --embedded --connections=1000 --channels=10 --rate=20000
      Everything in this process, against the mock server: shows what the machine can do.
  loadgen --url=ws://localhost:4000/socket --connections=5000 --rate=2000 --duration=1m
      A server of yours. Its channel has to answer the event "echo", or the one of --event.
  loadgen --url=wss://example.com/socket --params='{"token":"…"}' --topic='room:{channel}' \
      --channels=3 --event=new_msg --payload='{"body":"hi"}' --json=run.json
      With a token, rooms shared by all connections, and the run for a program.
  loadgen --url=ws://localhost:4000/socket --connections=10000 --connect-rate=500 --rate=0
      Connections and joins only, held for --duration.
  loadgen search --url=ws://localhost:4000/socket --connections=1000 --fail-if='reply.p99 > 50ms'
      The highest rate at which such a run passes, from --rate on: one run after the other.
  loadgen --scenario=loadgen/scenarios/chat_room.json --url=ws://localhost:4000/socket
      Several kinds of users, from a file.
  loadgen report run.json --html=run.html
      A page with charts, of a run that --json wrote.
  loadgen compare before.json after.json
      Two runs side by side. Exit code 1 if a figure is worse by more than --tolerance=0.05 of it, and
      chance does not explain that (p below --significance=0.01).
  loadgen --url=… --connections=80000 --rate=40000 --shard=2/8 --start-at=2026-11-26T21:15:00Z \
      --json=shard-2.json
      The second of eight processes, on machines of their own, that carry out one run.
  loadgen merge shard-*.json --json=run.json --html=run.html
      Puts them together, exactly, and says whether the run passed. --csv=FILE too.

)";

constexpr double kMinPrecision = 0.01;

constexpr char kValues[] = R"(
Values: durations are written 500ms, 10s or 1m30s, sizes 64, 1KiB or 2MiB, rates are per second.

Conditions are FIGURE COMPARISON VALUE. Figures of latencies have a statistic: .min, .mean, .stdev,
.max, or any percentile, as .p50 or .p99.99. Unless conditions about the same figures are given,
these hold:
)";

constexpr char kExitCodes[] = R"(
Exit code:
  0  passed
  1  a condition of --fail-if or --abort-if held
  2  the command line is wrong or the machine's limits are too low; nothing was opened
  3  the run failed: nothing could be measured, or a report not be written
Ctrl-C ends the run early, with a report; a second Ctrl-C aborts.
)";

// With which flags it holds; empty: always.
std::string FlagsOf(const DefaultCondition& condition) {
  if (condition.reconnect) return "  (--reconnect)";
  if (!condition.workload.has_value()) return "";
  return absl::StrCat("  (--workload=", std::string(ToString(*condition.workload)), ")");
}

std::string DescribeConditions() {
  std::string text = kValues;
  for (const DefaultCondition& condition : kDefaultFailIf) {
    absl::StrAppend(&text, "  --fail-if='", std::string(condition.text), "'", FlagsOf(condition),
                    "\n");
  }
  absl::StrAppend(&text, "Figures:\n");
  for (const std::string& line : DescribeFigures()) absl::StrAppend(&text, "  ", line, "\n");
  return text;
}

void AddFlags(FlagSet* flags, CommandLine* command_line) {
  flags->Group("Scenario");
  flags->Add("scenario", "FILE",
             "A run that is written down as JSON, with several kinds of users: see "
             "loadgen/scenarios. Its fields are the flags below; those that are given here take "
             "their place, except what a kind of users says itself.",
             &command_line->settings.scenario);
  AddRunFlags(flags, &command_line->settings);
  AddShardFlags(flags, &command_line->settings);
  AddOutputFlags(flags, &command_line->settings);
  flags->Add("version", "", "Print the version.", &command_line->version);
  flags->Add("help", "", "Print this.", &command_line->help);
}

// A report goes to others: it tells that there were params, and not which.
std::vector<std::pair<std::string, std::string>> WithoutSecrets(
    std::vector<std::pair<std::string, std::string>> given) {
  for (auto& [name, value] : given) {
    if (name == "params" || name == "join-params" || name == "auth-token") value = "(not shown)";
    if (name == "url") value = wire::RedactUrl(value);
  }
  return given;
}

void AddSearchFlags(FlagSet* flags, RateSearchOptions* search) {
  flags->Group("Search (loadgen search)");
  flags->Add("factor", "N", "Rates step up from --rate by so much, until one fails.",
             &search->factor);
  flags->Add("precision", "SHARE",
             "How far apart the highest rate that holds and the lowest that fails may stay.",
             &search->precision);
  flags->Add("max-rate", "RATE", "Beyond which nothing is tried.", &search->max);
}

absl::Status CheckSearch(const CommandLine& command_line) {
  Mistakes mistakes;
  const Settings& settings = command_line.settings;
  const RateSearchOptions& search = command_line.search;
  if (settings.rate <= 0 || settings.model != "open") {
    mistakes.Add("search changes the rate; give the first with --rate, and no --model");
  }
  if (!settings.phases.empty()) {
    mistakes.Add("--phases are of one run; a search has one rate at a time");
  }
  if (!settings.shard.empty() || !settings.start_at.empty()) {
    mistakes.Add("--shard and --start-at are of one run, and a search has many; leave them out");
  }
  if (!settings.csv.empty() || !settings.html.empty()) {
    mistakes.Add("--csv and --html are of one run, and a search has many; give --json");
  }
  if (search.factor <= 1) mistakes.Add("--factor: give more than 1, as in 2");
  if (search.precision < kMinPrecision) {
    mistakes.Add("--precision: no two runs are so alike; give 0.01 or more");
  }
  return mistakes.status();
}

// Reads the flags into what `*command_line` holds.
absl::Status ParseFlags(std::span<const std::string_view> arguments, CommandLine* command_line) {
  FlagSet flags;
  AddFlags(&flags, command_line);
  if (command_line->command == Command::kSearch) AddSearchFlags(&flags, &command_line->search);
  absl::Status status = flags.Parse(arguments);
  command_line->settings.given = WithoutSecrets(flags.given());
  return status;
}

bool IsGiven(std::string_view name, const Settings& settings) {
  return std::any_of(settings.given.begin(), settings.given.end(),
                     [name](const auto& flag) { return flag.first == name; });
}

// What the scenario says, unless a flag says it too. Phases are another way of writing a rate and
// how long it lasts.
void AddGiven(const Scenario& scenario, Settings* settings) {
  std::vector<std::pair<std::string, std::string>> given = WithoutSecrets(scenario.given);
  const bool has_phases = IsGiven("phases", *settings);
  std::erase_if(given, [&](const auto& flag) {
    const bool is_replaced = has_phases && (flag.first == "rate" || flag.first == "duration");
    return is_replaced || IsGiven(flag.first, *settings);
  });
  settings->given.insert(settings->given.end(), given.begin(), given.end());
}

// Reads the flags once more, on top of the scenario.
absl::Status ParseWithScenario(std::span<const std::string_view> arguments,
                               CommandLine* command_line) {
  const absl::StatusOr<Scenario> scenario = ReadScenario(command_line->settings.scenario);
  if (!scenario.ok()) return scenario.status();
  command_line->settings = scenario->settings;
  absl::Status status = ParseFlags(arguments, command_line);
  if (!status.ok()) return status;
  std::set<std::string> flags;
  for (const auto& [name, value] : command_line->settings.given) flags.insert(name);
  command_line->settings.user.place = SettingPlace(scenario->places, std::move(flags));
  AddGiven(*scenario, &command_line->settings);
  return AddKinds(*scenario, &command_line->settings);
}

absl::StatusOr<CommandLine> ParseLoad(Command command,
                                      std::span<const std::string_view> arguments) {
  CommandLine command_line{.command = command};
  absl::Status status = ParseFlags(arguments, &command_line);
  if (!status.ok()) return status;
  if (command_line.help || command_line.version) return command_line;
  if (!command_line.settings.scenario.empty()) status = ParseWithScenario(arguments, &command_line);
  if (status.ok()) status = ReadFeeds(&command_line.settings);
  if (!status.ok()) return status;
  command_line.search.first = command_line.settings.rate;
  if (command == Command::kSearch) status = CheckSearch(command_line);
  if (!status.ok()) return status;
  return command_line;
}

absl::StatusOr<CommandLine> ParseReport(std::span<const std::string_view> arguments) {
  CommandLine command_line{.command = Command::kReport};
  FlagSet flags;
  flags.Words(&command_line.files);
  flags.Add("html", "FILE", "", &command_line.html);
  absl::Status status = flags.Parse(arguments);
  if (!status.ok()) return status;
  if (command_line.files.size() != 1 || command_line.html.empty()) {
    return absl::InvalidArgumentError("write loadgen report RUN.json --html=FILE");
  }
  return command_line;
}

absl::StatusOr<CommandLine> ParseMerge(std::span<const std::string_view> arguments) {
  CommandLine command_line{.command = Command::kMerge};
  FlagSet flags;
  flags.Words(&command_line.files);
  flags.Add("json", "FILE", "", &command_line.json);
  flags.Add("csv", "FILE", "", &command_line.csv);
  flags.Add("html", "FILE", "", &command_line.html);
  absl::Status status = flags.Parse(arguments);
  if (!status.ok()) return status;
  if (command_line.files.empty()) {
    return absl::InvalidArgumentError(
        "write loadgen merge SHARD.json… [--json=FILE] [--html=FILE]");
  }
  return command_line;
}

absl::StatusOr<CommandLine> ParseCompare(std::span<const std::string_view> arguments) {
  CommandLine command_line{.command = Command::kCompare};
  FlagSet flags;
  flags.Words(&command_line.files);
  flags.Add("significance", "P", "", &command_line.comparison.significance);
  flags.Add("tolerance", "SHARE", "", &command_line.comparison.tolerance);
  absl::Status status = flags.Parse(arguments);
  if (!status.ok()) return status;
  if (command_line.files.size() != 2) {
    return absl::InvalidArgumentError("write loadgen compare BEFORE.json AFTER.json");
  }
  return command_line;
}

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(std::span<const std::string_view> arguments) {
  if (!arguments.empty() && arguments.front() == "search") {
    return ParseLoad(Command::kSearch, arguments.subspan(1));
  }
  if (!arguments.empty() && arguments.front() == "report") {
    return ParseReport(arguments.subspan(1));
  }
  if (!arguments.empty() && arguments.front() == "compare") {
    return ParseCompare(arguments.subspan(1));
  }
  if (!arguments.empty() && arguments.front() == "merge") {
    return ParseMerge(arguments.subspan(1));
  }
  return ParseLoad(Command::kRun, arguments);
}

std::string HelpText() {
  CommandLine command_line;
  FlagSet flags;
  AddFlags(&flags, &command_line);
  AddSearchFlags(&flags, &command_line.search);
  return absl::StrCat(kIntroduction, flags.Help(), DescribeConditions(), kExitCodes);
}

}  // namespace phx::loadgen
