#include "loadgen/shard_differences.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "loadgen/plan.h"
#include "loadgen/quantity_text.h"
#include "loadgen/shard.h"
#include "loadgen/start_time.h"
#include "loadgen/time.h"
#include "loadgen/user_kind.h"

namespace phx::loadgen {
namespace {

// Those that may differ from shard to shard, and say nothing of the whole.
constexpr std::array<std::string_view, 9> kOwnFlags = {
    "shard",   "json",           "csv",          "html", "prometheus", "quiet",
    "threads", "server-threads", "local-address"};

using Flags = std::map<std::string, std::string>;

Flags FlagsOfTheWhole(const Plan& plan) {
  Flags flags;
  for (const auto& [name, value] : plan.given) {
    if (IsOwnFlag(name)) continue;
    std::string& text = flags[name];
    absl::StrAppend(&text, text.empty() ? "" : ", ", value);
  }
  return flags;
}

std::string ValueIn(const Flags& flags, const std::string& name) {
  const auto found = flags.find(name);
  return found == flags.end() ? "not given" : found->second;
}

// "--rate (100 and 200)", of each that differs.
std::vector<std::string> CompareFlags(const Plan& a, const Plan& b) {
  const Flags flags_a = FlagsOfTheWhole(a);
  const Flags flags_b = FlagsOfTheWhole(b);
  std::set<std::string> names;
  for (const auto& [name, value] : flags_a) names.insert(name);
  for (const auto& [name, value] : flags_b) names.insert(name);
  std::vector<std::string> differences;
  for (const std::string& name : names) {
    const std::string value_a = ValueIn(flags_a, name);
    const std::string value_b = ValueIn(flags_b, name);
    if (value_a == value_b) continue;
    differences.push_back(absl::StrCat("--", name, " (", value_a, " and ", value_b, ")"));
  }
  return differences;
}

// What is to be said of shards that did not begin together; "" if they did.
std::string CompareStarts(const std::vector<ShardRun>& runs) {
  const Plan& first_plan = runs.front().plan;
  const Flags flags = FlagsOfTheWhole(first_plan);
  if (!flags.contains("start-at")) return "";  // they waited for each other
  std::vector<WallTime> began;
  for (const ShardRun& run : runs) {
    if (run.result.load_began_at.has_value()) began.push_back(*run.result.load_began_at);
  }
  if (began.empty()) return "";
  const auto [first, last] = std::minmax_element(began.begin(), began.end());
  const Duration apart = *last - *first;
  if (apart <= first_plan.interval) return "";
  const bool overlap = apart < first_plan.warmup + first_plan.duration;
  return absl::StrCat("The shards began up to ", DurationText(apart), " apart",
                      overlap ? "" : ", and did not all run at the same time",
                      ": the server did not see all of this load at once. Give them "
                      "the same --start-at.");
}

// Without which the figures of one kind would be added to those of another.
bool HaveTheSameKinds(const Plan& a, const Plan& b) {
  return std::equal(a.kinds.begin(), a.kinds.end(), b.kinds.begin(), b.kinds.end(),
                    [](const UserKind& one, const UserKind& other) {
                      return one.name == other.name && one.first == other.first &&
                             one.connections == other.connections &&
                             one.channels == other.channels && one.workload == other.workload;
                    });
}

}  // namespace

bool IsOwnFlag(std::string_view name) {
  return std::find(kOwnFlags.begin(), kOwnFlags.end(), name) != kOwnFlags.end();
}

absl::Status CheckOneRun(const std::vector<ShardRun>& runs) {
  const Plan& first = runs.front().plan;
  for (std::size_t i = 1; i < runs.size(); ++i) {
    const Shard shard = runs[i].plan.part();
    if (shard.count != first.part().count) {
      return absl::InvalidArgumentError(absl::StrCat(
          "shard ", ToString(first.part()), " and shard ", ToString(shard), " are not of one run"));
    }
    if (shard == runs[i - 1].plan.part()) {
      return absl::InvalidArgumentError(
          absl::StrCat("two files are of shard ", ToString(shard), "; give one of each"));
    }
    const bool fit =
        runs.front().result.broadcasts.has_value() == runs[i].result.broadcasts.has_value() &&
        HaveTheSameKinds(first, runs[i].plan);
    if (!fit) {
      return absl::InvalidArgumentError(absl::StrCat(
          "shard ", ToString(first.part()), " and shard ", ToString(shard),
          " are not of one run: they had different connections, channels or workloads"));
    }
  }
  return absl::OkStatus();
}

std::vector<std::string> DescribeDifferences(const std::vector<ShardRun>& runs) {
  const Plan& first = runs.front().plan;
  std::vector<std::string> sentences;
  for (const ShardRun& run : runs) {
    const std::vector<std::string> flags = CompareFlags(first, run.plan);
    if (flags.empty()) continue;
    sentences.push_back(
        absl::StrCat("shard ", ToString(first.part()), " and shard ", ToString(run.plan.part()),
                     " were not asked for the same: ", absl::StrJoin(flags, ", "), "."));
  }
  const std::string starts = CompareStarts(runs);
  if (!starts.empty()) sentences.push_back(starts);
  return sentences;
}

}  // namespace phx::loadgen
