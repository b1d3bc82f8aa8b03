// The negotiation of permessage-deflate (RFC 7692 7.1) on the server's side: which of a client's
// offers is taken, and what is answered. No I/O.
#ifndef PHX_MOCKSERVER_DEFLATE_OFFER_H_
#define PHX_MOCKSERVER_DEFLATE_OFFER_H_

#include <optional>
#include <string>

#include "mockserver/flavor.h"
#include "mockserver/http_message.h"

namespace phx::mock {

// How messages are compressed on a connection.
struct DeflateTerms {
  int client_window_bits = 15;
  int server_window_bits = 15;
  bool client_no_context_takeover = false;
  bool server_no_context_takeover = false;
  // The value of Sec-WebSocket-Extensions that says so.
  std::string answer = "permessage-deflate";

  friend bool operator==(const DeflateTerms&, const DeflateTerms&) = default;
};

// TakeDeflateOffer()
//
// Takes the first offer of permessage-deflate in the Sec-WebSocket-Extensions headers that can be
// met, with all that it asks for; nullopt if there is none. Offers with parameters that are not
// known, come twice or have a wrong value are passed over (RFC 7692 7.1), and so is one that wants
// the server to compress with a window of 256 bytes, which zlib cannot. The answer is written as
// the adapter of `flavor` writes it.
std::optional<DeflateTerms> TakeDeflateOffer(const HttpHeaders& headers, const Flavor& flavor);

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_DEFLATE_OFFER_H_
