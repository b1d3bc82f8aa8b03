// Limits: how much of the server its clients may use up, so that none of them can bring it down.
// What a single socket allows (frame size, channels, timeouts) is in user_socket.h.
#ifndef PHX_MOCKSERVER_LIMITS_H_
#define PHX_MOCKSERVER_LIMITS_H_

#include <cstddef>
#include <optional>

namespace phx::mock {

struct Limits {
  // TCP connections that are open at once; nullopt: as many as the system allows. On one more the
  // first request is answered with 503 and a body that says why, then it is closed; it is closed
  // too if no request comes within ServerOptions::close_timeout. Thousand Island, beneath Bandit,
  // would close it without a word after five seconds, and Ranch, beneath Cowboy, would not accept
  // it: both leave the client guessing.
  std::optional<std::size_t> max_connections = std::nullopt;

  // Sessions of long polling; nullopt: any number. A client that would begin one more is answered
  // with 503.
  std::optional<std::size_t> max_longpoll_sessions = std::nullopt;

  // Bytes that wait for a peer that does not take them, of each WebSocket and each session of long
  // polling. Beyond them, looked at when a turn of the server's is over, the connection ends by
  // RST, the session without a word. Phoenix lets its mailbox grow.
  std::size_t max_unsent_bytes = std::size_t{64} << 20;

  // Of an HTTP request: more is answered with 431, or 413.
  std::size_t max_header_size = std::size_t{8} << 10;
  std::size_t max_body_size = 8'000'000;  // what Plug reads
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_LIMITS_H_
