// FrameFault: something that goes wrong with frames on their way, on purpose.
//
//   mock::Faults faults;
//   // The second and third reply on any room get lost.
//   faults.frames = {{.kind = mock::FrameFault::Kind::kDrop, .topic = "room:*",
//                     .event = "phx_reply", .skip = 1, .count = 2}};
//   // One broadcast in ten comes twice; which ones, the seed says.
//   faults.frames.push_back({.kind = mock::FrameFault::Kind::kDuplicate, .event = "news",
//                            .probability = 0.1});
//   faults.seed = 7;
//
// Each connection counts and draws for itself, so that the same frames meet the same faults in
// every run. Of several that match a frame the first acts.
#ifndef PHX_MOCKSERVER_FRAME_FAULT_H_
#define PHX_MOCKSERVER_FRAME_FAULT_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "mockserver/channel.h"

namespace phx::mock {

struct FrameFault {
  enum class Direction : std::uint8_t { kToClient, kFromClient };

  enum class Kind : std::uint8_t {
    kDrop,       // it is lost
    kDuplicate,  // it comes twice
    kDelay,      // it comes so much later, `delay`; others pass it
    kClose,      // the connection is closed with `close_code` in its place
    kReset,      // the connection ends by RST in its place

    // To the client only; nothing happens to frames from it.
    kReorder,   // it comes behind the next frame
    kTruncate,  // the first `size` bytes of its payload come, as a whole frame
    kCorrupt,   // one byte of it, drawn, is replaced by a control character
    kRef,       // a reply has the ref `text`, which is JSON: "\"0\"", "null"
    kStatus,    // a reply has the status `text`
  };
  Kind kind = Kind::kDrop;
  Direction direction = Direction::kToClient;

  // Which frames: "room:*" as in ChannelRoute, and the event; replies have "phx_reply". Empty: all.
  std::string topic = {};
  std::string event = {};
  // Of those so many pass first, …
  std::uint64_t skip = 0;
  // … then so many meet the fault, …
  std::uint64_t count = std::numeric_limits<std::uint64_t>::max();
  // … each with this probability.
  double probability = 1;

  Duration delay{};
  std::uint16_t close_code = 1011;
  std::size_t size = 0;
  std::string text = {};
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_FRAME_FAULT_H_
