// Workloads: what users do once their channels are joined.
#ifndef PHX_LOADGEN_WORKLOAD_H_
#define PHX_LOADGEN_WORKLOAD_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace phx::loadgen {

enum class Workload : std::uint8_t {
  kReply,      // push, and wait for the reply
  kCast,       // push, and expect nothing
  kBroadcast,  // push, and expect it at every member of the topic
  kChurn,      // leave the channel, and join it again
  kPresence,   // the same, and expect the others to see it
  kIdle,       // nothing but heartbeats
  kScript,     // the steps of a script, one after the other
};

// "reply", "cast", "broadcast", "churn", "presence", "idle", "script"; nullopt for other names.
std::optional<Workload> ParseWorkload(std::string_view name);
std::string_view ToString(Workload workload);

// Whether each operation has an outcome of its own.
constexpr bool ExpectsReplies(Workload workload) {
  return workload == Workload::kReply || workload == Workload::kChurn ||
         workload == Workload::kPresence || workload == Workload::kScript;
}

// Whether it is done at a rate.
constexpr bool HasRate(Workload workload) {
  return workload != Workload::kIdle && workload != Workload::kScript;
}

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_WORKLOAD_H_
