// DeflateOptions: how messages are compressed on a WebSocket (permessage-deflate, RFC 7692).
//
// The server decides whether they are: Phoenix does with `compress: true` at its socket. Both ends
// then keep what the last messages were about, up to 32 KiB each way, and about 300 KiB of memory
// for each connection at this end; smaller windows, and no context taken over, cost less and
// compress less. Do not compress secrets together with what an attacker chooses (the lengths tell,
// as in the CRIME attack).
#ifndef PHX_CLIENT_TRANSPORT_DEFLATE_OPTIONS_H_
#define PHX_CLIENT_TRANSPORT_DEFLATE_OPTIONS_H_

#include <cstddef>

namespace phx {

struct DeflateOptions {
  // 1 (fast) to 9 (small).
  int level = 6;

  // Messages of fewer bytes are sent as they are.
  std::size_t min_size = 64;

  // Base-two logarithms of the windows, 9 to 15: ours, and the largest that the server may use.
  int client_max_window_bits = 15;
  int server_max_window_bits = 15;

  // Whether each message is compressed by itself: ours, and, as a demand, the server's.
  bool client_no_context_takeover = false;
  bool server_no_context_takeover = false;
};

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_DEFLATE_OPTIONS_H_
