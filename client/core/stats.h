// SocketStats: what a socket has counted since it was made.
#ifndef PHX_CLIENT_CORE_STATS_H_
#define PHX_CLIENT_CORE_STATS_H_

#include <cstdint>

#include "client/core/time.h"

namespace phx {

struct SocketStats {
  std::uint64_t frames_sent = 0;
  std::uint64_t bytes_sent = 0;  // of frames, without the transport's own overhead
  std::uint64_t frames_received = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t malformed_frames = 0;  // received, but not messages: skipped
  std::uint64_t stale_messages = 0;    // of an earlier join: dropped
  // Of Socket::Push and Channel::Cast: no room in the buffer, not valid, not joined, disconnected.
  std::uint64_t dropped_messages = 0;
  // Messages for a typed handler (Channel::On<T>) whose payload makes no T.
  std::uint64_t undecodable_payloads = 0;
  std::uint64_t connects = 0;          // connections that opened
  std::uint64_t lost_connections = 0;  // of those, such as ended without being told to
  std::uint64_t reconnects = 0;        // attempts that the socket made by itself
  std::uint64_t failed_connects = 0;   // attempts that did not
  std::uint64_t heartbeats_sent = 0;
  std::uint64_t heartbeats_timed_out = 0;  // each of which ended its connection
  Duration last_round_trip{0};             // of the heartbeat that was answered last; zero: none

  // How things are now.
  std::uint64_t pushes_in_flight = 0;   // sent, without a reply yet
  std::uint64_t pushes_buffered = 0;    // that wait for their channels to be joined
  std::uint64_t messages_buffered = 0;  // of Socket::Push, that wait for the connection
  std::uint64_t backlog = 0;            // bytes that the network has not taken yet
};

}  // namespace phx

#endif  // PHX_CLIENT_CORE_STATS_H_
