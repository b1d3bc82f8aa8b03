// The bridge between OpenSSL and a non-blocking socket. OpenSSL's own socket BIO writes with
// write(2), which raises SIGPIPE when the peer is gone; this one does not.
#ifndef PHX_CLIENT_NET_SOCKET_BIO_H_
#define PHX_CLIENT_NET_SOCKET_BIO_H_

#include "client/net/openssl_ptr.h"

namespace phx::net {

// The socket as OpenSSL's callbacks see it, and what became of the last call.
struct SocketBioState {
  int descriptor = -1;
  int error = 0;        // errno of the last failure other than would-block
  bool at_eof = false;  // the peer has sent FIN
  // The last read took all that the socket had: another one would cost a system call to learn that
  // there is nothing. To be cleared when the socket was waited for.
  bool is_drained = false;
};

// Makes a BIO on `state`, which must outlive it. Null if memory is short.
OpensslPtr<BIO> NewSocketBio(SocketBioState* state);

}  // namespace phx::net

#endif  // PHX_CLIENT_NET_SOCKET_BIO_H_
