#include "loadgen/make_plan.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "loadgen/check_settings.h"
#include "loadgen/local_address.h"
#include "loadgen/make_kinds.h"
#include "loadgen/mistakes.h"
#include "loadgen/phases_text.h"
#include "loadgen/rate_phase.h"
#include "loadgen/shard.h"
#include "loadgen/start_time.h"
#include "loadgen/threshold.h"
#include "loadgen/user_kind.h"

namespace phx::loadgen {
namespace {

std::vector<RatePhase> CollectPhases(const Settings& settings, SettingMistakes* mistakes) {
  if (settings.phases.empty()) return {};
  absl::StatusOr<std::vector<RatePhase>> phases = ParsePhases(settings.phases);
  if (phases.ok()) return *std::move(phases);
  mistakes->Add("phases", absl::StrCat("not understood:\n", phases.status().message()));
  return {};
}

std::vector<std::string> CollectLocalAddresses(const Settings& settings,
                                               SettingMistakes* mistakes) {
  std::vector<std::string> addresses;
  for (std::size_t i = 0; i < settings.local_addresses.size(); ++i) {
    const std::string& text = settings.local_addresses[i];
    absl::StatusOr<std::vector<std::string>> parsed = ParseLocalAddresses(text);
    if (parsed.ok()) {
      addresses.insert(addresses.end(), parsed->begin(), parsed->end());
    } else {
      mistakes->Add("local-address", i, absl::StrCat("\"", text, "\" ", parsed.status().message()));
    }
  }
  return addresses;
}

std::vector<std::pair<std::string, std::string>> CollectLabels(const Settings& settings,
                                                               SettingMistakes* mistakes) {
  std::vector<std::pair<std::string, std::string>> labels;
  for (std::size_t i = 0; i < settings.labels.size(); ++i) {
    const std::string& text = settings.labels[i];
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      mistakes->Add("label", i, absl::StrCat("\"", text, "\" is none; write it as in commit=1f3a"));
      continue;
    }
    const std::string key = text.substr(0, equals);
    const bool is_new = std::none_of(labels.begin(), labels.end(),
                                     [&key](const auto& label) { return label.first == key; });
    if (!is_new) {
      mistakes->Add("label", i, absl::StrCat("\"", text, "\": there is a \"", key, "\" already"));
    }
    labels.emplace_back(key, text.substr(equals + 1));
  }
  return labels;
}

// A limit of the whole run of which each of its parts needs one at least.
void CheckDivides(const char* flag, std::uint64_t whole, const Shard& shard,
                  SettingMistakes* mistakes) {
  if (whole == 0 || whole >= shard.count) return;
  mistakes->Add(flag, absl::StrCat(whole, " cannot be shared by ", shard.count, " shards; give ",
                                   shard.count, " or more"));
}

std::optional<Shard> CollectShard(const Settings& settings, const Plan& plan,
                                  SettingMistakes* mistakes) {
  if (settings.shard.empty()) return std::nullopt;
  const absl::StatusOr<Shard> shard = ParseShard(settings.shard);
  if (!shard.ok()) {
    mistakes->Add("shard", absl::StrCat("\"", settings.shard, "\" ", shard.status().message()));
    return std::nullopt;
  }
  if (settings.start_at.empty() && !settings.meets_peers) {
    mistakes->Add("shard",
                  "the shards of a run begin together; say when with --start-at=TIME, the same for "
                  "all of them");
  }
  CheckDivides("connections", settings.connections, *shard, mistakes);
  CheckDivides("in-flight", settings.in_flight, *shard, mistakes);
  if (settings.embedded && shard->count > 1 && plan.hears_others()) {
    mistakes->Add("embedded",
                  "gives each shard a server of its own, and broadcasts and presences stay on "
                  "their server; give --url where there are some");
  }
  return *shard;
}

std::optional<WallTime> CollectStartTime(const Settings& settings, SettingMistakes* mistakes) {
  if (settings.start_at.empty()) return std::nullopt;
  const absl::StatusOr<WallTime> time = ParseStartTime(settings.start_at);
  if (time.ok()) return *time;
  mistakes->Add("start-at", absl::StrCat("\"", settings.start_at, "\" ", time.status().message()));
  return std::nullopt;
}

// What is wrong with the users that a condition is about; "" if nothing is.
std::string CheckUsers(const Threshold& threshold, const std::vector<UserKind>& kinds) {
  std::vector<std::string> names;
  names.reserve(kinds.size());
  for (const UserKind& kind : kinds) names.push_back(kind.name);
  const bool is_known = threshold.users.empty() ||
                        std::find(names.begin(), names.end(), threshold.users) != names.end();
  if (is_known) return "";
  return absl::StrCat("\"", threshold.text, "\": there are no users \"", threshold.users, "\"",
                      kinds.size() > 1 ? "; there are " : "",
                      kinds.size() > 1 ? absl::StrJoin(names, ", ") : "");
}

std::vector<Threshold> CollectThresholds(std::string_view flag,
                                         const std::vector<std::string>& texts, const Plan& plan,
                                         SettingMistakes* mistakes) {
  std::vector<Threshold> thresholds;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    absl::StatusOr<Threshold> threshold = ParseThreshold(texts[i]);
    if (!threshold.ok()) {
      mistakes->Add(flag, i, absl::StrCat("not a condition:\n", threshold.status().message()));
      continue;
    }
    const std::string wrong = CheckUsers(*threshold, plan.kinds);
    if (!wrong.empty()) mistakes->Add(flag, i, wrong);
    thresholds.push_back(*std::move(threshold));
  }
  return thresholds;
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
  plan->debug_frames = settings.debug_frames;
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

absl::StatusOr<Plan> MakePlan(const Settings& settings, std::uint64_t cores) {
  Mistakes mistakes;
  SettingMistakes of_run(&mistakes, settings.user.place);
  Plan plan;
  plan.phases = CollectPhases(settings, &of_run);
  Settings whole = settings;  // with what the phases say
  if (!plan.phases.empty()) {
    whole.rate = AverageRate(plan.phases);
    whole.duration = LengthOf(plan.phases);
  }
  plan.kinds = MakeKinds(whole, &mistakes);
  CheckSettings(whole, plan, &mistakes);
  plan.local_addresses = CollectLocalAddresses(whole, &of_run);
  plan.labels = CollectLabels(whole, &of_run);
  plan.fail_if = CollectThresholds("fail-if", whole.fail_if, plan, &of_run);
  plan.abort_if = CollectThresholds("abort-if", whole.abort_if, plan, &of_run);
  plan.shard = CollectShard(whole, plan, &of_run);
  plan.start_at = CollectStartTime(whole, &of_run);
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
