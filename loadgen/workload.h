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
  kIdle,       // nothing but heartbeats
};

// "reply", "cast", "broadcast", "churn", "idle"; nullopt for other names.
std::optional<Workload> ParseWorkload(std::string_view name);
std::string_view ToString(Workload workload);

// Whether each operation has an outcome of its own.
constexpr bool ExpectsReplies(Workload workload) {
  return workload == Workload::kReply || workload == Workload::kChurn;
}

// Whether it is done at a rate.
constexpr bool HasRate(Workload workload) { return workload != Workload::kIdle; }

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_WORKLOAD_H_
