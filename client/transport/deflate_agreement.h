// The negotiation of permessage-deflate (RFC 7692 7.1): what a client offers, and what the server
// made of it. No I/O.
#ifndef PHX_CLIENT_TRANSPORT_DEFLATE_AGREEMENT_H_
#define PHX_CLIENT_TRANSPORT_DEFLATE_AGREEMENT_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/transport/deflate_options.h"
#include "client/wire/connection_info.h"

namespace phx {

// zlib cannot compress with a smaller window.
inline constexpr int kMinWindowBits = 9;

// How the two ends compress.
struct DeflateAgreement {
  int client_window_bits = 15;
  int server_window_bits = 15;
  bool client_no_context_takeover = false;
  bool server_no_context_takeover = false;

  friend bool operator==(const DeflateAgreement&, const DeflateAgreement&) = default;
};

// kInvalidArgument, naming the option, if one has a value that it cannot have.
absl::Status CheckDeflateOptions(const DeflateOptions& options);

// The value of Sec-WebSocket-Extensions that offers it. `options` have been checked.
std::string DeflateOffer(const DeflateOptions& options);

// ParseDeflateAnswer()
//
// What the headers of the server's answer agree to; nullopt: messages are not compressed.
// kUnavailable, saying what is wrong, for an extension or a parameter that was not offered, and for
// a parameter that is given twice or has a value that cannot be: the connection must be given up.
absl::StatusOr<std::optional<DeflateAgreement>> ParseDeflateAnswer(const DeflateOptions& options,
                                                                   const HttpHeaders& headers);

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_DEFLATE_AGREEMENT_H_
