// IoResult: what became of an attempt to read, write or shake hands without waiting.
#ifndef PHX_CLIENT_NET_IO_RESULT_H_
#define PHX_CLIENT_NET_IO_RESULT_H_

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"

namespace phx::net {

enum class IoOutcome : std::uint8_t {
  kDone,       // `bytes` were moved
  kWantRead,   // nothing was; try again when the stream is readable
  kWantWrite,  // nothing was; try again when the stream is writable
  kEof,        // the peer will send no more
  kError,      // `status` says what; the stream is of no more use in this direction
};

struct [[nodiscard]] IoResult {
  IoOutcome outcome = IoOutcome::kDone;
  std::size_t bytes = 0;
  absl::Status status = {};

  static IoResult Done(std::size_t bytes) { return {IoOutcome::kDone, bytes, {}}; }
  static IoResult Want(IoOutcome direction) { return {direction, 0, {}}; }
  static IoResult Eof() { return {IoOutcome::kEof, 0, {}}; }
  static IoResult Error(absl::Status status) { return {IoOutcome::kError, 0, std::move(status)}; }

  bool would_block() const {
    return outcome == IoOutcome::kWantRead || outcome == IoOutcome::kWantWrite;
  }
};

}  // namespace phx::net

#endif  // PHX_CLIENT_NET_IO_RESULT_H_
