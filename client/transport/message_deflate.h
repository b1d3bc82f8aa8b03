// MessageDeflater, MessageInflater: the two directions of permessage-deflate (RFC 7692 7.2), a
// message at a time. No I/O.
//
// Threads: not thread-safe.
#ifndef PHX_CLIENT_TRANSPORT_MESSAGE_DEFLATE_H_
#define PHX_CLIENT_TRANSPORT_MESSAGE_DEFLATE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace phx {

class MessageDeflater {
 public:
  struct Options {
    int level = 6;
    int window_bits = 15;  // 9 to 15
    bool no_context_takeover = false;
  };

  explicit MessageDeflater(const Options& options);
  ~MessageDeflater();
  MessageDeflater(const MessageDeflater&) = delete;
  MessageDeflater& operator=(const MessageDeflater&) = delete;

  // The compressed form of `message`, which must not be empty. All messages have to be sent in the
  // order of the calls. The view is valid until the next call.
  std::string_view Deflate(std::string_view message);

 private:
  struct Impl;  // keeps Boost.Beast out of this header
  std::unique_ptr<Impl> impl_;
};

class MessageInflater {
 public:
  struct Options {
    int window_bits = 15;  // 8 to 15; that of the peer, or larger
    std::size_t max_size = 0;
  };

  explicit MessageInflater(const Options& options);
  ~MessageInflater();
  MessageInflater(const MessageInflater&) = delete;
  MessageInflater& operator=(const MessageInflater&) = delete;

  // MessageInflater::Inflate()
  //
  // Makes the message of its compressed form. kResourceExhausted, after that many bytes and not
  // more, for one of more than `max_size`; kDataLoss for something that no compressor has made. No
  // further message can be read after an error. message() is valid until the next call.
  absl::Status Inflate(std::string_view compressed);
  std::string_view message() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_MESSAGE_DEFLATE_H_
