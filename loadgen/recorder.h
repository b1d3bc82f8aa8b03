// Recorder: what one thread saw during one phase of a run, as counters, histograms and failures.
//
// Each thread has recorders of its own and shares nothing while it works; afterwards, and once a
// second for those who watch, they are merged.
//
// Threads: as a plain value.
#ifndef PHX_LOADGEN_RECORDER_H_
#define PHX_LOADGEN_RECORDER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "loadgen/failure.h"
#include "loadgen/failure_table.h"
#include "loadgen/latency_histogram.h"
#include "loadgen/time.h"

namespace phx::loadgen {

// What is counted. Of the pushes that were due each is sent, or skipped, or unsent; and of those
// sent, each is answered with "ok" or is a failure of Stage::kPush.
enum class Counter : std::uint8_t {
  kConnectsStarted,
  kConnected,
  kConnectsLate,  // started so much after they were due (Plan::late_after)
  kJoinsStarted,
  kJoined,
  kPushesDue,
  kPushesSent,
  kPushesLate,     // among those sent: so much after they were due (Plan::late_after)
  kSkippedBusy,    // due, but the connection had too many without reply (Plan::max_outstanding)
  kSkippedDown,    // due, but the channel was not joined
  kUnsent,         // due, but the generator had not come to it when the run ended
  kReplies,        // "ok" to pushes that were due in this phase
  kRepliesInTime,  // "ok" that arrived during this phase, whenever the push was due
  kBroadcasts,     // that somebody received, for the first time
  kMissing,        // broadcasts that somebody did not receive
  kDuplicates,     // broadcasts that somebody received once more
  kPresences,      // of others that somebody saw come
  kReordered,      // among kBroadcasts: after one that was sent later
  kAfterLeave,     // messages of a channel whose leave had been answered
  // With Plan::reconnect:
  kLost,              // open connections that ended
  kReconnects,        // of those, the ones that are open again
  kReconnectsFailed,  // attempts to open them that failed
  kJoinsLost,         // channels that lost their join
  kRejoins,           // of those, the ones that are joined again
};
inline constexpr std::size_t kCounterCount = 24;

// "connected", "sent", …: for programs.
std::string_view ToString(Counter counter);

// What takes time.
enum class Metric : std::uint8_t {
  kConnect,    // until the WebSocket is open; its parts are:
  kDns,        // name resolution
  kTcp,        // the TCP handshake
  kTls,        // the TLS handshake
  kUpgrade,    // from the HTTP request to its answer
  kJoin,       // until the reply
  kReply,      // from when the push was due until its reply
  kService,    // from when the push was handed to the client until its reply
  kBroadcast,  // from when the push was due until one member of the topic had it
  kPresence,   // from a join until one other member of the topic saw it
  kLeave,      // until the reply
  kHeartbeat,  // until the reply
  kReconnect,  // from the loss of a connection until it is open again
  kRejoin,     // from the loss of a join until the channel is joined again
  kSendLag,    // from when a push was due until it was handed to the client
  kLoopLag,    // from when a thread should have had its turn until it had it
};
inline constexpr std::size_t kMetricCount = 16;

// Those that tell about the server; the others tell how the generator fared.
inline constexpr std::array<Metric, 14> kReportedMetrics = {
    Metric::kConnect, Metric::kDns,       Metric::kTcp,       Metric::kTls,       Metric::kUpgrade,
    Metric::kJoin,    Metric::kReply,     Metric::kService,   Metric::kBroadcast, Metric::kPresence,
    Metric::kLeave,   Metric::kHeartbeat, Metric::kReconnect, Metric::kRejoin};

// "connect", "join", "reply", …: for thresholds and programs.
std::string_view ToString(Metric metric);
// What is measured, for people: "from sending phx_join to its reply".
std::string_view Describe(Metric metric);

class Recorder {
 public:
  void Count(Counter counter, std::uint64_t times = 1) { counters_[Index(counter)] += times; }
  void Record(Metric metric, Duration duration) { latencies_[Index(metric)].Record(duration); }
  void Record(Metric metric, const LatencyHistogram& durations) {
    latencies_[Index(metric)].Merge(durations);
  }
  void Fail(const Failure& failure, std::uint64_t times = 1) { failures_.Add(failure, times); }

  // What is counted apart from failures, because the run is about it: connections that are lost and
  // opened again.
  void Disrupt(const Failure& failure, std::uint64_t times = 1) {
    disruptions_.Add(failure, times);
  }

  void Merge(const Recorder& other);

  std::uint64_t count(Counter counter) const { return counters_[Index(counter)]; }
  const LatencyHistogram& latency(Metric metric) const { return latencies_[Index(metric)]; }
  const FailureTable& failures() const { return failures_; }
  const FailureTable& disruptions() const { return disruptions_; }

 private:
  template <typename Enum>
  static std::size_t Index(Enum value) {
    return static_cast<std::size_t>(value);
  }

  std::array<std::uint64_t, kCounterCount> counters_ = {};
  std::array<LatencyHistogram, kMetricCount> latencies_ = {};
  FailureTable failures_;
  FailureTable disruptions_;
};

// The phases of a run, in their order.
enum class Phase : std::uint8_t {
  kSetup,   // connections are opened and channels joined
  kWarmup,  // pushes, not in the results
  kMeasured,
};
inline constexpr std::size_t kPhaseCount = 3;
inline constexpr std::array<Phase, kPhaseCount> kPhases = {Phase::kSetup, Phase::kWarmup,
                                                           Phase::kMeasured};

std::string_view ToString(Phase phase);

// A recorder for each phase.
class PhaseRecorders {
 public:
  Recorder& operator[](Phase phase) { return recorders_[static_cast<std::size_t>(phase)]; }
  const Recorder& operator[](Phase phase) const {
    return recorders_[static_cast<std::size_t>(phase)];
  }

  // What belongs to one part of the measured time, if that has parts with rates of their own
  // (rate_phase.h). It is recorded in the whole as well. `rate_phases()` ends with the last of
  // which anything was recorded.
  Recorder& rate_phase(std::size_t index) {
    if (index >= rate_phases_.size()) rate_phases_.resize(index + 1);
    return rate_phases_[index];
  }
  const std::vector<Recorder>& rate_phases() const { return rate_phases_; }

  // PhaseRecorders::MergeKind()
  //
  // Merges what was recorded of one kind of users, and keeps it by itself too. Where there is only
  // one kind, Merge() does as well.
  void MergeKind(std::size_t index, const PhaseRecorders& of_kind);
  // The same where the whole has it already.
  void KeepKind(std::size_t index, const PhaseRecorders& of_kind);
  // Empty where nothing was kept by kind.
  const std::vector<PhaseRecorders>& kinds() const { return kinds_; }

  // With the kinds.
  void Merge(const PhaseRecorders& other);

 private:
  void MergeWhole(const PhaseRecorders& other);

  std::array<Recorder, kPhaseCount> recorders_ = {};
  std::vector<Recorder> rate_phases_;
  std::vector<PhaseRecorders> kinds_;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_RECORDER_H_
