// Failures, by what was attempted and why it failed. What the client tells of one is made a Failure
// in diagnosis.h; they are counted in a FailureTable (failure_table.h).
#ifndef PHX_LOADGEN_FAILURE_H_
#define PHX_LOADGEN_FAILURE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace phx::loadgen {

enum class Stage : std::uint8_t {
  kConnect,     // opening a connection
  kConnection,  // keeping an open one
  kJoin,
  kChannel,  // keeping a joined one
  kPush,
};
inline constexpr std::size_t kStageCount = 5;

enum class Cause : std::uint8_t {
  kTimeout,      // no answer in time
  kRefused,      // the server said no: an HTTP status, a reply other than "ok"
  kUnavailable,  // no way to the server, or the connection was lost on the way
  kClosed,       // the server closed it
  kNoRoom,       // a buffer of the client, or a limit of this machine, was exhausted
  kMalformed,    // the server sent what cannot be understood
  kOther,
};
inline constexpr std::size_t kCauseCount = 7;

struct Failure {
  Stage stage = Stage::kConnect;
  Cause cause = Cause::kOther;
  // What there is to know beyond the cause, for programs: "http_403", "close_1012", "dns_timeout",
  // "error: unauthorized". Empty: nothing.
  std::string kind = {};
  std::string message = {};  // what happened in this case, for people

  friend bool operator==(const Failure&, const Failure&) = default;
};

// The cause that a status of the client tells.
Cause CauseOf(const absl::Status& status);

// "connect", "connection", …: for programs.
std::string_view ToString(Stage stage);
std::string_view ToString(Cause cause);

// "connections refused by the server (http_403)", "pushes not answered in time", …: for people.
std::string Describe(Stage stage, Cause cause, std::string_view kind);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_FAILURE_H_
