// The end of a TCP connection without loss.
#ifndef PHX_CLIENT_NET_LINGER_H_
#define PHX_CLIENT_NET_LINGER_H_

#include <chrono>

#include "client/net/stream.h"

namespace phx::net {

// CloseGently()
//
// Takes over a stream to which the last byte has been written: says that nothing more comes, reads
// and drops what the peer still sends, and closes when the peer has done so too, or after
// `patience`.
//
// Closing at once instead would make the system answer whatever still arrives with RST, upon which
// the peer's system throws away what the peer has not read yet, such as our close frame; and it
// would leave the wait for stray packets (TIME_WAIT) to this end, where it costs a port.
//
// Returns at once. Nothing is called when it is over.
void CloseGently(Stream stream, std::chrono::milliseconds patience);

}  // namespace phx::net

#endif  // PHX_CLIENT_NET_LINGER_H_
