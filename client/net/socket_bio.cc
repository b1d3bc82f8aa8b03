#include "client/net/socket_bio.h"

#include <sys/socket.h>
#include <sys/types.h>

#include <cerrno>
#include <cstddef>

#include "client/net/openssl_ptr.h"
#include <openssl/bio.h>

namespace phx::net {
namespace {

SocketBioState& StateOf(BIO* bio) { return *static_cast<SocketBioState*>(BIO_get_data(bio)); }

bool IsWouldBlock(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

int Write(BIO* bio, const char* data, int size) {
  SocketBioState& state = StateOf(bio);
  BIO_clear_retry_flags(bio);
  ssize_t sent;
  do {
    sent = send(state.descriptor, data, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent >= 0) return static_cast<int>(sent);
  if (IsWouldBlock(errno)) {
    BIO_set_retry_write(bio);
  } else {
    state.error = errno;
  }
  return -1;
}

int Read(BIO* bio, char* data, int size) {
  SocketBioState& state = StateOf(bio);
  BIO_clear_retry_flags(bio);
  if (state.is_drained) {
    BIO_set_retry_read(bio);
    return -1;
  }
  ssize_t received;
  do {
    received = recv(state.descriptor, data, static_cast<std::size_t>(size), 0);
  } while (received < 0 && errno == EINTR);
  if (received > 0) {
    state.is_drained = received < size;
    return static_cast<int>(received);
  }
  if (received == 0) {
    state.at_eof = true;
    return 0;
  }
  if (IsWouldBlock(errno)) {
    BIO_set_retry_read(bio);
  } else {
    state.error = errno;
  }
  return -1;
}

long Control(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH) return 1;
  if (command == BIO_CTRL_EOF) return StateOf(bio).at_eof ? 1 : 0;
  return 0;
}

const BIO_METHOD* Method() {
  static BIO_METHOD* const kMethod = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "phx socket");
    if (made == nullptr) return made;
    BIO_meth_set_write(made, &Write);
    BIO_meth_set_read(made, &Read);
    BIO_meth_set_ctrl(made, &Control);
    return made;
  }();
  return kMethod;
}

}  // namespace

OpensslPtr<BIO> NewSocketBio(SocketBioState* state) {
  OpensslPtr<BIO> bio(Method() == nullptr ? nullptr : BIO_new(Method()));
  if (bio) {
    BIO_set_data(bio.get(), state);
    BIO_set_init(bio.get(), 1);
  }
  return bio;
}

}  // namespace phx::net
