// BroadcastStamp: what a broadcast carries so that whoever receives it can tell which run and which
// connection sent it, the how manieth of that sender it is, and when it was due. Sender and
// receiver are the same process, and so have the same clock.
//
// It is text inside the payload, found by its beginning: whatever a server wraps around the
// payload, and however it writes JSON, the stamp survives.
#ifndef PHX_LOADGEN_BROADCAST_STAMP_H_
#define PHX_LOADGEN_BROADCAST_STAMP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "loadgen/time.h"

namespace phx::loadgen {

struct BroadcastStamp {
  std::uint64_t run = 0;       // which other generators on the same topics do not have
  std::uint64_t sender = 0;    // the number of its connection
  std::uint64_t sequence = 0;  // among those of the sender on this topic, from 0
  Duration intended = {};      // since the load began

  friend bool operator==(const BroadcastStamp&, const BroadcastStamp&) = default;
};

// The least room that a payload needs for a stamp.
inline constexpr std::uint64_t kStampSize = 91;

// The stamp as text, of exactly `size` bytes, at least kStampSize. Nothing in it needs to be
// escaped in JSON.
std::string FormatStamp(const BroadcastStamp& stamp, std::uint64_t size);

// The stamp somewhere in `payload`; nullopt if there is none.
std::optional<BroadcastStamp> FindStamp(std::string_view payload);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_BROADCAST_STAMP_H_
