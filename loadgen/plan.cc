#include "loadgen/plan.h"

#include <algorithm>

namespace phx::loadgen {

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

}  // namespace phx::loadgen
