#include "loadgen/plan.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/wire/endpoint_url.h"
#include "loadgen/local_address.h"
#include "loadgen/make_kinds.h"
#include "loadgen/mistakes.h"

namespace phx::loadgen {
namespace {

constexpr std::uint64_t kMaxConnections = 1'000'000;
constexpr std::uint64_t kMaxThreads = 1024;
constexpr std::uint64_t kMaxServerPorts = 100;
constexpr Duration kMinInterval = std::chrono::milliseconds(10);

void CheckServerPorts(const Settings& settings, const Plan& plan, Mistakes* mistakes) {
  if (settings.server_ports == 0 || settings.server_ports > kMaxServerPorts) {
    mistakes->Add(absl::StrCat("--server-ports: ", settings.server_ports,
                               " is out of range; give 1 to ", kMaxServerPorts));
  }
  if (settings.server_ports <= 1) return;
  if (!settings.embedded) {
    mistakes->Add("--server-ports is for the embedded server; give --url more than once");
  }
  if (plan.Has(Workload::kBroadcast)) {
    mistakes->Add(
        "--server-ports gives each port a server of its own, and broadcasts stay on their server; "
        "leave it out where there are broadcasts");
  }
}

std::vector<std::string> CollectLocalAddresses(const Settings& settings, Mistakes* mistakes) {
  std::vector<std::string> addresses;
  for (const std::string& text : settings.local_addresses) {
    absl::StatusOr<std::vector<std::string>> parsed = ParseLocalAddresses(text);
    if (parsed.ok()) {
      addresses.insert(addresses.end(), parsed->begin(), parsed->end());
    } else {
      mistakes->Add(absl::StrCat("--local-address: \"", text, "\" ", parsed.status().message()));
    }
  }
  return addresses;
}

void CheckServer(const Settings& settings, const Plan& plan, Mistakes* mistakes) {
  if (settings.embedded && !settings.urls.empty()) {
    mistakes->Add("--url and --embedded name two servers; give one of them");
  } else if (!settings.embedded && settings.urls.empty()) {
    mistakes->Add(
        "there is no server to load; give --url=ws://HOST:PORT/socket, or --embedded for one in "
        "this process");
  }
  for (const std::string& text : settings.urls) {
    const auto url = wire::EndpointUrl::Parse(text);
    if (url.ok()) continue;
    mistakes->Add(absl::StrCat("--url: ", url.status().message(),
                               "; write it as in ws://localhost:4000/socket"));
  }
  CheckServerPorts(settings, plan, mistakes);
  if (!settings.embedded && settings.server_threads != 0) {
    mistakes->Add("--server-threads is for the embedded server; give --embedded, or leave it out");
  }
  if (settings.server_threads > kMaxThreads) {
    mistakes->Add(absl::StrCat("--server-threads: ", settings.server_threads,
                               " is too many; at most ", kMaxThreads));
  }
}

void CheckConnections(const Settings& settings, Mistakes* mistakes) {
  if (settings.connections == 0 || settings.connections > kMaxConnections) {
    mistakes->Add(absl::StrCat("--connections: ", settings.connections,
                               " is out of range; give 1 to ", kMaxConnections));
  }
  if (settings.connect_rate > kMaxRate) {
    mistakes->Add(absl::StrCat("--connect-rate: ", FormatFlagValue(settings.connect_rate),
                               " is out of range; at most ", FormatFlagValue(kMaxRate),
                               " a second"));
  }
  if (settings.max_connecting == 0) {
    mistakes->Add("--max-connecting: 0 would never connect; give 1 or more");
  }
  if (settings.connect_timeout <= Duration::zero()) {
    mistakes->Add("--connect-timeout: 0 leaves no time to connect; give more, as in 10s");
  }
}

void CheckOutputs(const Settings& settings, Mistakes* mistakes) {
  if (settings.prometheus > std::numeric_limits<std::uint16_t>::max()) {
    mistakes->Add(absl::StrCat("--prometheus: ", settings.prometheus,
                               " is no port; give 1 to 65535, as in 9464"));
  }
}

void CheckClosedModel(const Plan& plan, Mistakes* mistakes) {
  if (plan.kinds.size() > 1) {
    return mistakes->Add(
        "--model=closed is for one kind of users; in a scenario, give each kind steps, which wait "
        "for each other");
  }
  const UserKind& kind = plan.kinds.front();
  if (!ExpectsReplies(kind.workload)) {
    mistakes->Add(absl::StrCat(
        "--model=closed waits for replies, and --workload=", std::string(ToString(kind.workload)),
        " has none; give --model=open"));
  }
  if (kind.channels == 0) {
    mistakes->Add("--channels=0 leaves nothing to push to; give --channels=1 or more");
  }
}

void CheckModel(const Settings& settings, const Plan& plan, Mistakes* mistakes) {
  if (settings.model != "open" && settings.model != "closed") {
    return mistakes->Add(
        absl::StrCat("--model: \"", settings.model, "\" is none; give open or closed"));
  }
  const bool is_closed = settings.model == "closed";
  if (is_closed != (settings.in_flight > 0)) {
    mistakes->Add(is_closed ? "--model=closed keeps so many pushes under way; say how many "
                              "with --in-flight=N"
                            : "--in-flight is for --model=closed; give both or neither");
  }
  if (is_closed) CheckClosedModel(plan, mistakes);
}

void CheckRate(const Settings& settings, const Plan& plan, Mistakes* mistakes) {
  if (settings.rate > kMaxRate) {
    mistakes->Add(absl::StrCat("--rate: ", FormatFlagValue(settings.rate),
                               " is out of range; at most ", FormatFlagValue(kMaxRate),
                               " a second"));
  }
  for (const UserKind& kind : plan.kinds) {
    if (settings.rate <= 0 || kind.channels > 0 || !kind.has_rate()) continue;
    if (settings.model != "open") continue;
    mistakes->Add(absl::StrCat(
        kind.name.empty() ? "" : absl::StrCat("users \"", kind.name, "\": "),
        "--channels=0 leaves nothing to push to; give --rate=0 to hold connections only, or "
        "--channels=1 or more"));
  }
  if (settings.timeout <= Duration::zero()) {
    mistakes->Add("--timeout: 0 leaves no time for a reply; give more, as in 10s");
  }
}

void CheckRestart(const Settings& settings, Mistakes* mistakes) {
  if (settings.restart_after <= Duration::zero()) return;
  if (!settings.embedded) {
    mistakes->Add(
        "--restart-after restarts the embedded server; give --embedded, or restart your own server "
        "during the run");
  }
  if (settings.restart_after >= settings.duration) {
    mistakes->Add(absl::StrCat("--restart-after: ", FormatFlagValue(settings.restart_after),
                               " into a --duration of ", FormatFlagValue(settings.duration),
                               " is too late to see anything; give less"));
  }
}

// A limit of the whole run of which each of its parts needs one at least.
void CheckDivides(const char* flag, std::uint64_t whole, const Shard& shard, Mistakes* mistakes) {
  if (whole == 0 || whole >= shard.count) return;
  mistakes->Add(absl::StrCat("--", flag, ": ", whole, " cannot be shared by ", shard.count,
                             " shards; give ", shard.count, " or more"));
}

std::optional<Shard> CollectShard(const Settings& settings, const Plan& plan, Mistakes* mistakes) {
  if (settings.shard.empty()) return std::nullopt;
  const absl::StatusOr<Shard> shard = ParseShard(settings.shard);
  if (!shard.ok()) {
    mistakes->Add(absl::StrCat("--shard: \"", settings.shard, "\" ", shard.status().message()));
    return std::nullopt;
  }
  if (settings.start_at.empty() && !settings.meets_peers) {
    mistakes->Add(
        "--shard: the shards of a run begin together; say when with --start-at=TIME, the same for "
        "all of them");
  }
  CheckDivides("connections", settings.connections, *shard, mistakes);
  CheckDivides("in-flight", settings.in_flight, *shard, mistakes);
  if (settings.embedded && shard->count > 1 && plan.hears_others()) {
    mistakes->Add(
        "--embedded gives each shard a server of its own, and broadcasts and presences stay on "
        "their server; give --url where there are some");
  }
  return *shard;
}

std::optional<WallTime> CollectStartTime(const Settings& settings, Mistakes* mistakes) {
  if (settings.start_at.empty()) return std::nullopt;
  const absl::StatusOr<WallTime> time = ParseStartTime(settings.start_at);
  if (time.ok()) return *time;
  mistakes->Add(absl::StrCat("--start-at: \"", settings.start_at, "\" ", time.status().message()));
  return std::nullopt;
}

void CheckRun(const Settings& settings, Mistakes* mistakes) {
  if (settings.duration <= Duration::zero()) {
    mistakes->Add("--duration: 0 measures nothing; give more, as in 10s");
  }
  if (settings.interval < kMinInterval) {
    mistakes->Add(absl::StrCat("--interval: ", FormatFlagValue(settings.interval),
                               " is too short; give at least ", FormatFlagValue(kMinInterval)));
  }
  if (settings.threads > kMaxThreads) {
    mistakes->Add(
        absl::StrCat("--threads: ", settings.threads, " is too many; at most ", kMaxThreads));
  }
}

std::vector<RatePhase> CollectPhases(const Settings& settings, Mistakes* mistakes) {
  if (settings.phases.empty()) return {};
  absl::StatusOr<std::vector<RatePhase>> phases = ParsePhases(settings.phases);
  if (!phases.ok()) {
    mistakes->Add(absl::StrCat("--phases: not understood:\n", phases.status().message()));
    return {};
  }
  for (const auto& [name, value] : settings.given) {
    if (name == "rate" || name == "duration") {
      mistakes->Add(absl::StrCat("--", name, ": the --phases say that; leave it out"));
    }
  }
  if (settings.model != "open") {
    mistakes->Add("--phases are of rates, which --model=closed has none of");
  }
  if (AverageRate(*phases) == 0) {
    mistakes->Add("--phases: push nothing; to hold connections, give --rate=0");
  }
  return *std::move(phases);
}

std::vector<Threshold> ParseThresholds(std::string_view flag, const std::vector<std::string>& texts,
                                       Mistakes* mistakes) {
  std::vector<Threshold> thresholds;
  for (const std::string& text : texts) {
    absl::StatusOr<Threshold> threshold = ParseThreshold(text);
    if (threshold.ok()) {
      thresholds.push_back(*std::move(threshold));
    } else {
      mistakes->Add(absl::StrCat("--", std::string(flag), ": not a condition:\n",
                                 threshold.status().message()));
    }
  }
  return thresholds;
}

void CheckUsers(const std::vector<Threshold>& thresholds, const std::vector<UserKind>& kinds,
                Mistakes* mistakes) {
  std::vector<std::string> names;
  for (const UserKind& kind : kinds) names.push_back(kind.name);
  for (const Threshold& threshold : thresholds) {
    const bool is_known = threshold.users.empty() ||
                          std::find(names.begin(), names.end(), threshold.users) != names.end();
    if (is_known) continue;
    mistakes->Add(absl::StrCat("\"", threshold.text, "\": there are no users \"", threshold.users,
                               "\"", kinds.size() > 1 ? "; there are " : "",
                               kinds.size() > 1 ? absl::StrJoin(names, ", ") : ""));
  }
}

void AddDefaults(Plan* plan) {
  for (const DefaultCondition& condition : kDefaultFailIf) {
    if (condition.workload.has_value() && !plan->Has(*condition.workload)) continue;
    if (condition.reconnect && !plan->reconnect) continue;
    Threshold standard = *ParseThreshold(condition.text);
    const bool is_given =
        std::any_of(plan->fail_if.begin(), plan->fail_if.end(), [&](const Threshold& given) {
          return given.figure == standard.figure && given.users.empty() && given.error_kind.empty();
        });
    if (!is_given) plan->fail_if.push_back(std::move(standard));
  }
}

void FillThreads(const Settings& settings, std::uint64_t cores, Plan* plan) {
  if (settings.embedded) {
    plan->server_ports = settings.server_ports;
    plan->server_threads = settings.server_threads != 0 ? settings.server_threads
                                                        : std::max<std::uint64_t>(1, cores / 2);
  }
  const std::uint64_t left = cores > plan->server_threads ? cores - plan->server_threads : 1;
  plan->threads = settings.threads != 0 ? settings.threads : left;
  plan->threads = std::min(plan->threads, plan->own_connections());
  if (plan->in_flight > 0) {
    plan->threads = std::min(plan->threads, plan->part().PartOf(plan->in_flight));
  }
}

// `plan` has its kinds.
void CheckAll(const Settings& settings, const Plan& plan, Mistakes* mistakes) {
  CheckServer(settings, plan, mistakes);
  CheckConnections(settings, mistakes);
  CheckModel(settings, plan, mistakes);
  CheckRate(settings, plan, mistakes);
  CheckRun(settings, mistakes);
  CheckRestart(settings, mistakes);
  CheckOutputs(settings, mistakes);
}

void FillConnections(const Settings& settings, Plan* plan) {
  plan->urls = settings.urls;
  plan->embedded = settings.embedded;
  plan->verify_tls = !settings.tls_no_verify;
  plan->connections = settings.connections;
  plan->connect_rate = settings.connect_rate;
  plan->max_connecting = settings.max_connecting;
  plan->connect_timeout = settings.connect_timeout;
  plan->heartbeat = settings.heartbeat;
  plan->reconnect = settings.reconnect;
  plan->restart_after = settings.restart_after;
}

void FillLoad(const Settings& settings, Plan* plan) {
  const bool has_rate = std::any_of(plan->kinds.begin(), plan->kinds.end(),
                                    [](const UserKind& kind) { return kind.has_rate(); });
  plan->in_flight = settings.in_flight;
  plan->rate = plan->in_flight > 0 || !has_rate ? 0 : settings.rate;
  plan->timeout = settings.timeout;
}

void FillRun(const Settings& settings, Plan* plan) {
  plan->scenario = settings.scenario_name.empty() ? settings.scenario : settings.scenario_name;
  plan->seed = settings.seed;
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

bool Plan::Has(Workload workload) const {
  return std::any_of(kinds.begin(), kinds.end(),
                     [workload](const UserKind& kind) { return kind.workload == workload; });
}

bool Plan::expects_replies() const {
  return std::any_of(kinds.begin(), kinds.end(),
                     [](const UserKind& kind) { return ExpectsReplies(kind.workload); });
}

bool Plan::uses_long_polling() const {
  return std::any_of(kinds.begin(), kinds.end(),
                     [](const UserKind& kind) { return kind.uses_long_polling; });
}

bool Plan::leaves() const {
  return std::any_of(kinds.begin(), kinds.end(), [](const UserKind& kind) { return kind.leaves; });
}

bool Plan::hears_others() const {
  return std::any_of(kinds.begin(), kinds.end(), [](const UserKind& kind) {
    return !kind.hears.empty() || kind.sees_presences;
  });
}

Metric Plan::main_metric() const {
  if (has_load() && expects_replies()) return Metric::kReply;
  return Has(Workload::kBroadcast) ? Metric::kBroadcast : Metric::kConnect;
}

std::uint64_t Plan::own_joins() const {
  std::uint64_t joins = 0;
  for (const UserKind& kind : kinds) joins += own_connections(kind) * kind.channels;
  return joins;
}

double Plan::own_rate(const UserKind& kind) const {
  const double whole = rate * kind.rate_share;
  if (!shard.has_value() || kind.publishers == 0) return whole;
  return whole * static_cast<double>(shard->PartOf(kind.first, kind.publishers)) /
         static_cast<double>(kind.publishers);
}

double Plan::own_rate() const {
  if (!shard.has_value()) return rate;
  double sum = 0;
  for (const UserKind& kind : kinds) sum += own_rate(kind);
  return sum;
}

double Plan::own_rate_at(Duration since_begin) const {
  if (rate <= 0 || phases.empty()) return own_rate();
  return own_rate() / rate * PlaceIn(phases, since_begin - warmup).rate;
}

absl::StatusOr<Plan> MakePlan(const Settings& settings, std::uint64_t cores) {
  Mistakes mistakes;
  Plan plan;
  plan.phases = CollectPhases(settings, &mistakes);
  Settings whole = settings;  // with what the phases say
  if (!plan.phases.empty()) {
    whole.rate = AverageRate(plan.phases);
    whole.duration = LengthOf(plan.phases);
  }
  plan.kinds = MakeKinds(whole, &mistakes);
  CheckAll(whole, plan, &mistakes);
  plan.local_addresses = CollectLocalAddresses(whole, &mistakes);
  plan.fail_if = ParseThresholds("fail-if", whole.fail_if, &mistakes);
  plan.abort_if = ParseThresholds("abort-if", whole.abort_if, &mistakes);
  CheckUsers(plan.fail_if, plan.kinds, &mistakes);
  CheckUsers(plan.abort_if, plan.kinds, &mistakes);
  plan.shard = CollectShard(whole, plan, &mistakes);
  plan.start_at = CollectStartTime(whole, &mistakes);
  if (!mistakes.status().ok()) return mistakes.status();

  FillConnections(whole, &plan);
  FillLoad(whole, &plan);
  FillRun(whole, &plan);
  AddDefaults(&plan);
  FillThreads(whole, std::max<std::uint64_t>(1, cores), &plan);
  if (plan.shard.has_value() && plan.start_at.has_value()) {
    // What all shards of this run are told, and those of no other.
    plan.run = static_cast<std::uint64_t>(plan.start_at->time_since_epoch().count());
  }
  return plan;
}

}  // namespace phx::loadgen
