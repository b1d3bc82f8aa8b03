// RawClient: a WebSocket client without manners, for tests of servers: it sends whatever it is
// told, byte for byte, and shows whatever comes back. It waits, but never longer than it is told.
//
//   absl::StatusOr<std::unique_ptr<RawClient>> client = RawClient::Connect(port);
//   (*client)->Send("GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\n…");
//   std::optional<ServerEvent> answer = (*client)->Await(5s);
#ifndef PHX_TESTING_GOLDENS_RAW_CLIENT_H_
#define PHX_TESTING_GOLDENS_RAW_CLIENT_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/io_context.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "client/net/stream.h"
#include "client/net/tls_context.h"
#include "client/wire/websocket_frame_decoder.h"
#include "testing/goldens/replay_target.h"

namespace phx::test {

// Not thread-safe.
class RawClient {
 public:
  // Connects to 127.0.0.1; with TLS, as "localhost", if there is a context.
  static absl::StatusOr<std::unique_ptr<RawClient>> Connect(std::uint16_t port,
                                                            const net::TlsContext* tls = nullptr);

  // Sends `bytes` as they are.
  absl::Status Send(std::string_view bytes);
  // Sends a text message, masked.
  absl::Status SendText(std::string_view text);
  // Sends text messages in one piece, lest the system keep the second back until the first is
  // acknowledged.
  absl::Status SendTexts(const std::vector<std::string>& texts);
  // Asks for an upgrade of `target`; true if the answer is 101.
  bool Upgrade(std::string_view target);

  // The next thing that the server did; nullopt if that takes longer than `timeout`. At first this
  // is an HTTP answer; after a 101 come frames. The end of the connection comes once, whichever
  // way.
  std::optional<ServerEvent> Await(std::chrono::milliseconds timeout);
  // The data of the next event if it is a text message; otherwise what it is, in brackets.
  std::string AwaitText(std::chrono::milliseconds timeout = std::chrono::seconds(10));

  // What has come by now: a ping is sent, and what stands before its pong is here.
  std::optional<ServerEvent> Poll();

  // Ends the connection without a close frame.
  void Disconnect();

  // Whether the connection ended by RST.
  bool was_reset() const { return was_reset_; }

 private:
  RawClient(std::unique_ptr<boost::asio::io_context> context, net::Stream stream);

  template <typename Start>
  bool Wait(Start start, std::chrono::steady_clock::time_point deadline);
  absl::Status ShakeHands();
  void Read(std::chrono::steady_clock::time_point deadline);
  void OnBytes(std::string bytes);
  void OnHttp(std::string_view bytes);
  bool TakeAnswer();
  void OnEnd(bool was_reset);

  std::unique_ptr<boost::asio::io_context> context_;
  net::Stream stream_;
  wire::WebSocketFrameDecoder decoder_;
  std::string http_;  // an answer that has come in part
  bool is_websocket_ = false;
  bool is_ended_ = false;
  bool was_reset_ = false;
  std::deque<ServerEvent> events_;
};

// The bytes of a request to upgrade `target`.
std::string UpgradeRequest(std::string_view target);

}  // namespace phx::test

#endif  // PHX_TESTING_GOLDENS_RAW_CLIENT_H_
