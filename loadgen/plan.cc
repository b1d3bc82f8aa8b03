#include "loadgen/plan.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/wire/endpoint_url.h"
#include "loadgen/broadcast_stamp.h"
#include "loadgen/local_address.h"

namespace phx::loadgen {
namespace {

constexpr std::uint64_t kMaxConnections = 1'000'000;
constexpr std::uint64_t kMaxChannels = 100'000;  // of one connection
constexpr std::uint64_t kMaxThreads = 1024;
constexpr std::uint64_t kMaxServerPorts = 100;
constexpr std::uint64_t kMaxPayloadSize = 16 << 20;
constexpr Duration kMinInterval = std::chrono::milliseconds(10);
constexpr std::size_t kMaxNameSize = 255;  // of topics and events, as on binary frames

using Mistakes = std::vector<std::string>;

// CheckWorkload() complains of one that there is not.
Workload WorkloadOf(const Settings& settings) {
  return ParseWorkload(settings.workload).value_or(Workload::kReply);
}

void CheckServerPorts(const Settings& settings, Mistakes* mistakes) {
  if (settings.server_ports == 0 || settings.server_ports > kMaxServerPorts) {
    mistakes->push_back(absl::StrCat("--server-ports: ", settings.server_ports,
                                     " is out of range; give 1 to ", kMaxServerPorts));
  }
  if (settings.server_ports <= 1) return;
  if (!settings.embedded) {
    mistakes->push_back("--server-ports is for the embedded server; give --url more than once");
  }
  if (WorkloadOf(settings) == Workload::kBroadcast) {
    mistakes->push_back(
        "--server-ports gives each port a server of its own, and broadcasts stay on their server; "
        "leave it out with --workload=broadcast");
  }
}

std::vector<std::string> CollectLocalAddresses(const Settings& settings, Mistakes* mistakes) {
  std::vector<std::string> addresses;
  for (const std::string& text : settings.local_addresses) {
    absl::StatusOr<std::vector<std::string>> parsed = ParseLocalAddresses(text);
    if (parsed.ok()) {
      addresses.insert(addresses.end(), parsed->begin(), parsed->end());
    } else {
      mistakes->push_back(
          absl::StrCat("--local-address: \"", text, "\" ", parsed.status().message()));
    }
  }
  return addresses;
}

void CheckServer(const Settings& settings, Mistakes* mistakes) {
  if (settings.embedded && !settings.urls.empty()) {
    mistakes->push_back("--url and --embedded name two servers; give one of them");
  } else if (!settings.embedded && settings.urls.empty()) {
    mistakes->push_back(
        "there is no server to load; give --url=ws://HOST:PORT/socket, or --embedded for one in "
        "this process");
  }
  for (const std::string& text : settings.urls) {
    const auto url = wire::EndpointUrl::Parse(text);
    if (url.ok()) continue;
    mistakes->push_back(absl::StrCat("--url: ", url.status().message(),
                                     "; write it as in ws://localhost:4000/socket"));
  }
  CheckServerPorts(settings, mistakes);
  if (!settings.embedded && settings.server_threads != 0) {
    mistakes->push_back(
        "--server-threads is for the embedded server; give --embedded, or leave it out");
  }
  if (settings.server_threads > kMaxThreads) {
    mistakes->push_back(absl::StrCat("--server-threads: ", settings.server_threads,
                                     " is too many; at most ", kMaxThreads));
  }
}

void CheckConnections(const Settings& settings, Mistakes* mistakes) {
  if (settings.connections == 0 || settings.connections > kMaxConnections) {
    mistakes->push_back(absl::StrCat("--connections: ", settings.connections,
                                     " is out of range; give 1 to ", kMaxConnections));
  }
  if (settings.channels > kMaxChannels) {
    mistakes->push_back(absl::StrCat("--channels: ", settings.channels,
                                     " is out of range; give 0 to ", kMaxChannels,
                                     " for each connection"));
  }
  if (settings.connect_rate > kMaxRate) {
    mistakes->push_back(absl::StrCat("--connect-rate: ", settings.connect_rate,
                                     " is out of range; at most ", kMaxRate, " a second"));
  }
  if (settings.max_connecting == 0) {
    mistakes->push_back("--max-connecting: 0 would never connect; give 1 or more");
  }
  if (settings.connect_timeout <= Duration::zero()) {
    mistakes->push_back("--connect-timeout: 0 leaves no time to connect; give more, as in 10s");
  }
}

std::string TopicOf(const Settings& settings) {
  if (!settings.topic.empty()) return settings.topic;
  const bool is_broadcast = WorkloadOf(settings) == Workload::kBroadcast;
  return is_broadcast ? "room:{channel}" : "room:{connection}:{channel}";
}

void CheckTopic(const Settings& settings, Mistakes* mistakes) {
  const auto pattern = TopicPattern::Parse(TopicOf(settings));
  if (!pattern.ok()) {
    mistakes->push_back(
        absl::StrCat("--topic: \"", settings.topic, "\" ", pattern.status().message()));
    return;
  }
  if (settings.channels > 1 && !pattern->has_channel()) {
    mistakes->push_back(absl::StrCat(
        "--topic: \"", settings.topic, "\" gives all ", settings.channels,
        " channels of a connection the same topic; write {channel} into it, or --channels=1"));
  }
  const std::string longest =
      pattern->Expand({.connection = settings.connections, .channel = settings.channels});
  if (longest.size() > kMaxNameSize) {
    mistakes->push_back(absl::StrCat("--topic: gives topics of ", longest.size(),
                                     " bytes; shorten it to at most ", kMaxNameSize));
  }
}

void CheckPushes(const Settings& settings, Mistakes* mistakes) {
  if (settings.rate > kMaxRate) {
    mistakes->push_back(absl::StrCat("--rate: ", settings.rate, " is out of range; at most ",
                                     kMaxRate, " a second"));
  }
  if (settings.rate > 0 && settings.channels == 0 && settings.model == "open") {
    mistakes->push_back(
        "--channels=0 leaves nothing to push to; give --rate=0 to hold connections only, or "
        "--channels=1 or more");
  }
  if (settings.event.empty() || settings.event.size() > kMaxNameSize) {
    mistakes->push_back(
        absl::StrCat("--event: has ", settings.event.size(), " bytes; give 1 to ", kMaxNameSize));
  }
  if (settings.event.starts_with("phx_")) {
    mistakes->push_back(absl::StrCat("--event: \"", settings.event,
                                     "\" belongs to the protocol; give one of your application's"));
  }
  if (settings.timeout <= Duration::zero()) {
    mistakes->push_back("--timeout: 0 leaves no time for a reply; give more, as in 10s");
  }
  const std::uint64_t least = settings.binary ? 1 : kMinPayloadSize;
  if (settings.payload.empty() &&
      (settings.payload_size.bytes < least || settings.payload_size.bytes > kMaxPayloadSize)) {
    mistakes->push_back(absl::StrCat(
        "--payload-size: ", settings.payload_size.bytes, " is out of range; give ", least, " to ",
        FormatFlagValue(ByteSize{kMaxPayloadSize}), ", or the payload itself with --payload"));
  }
  if (!settings.payload.empty() && !nlohmann::json::accept(settings.payload)) {
    mistakes->push_back(R"(--payload: is not JSON; write it as in --payload='{"body":"hi"}')");
  }
}

void CheckOutputs(const Settings& settings, Mistakes* mistakes) {
  if (settings.prometheus > std::numeric_limits<std::uint16_t>::max()) {
    mistakes->push_back(absl::StrCat("--prometheus: ", settings.prometheus,
                                     " is no port; give 1 to 65535, as in 9464"));
  }
}

void CheckWorkload(const Settings& settings, Mistakes* mistakes) {
  if (!ParseWorkload(settings.workload).has_value()) {
    mistakes->push_back(absl::StrCat("--workload: \"", settings.workload,
                                     "\" is none; give reply, cast, broadcast or churn"));
  }
  if (settings.publishers <= 0 || settings.publishers > 1) {
    mistakes->push_back(absl::StrCat("--publishers: ", settings.publishers,
                                     " is no share of the connections; give more than 0, up to 1"));
  }
  if (WorkloadOf(settings) == Workload::kBroadcast && !settings.payload.empty()) {
    mistakes->push_back(
        "--payload: a broadcast carries a stamp, by which it is found again; give --payload-size");
  }
  if (settings.binary && !settings.payload.empty()) {
    mistakes->push_back("--payload is JSON, and --binary is not; give one of them");
  }
}

void CheckModel(const Settings& settings, Mistakes* mistakes) {
  if (settings.model != "open" && settings.model != "closed") {
    mistakes->push_back(
        absl::StrCat("--model: \"", settings.model, "\" is none; give open or closed"));
    return;
  }
  const bool is_closed = settings.model == "closed";
  if (is_closed != (settings.in_flight > 0)) {
    mistakes->push_back(is_closed ? "--model=closed keeps so many pushes under way; say how many "
                                    "with --in-flight=N"
                                  : "--in-flight is for --model=closed; give both or neither");
  }
  if (is_closed && !ExpectsReplies(WorkloadOf(settings))) {
    mistakes->push_back(absl::StrCat("--model=closed waits for replies, and --workload=",
                                     settings.workload, " has none; give --model=open"));
  }
  if (is_closed && settings.channels == 0) {
    mistakes->push_back("--channels=0 leaves nothing to push to; give --channels=1 or more");
  }
}

void CheckRestart(const Settings& settings, Mistakes* mistakes) {
  if (settings.restart_after <= Duration::zero()) return;
  if (!settings.embedded) {
    mistakes->push_back(
        "--restart-after restarts the embedded server; give --embedded, or restart your own server "
        "during the run");
  }
  if (settings.restart_after >= settings.duration) {
    mistakes->push_back(absl::StrCat("--restart-after: ", FormatFlagValue(settings.restart_after),
                                     " into a --duration of ", FormatFlagValue(settings.duration),
                                     " is too late to see anything; give less"));
  }
}

void CheckRun(const Settings& settings, Mistakes* mistakes) {
  if (settings.duration <= Duration::zero()) {
    mistakes->push_back("--duration: 0 measures nothing; give more, as in 10s");
  }
  if (settings.interval < kMinInterval) {
    mistakes->push_back(absl::StrCat("--interval: ", FormatFlagValue(settings.interval),
                                     " is too short; give at least ",
                                     FormatFlagValue(kMinInterval)));
  }
  if (settings.threads > kMaxThreads) {
    mistakes->push_back(
        absl::StrCat("--threads: ", settings.threads, " is too many; at most ", kMaxThreads));
  }
}

std::vector<RatePhase> CollectPhases(const Settings& settings, Mistakes* mistakes) {
  if (settings.phases.empty()) return {};
  absl::StatusOr<std::vector<RatePhase>> phases = ParsePhases(settings.phases);
  if (!phases.ok()) {
    mistakes->push_back(absl::StrCat("--phases: not understood:\n", phases.status().message()));
    return {};
  }
  for (const auto& [name, value] : settings.given) {
    if (name == "rate" || name == "duration") {
      mistakes->push_back(absl::StrCat("--", name, ": the --phases say that; leave it out"));
    }
  }
  if (settings.model != "open") {
    mistakes->push_back("--phases are of rates, which --model=closed has none of");
  }
  if (AverageRate(*phases) == 0) {
    mistakes->push_back("--phases: push nothing; to hold connections, give --rate=0");
  }
  return *std::move(phases);
}

// The object that the flag `name` holds; empty if it was not given.
nlohmann::json ParseObject(std::string_view name, const std::string& text, Mistakes* mistakes) {
  if (text.empty()) return nlohmann::json::object();
  nlohmann::json value = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (value.is_object()) return value;
  // The text itself may hold a token: it is not repeated.
  mistakes->push_back(absl::StrCat("--", std::string(name),
                                   ": is not a JSON object; write it as in --", std::string(name),
                                   R"(='{"token":"…"}')"));
  return nlohmann::json::object();
}

std::vector<Threshold> ParseThresholds(std::string_view flag, const std::vector<std::string>& texts,
                                       Mistakes* mistakes) {
  std::vector<Threshold> thresholds;
  for (const std::string& text : texts) {
    absl::StatusOr<Threshold> threshold = ParseThreshold(text);
    if (threshold.ok()) {
      thresholds.push_back(*std::move(threshold));
    } else {
      mistakes->push_back(absl::StrCat("--", std::string(flag), ": not a condition:\n",
                                       threshold.status().message()));
    }
  }
  return thresholds;
}

void AddDefaults(Plan* plan) {
  for (const DefaultCondition& condition : kDefaultFailIf) {
    if (condition.workload.value_or(plan->workload) != plan->workload) continue;
    if (condition.reconnect && !plan->reconnect) continue;
    Threshold standard = *ParseThreshold(condition.text);
    const bool is_given =
        std::any_of(plan->fail_if.begin(), plan->fail_if.end(),
                    [&](const Threshold& t) { return t.figure == standard.figure; });
    if (!is_given) plan->fail_if.push_back(std::move(standard));
  }
}

std::string PayloadOf(const Settings& settings) {
  if (!settings.payload.empty()) return settings.payload;
  if (settings.binary) return std::string(settings.payload_size.bytes, 'x');
  return absl::StrCat(R"({"data":")",
                      std::string(settings.payload_size.bytes - kMinPayloadSize, 'x'), R"("})");
}

std::uint64_t CountPublishers(const Settings& settings) {
  if (WorkloadOf(settings) != Workload::kBroadcast) return settings.connections;
  const double share = settings.publishers * static_cast<double>(settings.connections);
  return std::clamp<std::uint64_t>(static_cast<std::uint64_t>(std::llround(share)), 1,
                                   settings.connections);
}

void FillThreads(const Settings& settings, std::uint64_t cores, Plan* plan) {
  if (settings.embedded) {
    plan->server_ports = settings.server_ports;
    plan->server_threads = settings.server_threads != 0 ? settings.server_threads
                                                        : std::max<std::uint64_t>(1, cores / 2);
  }
  const std::uint64_t left = cores > plan->server_threads ? cores - plan->server_threads : 1;
  plan->threads = settings.threads != 0 ? settings.threads : left;
  plan->threads = std::min(plan->threads, settings.connections);
  if (plan->in_flight > 0) plan->threads = std::min(plan->threads, plan->in_flight);
}

void CheckAll(const Settings& settings, Mistakes* mistakes) {
  CheckServer(settings, mistakes);
  CheckConnections(settings, mistakes);
  CheckTopic(settings, mistakes);
  CheckPushes(settings, mistakes);
  CheckWorkload(settings, mistakes);
  CheckModel(settings, mistakes);
  CheckRun(settings, mistakes);
  CheckRestart(settings, mistakes);
  CheckOutputs(settings, mistakes);
}

void FillConnections(const Settings& settings, Plan* plan) {
  plan->urls = settings.urls;
  plan->embedded = settings.embedded;
  plan->verify_tls = !settings.tls_no_verify;
  plan->connections = settings.connections;
  plan->channels = settings.channels;
  plan->topic = *TopicPattern::Parse(TopicOf(settings));
  plan->connect_rate = settings.connect_rate;
  plan->max_connecting = settings.max_connecting;
  plan->connect_timeout = settings.connect_timeout;
  plan->heartbeat = settings.heartbeat;
  plan->reconnect = settings.reconnect;
  plan->restart_after = settings.restart_after;
}

void FillWorkload(const Settings& settings, Plan* plan) {
  plan->workload = WorkloadOf(settings);
  plan->in_flight = settings.in_flight;
  plan->rate = plan->in_flight > 0 ? 0 : settings.rate;
  plan->publishers = CountPublishers(settings);
  plan->is_binary = settings.binary;
  plan->event = settings.event;
  plan->payload = PayloadOf(settings);
  plan->payload_size = plan->payload.size();
  if (plan->workload == Workload::kBroadcast) {
    plan->payload_size = std::max(plan->payload_size, kStampSize + kMinPayloadSize);
  }
  plan->max_outstanding = settings.max_outstanding;
  plan->timeout = settings.timeout;
}

void FillRun(const Settings& settings, Plan* plan) {
  plan->warmup = settings.warmup;
  plan->duration = settings.duration;
  plan->interval = settings.interval;
  plan->late_after = settings.late_after;
  plan->json_file = settings.json;
  plan->csv_file = settings.csv;
  plan->html_file = settings.html;
  plan->given = settings.given;
  plan->quiet = settings.quiet;
  plan->prometheus_port = static_cast<std::uint16_t>(settings.prometheus);
}

}  // namespace

absl::StatusOr<Plan> MakePlan(const Settings& settings, std::uint64_t cores) {
  Mistakes mistakes;
  Plan plan;
  plan.phases = CollectPhases(settings, &mistakes);
  Settings whole = settings;  // with what the phases say
  if (!plan.phases.empty()) {
    whole.rate = AverageRate(plan.phases);
    whole.duration = LengthOf(plan.phases);
  }
  CheckAll(whole, &mistakes);
  plan.local_addresses = CollectLocalAddresses(whole, &mistakes);
  plan.params = ParseObject("params", whole.params, &mistakes);
  plan.join_params = ParseObject("join-params", whole.join_params, &mistakes);
  plan.fail_if = ParseThresholds("fail-if", whole.fail_if, &mistakes);
  plan.abort_if = ParseThresholds("abort-if", whole.abort_if, &mistakes);
  if (!mistakes.empty()) return absl::InvalidArgumentError(absl::StrJoin(mistakes, "\n"));

  FillConnections(whole, &plan);
  FillWorkload(whole, &plan);
  FillRun(whole, &plan);
  AddDefaults(&plan);
  FillThreads(whole, std::max<std::uint64_t>(1, cores), &plan);
  return plan;
}

}  // namespace phx::loadgen
