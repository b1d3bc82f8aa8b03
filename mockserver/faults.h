// Faults: how the mock server misbehaves on purpose.
//
//   mock::Faults faults;
//   faults.refuse_upgrade = mock::HttpAnswer{.status = 503, .body = "come back later"};
//   server.QueueFaults(faults);   // the next connection is refused, those after it are not
//   server.SetFaults({.ignore_heartbeats = true});   // all connections, also the open ones
//
// Each fault acts at one named point and on nothing else; those that are set act together.
#ifndef PHX_MOCKSERVER_FAULTS_H_
#define PHX_MOCKSERVER_FAULTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/wire/close_info.h"
#include "mockserver/channel.h"
#include "mockserver/frame_fault.h"
#include "mockserver/http_message.h"

namespace phx::mock {

// How a TCP connection ends without a WebSocket close.
enum class Drop : std::uint8_t {
  kFin,  // the peer reads an end of stream
  kRst,  // the peer's next operation fails with "connection reset"
};

struct Faults {
  // A new connection is dropped where its TLS handshake, or HTTP, would begin.
  std::optional<Drop> drop_on_accept = std::nullopt;

  // These act on every HTTP request of a connection when it has arrived: it is …
  //
  // dropped without a word;
  std::optional<Drop> drop_request = std::nullopt;
  // never answered;
  bool ignore_request = false;
  // answered with this instead of being looked at.
  std::optional<HttpAnswer> refuse_upgrade = std::nullopt;

  // A new connection is not read from, and its TLS handshake not begun, for so long.
  std::optional<Duration> delay_handshake = std::nullopt;
  // HTTP answers, the 101 among them, are sent so much later.
  std::optional<Duration> delay_answer = std::nullopt;

  // These act once, when the 101 has been sent.
  std::optional<wire::CloseInfo> close_after_upgrade = std::nullopt;
  std::optional<Drop> drop_after_upgrade = std::nullopt;

  // These act for as long as they are set, on requests of long polling: on those of the connection
  // over which a request comes. They are answered with this instead of being looked at:
  //
  // GETs that name a session;
  std::optional<HttpAnswer> answer_polls = std::nullopt;
  // POSTs.
  std::optional<HttpAnswer> answer_posts = std::nullopt;
  // What a POST brings is handled, but its answer is kept back until this is not set any more.
  bool hold_posts = false;

  // These act for as long as they are set.
  //
  // Heartbeats get no reply.
  bool ignore_heartbeats = false;
  // Joins get no reply: the topic stays unjoined, the channel's Join() is not called.
  bool ignore_joins = false;
  // Joins are answered so much later. As in Phoenix the connection waits, unless the next says no.
  std::optional<Duration> delay_joins = std::nullopt;
  bool delayed_joins_block_socket = true;
  // Stands in place of the ref of every reply, as JSON text: "\"0\"", "null".
  std::optional<std::string> reply_ref = std::nullopt;
  // Nothing more is read from an open WebSocket: the peer's writes pile up until its buffers are
  // full.
  bool stop_reading = false;
  // Nothing more is written to a connection. It goes out when this is not set any more.
  bool stop_writing = false;
  // No more than so many bytes a second are read from, or written to, a connection.
  std::optional<std::uint32_t> read_rate = std::nullopt;
  std::optional<std::uint32_t> write_rate = std::nullopt;
  // A close frame of the client's gets no answer, and the connection stays open.
  bool ignore_close = false;

  // What happens to single frames (frame_fault.h), and the seed of what is drawn.
  std::vector<FrameFault> frames = {};
  std::uint64_t seed = 0;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_FAULTS_H_
