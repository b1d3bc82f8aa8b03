#include "loadgen/command_line.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/wire/endpoint_url.h"
#include "loadgen/flag_set.h"
#include "loadgen/plan.h"
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
  loadgen report run.json --html=run.html
      A page with charts, of a run that --json wrote.
  loadgen compare before.json after.json
      Two runs side by side. Exit code 1 if a figure is worse by more than --tolerance=0.05 of it, and
      chance does not explain that (p below --significance=0.01).

)";

constexpr double kMinPrecision = 0.01;

constexpr char kValues[] = R"(
Values: durations are written 500ms, 10s or 1m30s, sizes 64, 1KiB or 2MiB, rates are per second.

Conditions are FIGURE COMPARISON VALUE. Figures of latencies have a statistic: .min, .mean, .max, or
any percentile, as .p50 or .p99.99. Unless conditions about the same figures are given, these hold:
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

void AddServerFlags(FlagSet* flags, Settings* settings) {
  flags->Group("Server");
  flags->Add("url", "URL",
             "The socket to load: ws://, wss://, http:// or https://, as a Phoenix client is given "
             "it, without \"/websocket\". Given more than once, connections take turns.",
             &settings->urls);
  flags->Add("embedded", "",
             "Start a mock server in this process and load that. It answers every event.",
             &settings->embedded);
  flags->Add("server-threads", "N", "Threads of the embedded server; 0: half of the cores.",
             &settings->server_threads);
  flags->Add(
      "server-ports", "N",
      "Ports of the embedded server, between which connections take turns. Each has a server "
      "of its own.",
      &settings->server_ports);
  flags->Add("local-address", "ADDRESSES",
             "IP addresses of this machine to connect from, in turns, as in "
             "127.0.0.2-127.0.0.20 or 10.0.0.5,10.0.0.6: each has local ports of its own, of which "
             "a connection needs one. Default: the system chooses.",
             &settings->local_addresses);
  flags->Add("params", "JSON", "Connect params, an object.", &settings->params);
  flags->Add("tls-no-verify", "", "Accept any certificate. For a test server of your own.",
             &settings->tls_no_verify);
}

void AddConnectionFlags(FlagSet* flags, Settings* settings) {
  flags->Group("Connections and channels");
  flags->Add("connections", "N", "Connections to open.", &settings->connections);
  flags->Add("channels", "N", "Channels that each connection joins.", &settings->channels);
  flags->Add("topic", "PATTERN",
             "Topic of a channel; {connection} and {channel} stand for their numbers, from 1. "
             "Without {connection} all connections share the topics. Default: "
             "room:{connection}:{channel}, for broadcasts room:{channel}.",
             &settings->topic);
  flags->Add("join-params", "JSON", "Join params, an object.", &settings->join_params);
  flags->Add(
      "connect-rate", "RATE",
      "Connections opened per second; 0: as fast as --max-connecting lets them. With a rate, "
      "connect latency counts from the moment at which the connection was due.",
      &settings->connect_rate);
  flags->Add("max-connecting", "N", "Connections that are being opened and joined at a time.",
             &settings->max_connecting);
  flags->Add("connect-timeout", "DURATION", "How long opening a connection may take.",
             &settings->connect_timeout);
  flags->Add("heartbeat", "DURATION",
             "The longest time between two heartbeats of a connection. Each has its own, between "
             "half of this and all of it, so that they do not come all at once. 0: none.",
             &settings->heartbeat);
  flags->Add(
      "reconnect", "",
      "Open connections that are lost again, after a back-off, and join their channels, "
      "instead of giving them up. Losses are then no errors: they are counted by themselves, "
      "with how long it took to come back.",
      &settings->reconnect);
  flags->Add("restart-after", "DURATION",
             "Restart the embedded server when so much of the measured time has passed. 0: never.",
             &settings->restart_after);
}

void AddWorkloadFlags(FlagSet* flags, Settings* settings) {
  flags->Group("Workload");
  flags->Add("workload", "NAME",
             "What is done over and over. reply: push, and wait for the reply. cast: push, and "
             "expect nothing. broadcast: push, and expect it at every member of the topic. churn: "
             "leave the channel, and join it again.",
             &settings->workload);
  flags->Add("publishers", "SHARE",
             "Of the connections, those that push broadcasts. All receive them.",
             &settings->publishers);
  flags->Add(
      "model", "NAME",
      "open: by --rate, whether or not the server keeps up. closed: so many --in-flight; the "
      "next waits for a reply, so that a slow server is asked for less, and its latencies "
      "look better than those that users would see.",
      &settings->model);
  flags->Add("in-flight", "N",
             "Of the closed model: pushes under way, of all connections together.",
             &settings->in_flight);
}

void AddPushFlags(FlagSet* flags, Settings* settings) {
  flags->Group("Pushes");
  flags->Add("rate", "RATE",
             "Pushes per second, of all connections together; each channel gets its turn. 0: none.",
             &settings->rate);
  flags->Add("phases", "PHASES",
             "Rates that change, in place of --rate and --duration: 'ramp 0..2000 30s, hold 1m, "
             "spike 5000 5s, step 1000..5000/5 10s, ramp ..0 10s'. A hold without a rate keeps the "
             "last one, a ramp without its beginning starts from it; spikes leave it alone. The "
             "report has a line for each.",
             &settings->phases);
  flags->Add("event", "EVENT", "Event to push. The server has to reply to it.", &settings->event);
  flags->Add("payload-size", "SIZE", "Size of the payload, a JSON object with one string.",
             &settings->payload_size);
  flags->Add("payload", "JSON", "The payload itself, in place of one of --payload-size.",
             &settings->payload);
  flags->Add("binary", "", "Push --payload-size raw bytes, in binary frames.", &settings->binary);
  flags->Add(
      "max-outstanding", "N",
      "Pushes without reply that a connection may have. What is due beyond it is skipped and "
      "counted. 0: no limit.",
      &settings->max_outstanding);
  flags->Add("timeout", "DURATION",
             "How long a join, a push or a heartbeat may wait for its reply.", &settings->timeout);
}

void AddRunFlags(FlagSet* flags, Settings* settings) {
  flags->Group("Run");
  flags->Add("duration", "DURATION", "How long to measure.", &settings->duration);
  flags->Add("warmup", "DURATION", "How long to push before measuring. Not in the results.",
             &settings->warmup);
  flags->Add("threads", "N",
             "Threads of the generator, each with its share of the connections; 0: the cores that "
             "the embedded server leaves.",
             &settings->threads);
  flags->Add("interval", "DURATION",
             "How often the run is looked at: for --abort-if, progress, and the rows of --csv "
             "and of the charts.",
             &settings->interval);
}

void AddReportFlags(FlagSet* flags, Settings* settings) {
  flags->Group("Verdict and report");
  flags->Add("fail-if", "CONDITION",
             "The run fails if this holds of its figures, as in 'reply.p99 > 50ms' or 'errors > "
             "0.1%'; see below. May be given more than once.",
             &settings->fail_if);
  flags->Add("abort-if", "CONDITION",
             "As --fail-if, but checked each second of the load: the run then ends at once.",
             &settings->abort_if);
  flags->Add("late-after", "DURATION",
             "A push that leaves so long after it was due is counted as late. Its latency counts "
             "from when it was due in any case.",
             &settings->late_after);
  flags->Add(
      "json", "FILE",
      "Write everything that is known of the run as JSON: for programs, and for the commands "
      "report and compare.",
      &settings->json);
  flags->Add("csv", "FILE", "Write one line for each --interval as CSV.", &settings->csv);
  flags->Add("html", "FILE", "Write a page with charts, which needs no network.", &settings->html);
  flags->Add("prometheus", "PORT",
             "Answer http://HOST:PORT/metrics for Prometheus while the run goes on, with what was "
             "recorded up to the last --interval. 0: no.",
             &settings->prometheus);
  flags->Add("dry-run", "", "Check everything, print what would be done, and open nothing.",
             &settings->dry_run);
  flags->Add("quiet", "", "Do not say every --interval how it goes.", &settings->quiet);
}

void AddFlags(FlagSet* flags, CommandLine* command_line) {
  AddServerFlags(flags, &command_line->settings);
  AddConnectionFlags(flags, &command_line->settings);
  AddWorkloadFlags(flags, &command_line->settings);
  AddPushFlags(flags, &command_line->settings);
  AddRunFlags(flags, &command_line->settings);
  AddReportFlags(flags, &command_line->settings);
  flags->Add("version", "", "Print the version.", &command_line->version);
  flags->Add("help", "", "Print this.", &command_line->help);
}

// A report goes to others: it tells that there were params, and not which.
std::vector<std::pair<std::string, std::string>> WithoutSecrets(
    std::vector<std::pair<std::string, std::string>> given) {
  for (auto& [name, value] : given) {
    if (name == "params" || name == "join-params") value = "(not shown)";
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
  std::vector<std::string> mistakes;
  const Settings& settings = command_line.settings;
  const RateSearchOptions& search = command_line.search;
  if (settings.rate <= 0 || settings.model != "open") {
    mistakes.emplace_back("search changes the rate; give the first with --rate, and no --model");
  }
  if (!settings.phases.empty()) {
    mistakes.emplace_back("--phases are of one run; a search has one rate at a time");
  }
  if (!settings.csv.empty() || !settings.html.empty()) {
    mistakes.emplace_back("--csv and --html are of one run, and a search has many; give --json");
  }
  if (search.factor <= 1) mistakes.emplace_back("--factor: give more than 1, as in 2");
  if (search.precision < kMinPrecision) {
    mistakes.emplace_back("--precision: no two runs are so alike; give 0.01 or more");
  }
  if (mistakes.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(mistakes, "\n"));
}

absl::StatusOr<CommandLine> ParseSearch(std::span<const std::string_view> arguments) {
  CommandLine command_line{.command = Command::kSearch};
  FlagSet flags;
  AddFlags(&flags, &command_line);
  AddSearchFlags(&flags, &command_line.search);
  absl::Status status = flags.Parse(arguments);
  if (!status.ok()) return status;
  command_line.settings.given = WithoutSecrets(flags.given());
  command_line.search.first = command_line.settings.rate;
  if (!command_line.help && !command_line.version) status = CheckSearch(command_line);
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
  CommandLine command_line;
  if (!arguments.empty() && arguments.front() == "search") {
    return ParseSearch(arguments.subspan(1));
  }
  if (!arguments.empty() && arguments.front() == "report") {
    return ParseReport(arguments.subspan(1));
  }
  if (!arguments.empty() && arguments.front() == "compare") {
    return ParseCompare(arguments.subspan(1));
  }
  FlagSet flags;
  AddFlags(&flags, &command_line);
  absl::Status status = flags.Parse(arguments);
  if (!status.ok()) return status;
  command_line.settings.given = WithoutSecrets(flags.given());
  return command_line;
}

std::string HelpText() {
  CommandLine command_line;
  FlagSet flags;
  AddFlags(&flags, &command_line);
  AddSearchFlags(&flags, &command_line.search);
  return absl::StrCat(kIntroduction, flags.Help(), DescribeConditions(), kExitCodes);
}

}  // namespace phx::loadgen
