#include "loadgen/recorder.h"

namespace phx::loadgen {
namespace {

struct MetricName {
  std::string_view name;
  std::string_view description;
};

// In the order of the enumeration.
constexpr std::array<MetricName, kMetricCount> kMetrics = {{
    {"connect", "from the attempt, or when it was due, until the WebSocket is open"},
    {"dns", "name resolution, a part of connect"},
    {"tcp", "the TCP handshake, a part of connect"},
    {"tls", "the TLS handshake, a part of connect"},
    {"upgrade", "from the HTTP request to its answer, a part of connect"},
    {"join", "from sending phx_join to its reply"},
    {"reply", "from when a push was due to its reply; churn: until it was joined again"},
    {"service", "from when the push left until its reply"},
    {"broadcast", "from when a push was due until one member of the topic had it"},
    {"presence", "from sending phx_join until one other member saw it in a presence_diff"},
    {"leave", "from sending phx_leave to its reply"},
    {"heartbeat", "from sending a heartbeat to its reply"},
    {"reconnect", "from the loss of a connection until it is open again"},
    {"rejoin", "from the loss of a join until the channel is joined again"},
    {"send_lag", "from when a push was due until it left"},
    {"loop_lag", "by how much a thread's turns were late"},
}};

// In the order of the enumeration.
constexpr std::array<std::string_view, kCounterCount> kCounterNames = {"connects_started",
                                                                       "connected",
                                                                       "connects_late",
                                                                       "joins_started",
                                                                       "joined",
                                                                       "due",
                                                                       "sent",
                                                                       "late",
                                                                       "skipped_busy",
                                                                       "skipped_down",
                                                                       "unsent",
                                                                       "replies",
                                                                       "replies_in_time",
                                                                       "broadcasts",
                                                                       "missing",
                                                                       "duplicates",
                                                                       "presences",
                                                                       "reordered",
                                                                       "after_leave",
                                                                       "lost",
                                                                       "reconnects",
                                                                       "reconnects_failed",
                                                                       "joins_lost",
                                                                       "rejoins"};

}  // namespace

std::string_view ToString(Counter counter) {
  return kCounterNames[static_cast<std::size_t>(counter)];
}

std::string_view ToString(Metric metric) { return kMetrics[static_cast<std::size_t>(metric)].name; }

std::string_view Describe(Metric metric) {
  return kMetrics[static_cast<std::size_t>(metric)].description;
}

void Recorder::Merge(const Recorder& other) {
  for (std::size_t i = 0; i < kCounterCount; ++i) counters_[i] += other.counters_[i];
  for (std::size_t i = 0; i < kMetricCount; ++i) latencies_[i].Merge(other.latencies_[i]);
  failures_.Merge(other.failures_);
  disruptions_.Merge(other.disruptions_);
}

std::string_view ToString(Phase phase) {
  switch (phase) {
    case Phase::kSetup: return "setup";
    case Phase::kWarmup: return "warmup";
    case Phase::kMeasured: return "measured";
  }
  return "";
}

void PhaseRecorders::MergeWhole(const PhaseRecorders& other) {
  for (std::size_t i = 0; i < kPhaseCount; ++i) recorders_[i].Merge(other.recorders_[i]);
  for (std::size_t i = 0; i < other.rate_phases_.size(); ++i) {
    rate_phase(i).Merge(other.rate_phases_[i]);
  }
}

void PhaseRecorders::MergeKind(std::size_t index, const PhaseRecorders& of_kind) {
  MergeWhole(of_kind);
  KeepKind(index, of_kind);
}

void PhaseRecorders::KeepKind(std::size_t index, const PhaseRecorders& of_kind) {
  if (index >= kinds_.size()) kinds_.resize(index + 1);
  kinds_[index].MergeWhole(of_kind);
}

void PhaseRecorders::Merge(const PhaseRecorders& other) {
  MergeWhole(other);
  for (std::size_t i = 0; i < other.kinds_.size(); ++i) KeepKind(i, other.kinds_[i]);
}

}  // namespace phx::loadgen
