#include "loadgen/failure.h"

#include <array>

#include "absl/strings/str_cat.h"

namespace phx::loadgen {
namespace {

using Row = std::array<std::string_view, kCauseCount>;

// By stage, then by cause, in the order of the enumerations.
constexpr std::array<Row, kStageCount> kDescriptions = {{
    {"connections not opened in time", "connections refused by the server",
     "connections that could not reach the server", "connections closed before they were open",
     "connections for which this machine had no room", "connections with a malformed handshake",
     "connections that failed otherwise"},
    {"connections given up after an unanswered heartbeat", "connections refused while open",
     "connections lost", "connections closed by the server",
     "connections that overflowed the client's buffers", "connections with malformed frames",
     "connections that ended otherwise"},
    {"joins not answered in time", "joins refused by the server", "joins whose connection was lost",
     "joins whose channel was closed by the server",
     "joins that found no room in the client's buffers", "joins with a malformed answer",
     "joins that failed otherwise"},
    {"channels given up after a timeout", "channels whose rejoin was refused",
     "channels whose connection was lost", "channels crashed or closed by the server",
     "channels that overflowed the client's buffers", "channels with malformed messages",
     "channels that ended otherwise"},
    {"pushes not answered in time", "pushes answered with an error",
     "pushes whose connection was lost", "pushes whose channel was closed",
     "pushes that found no room in the client's buffers", "pushes with a malformed answer",
     "pushes that failed otherwise"},
}};

constexpr std::array<std::string_view, kStageCount> kStageNames = {"connect", "connection", "join",
                                                                   "channel", "push"};
constexpr std::array<std::string_view, kCauseCount> kCauseNames = {
    "timeout", "refused", "unavailable", "closed", "no_room", "malformed", "other"};

}  // namespace

Cause CauseOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kDeadlineExceeded: return Cause::kTimeout;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied: return Cause::kRefused;
    case absl::StatusCode::kUnavailable: return Cause::kUnavailable;
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kFailedPrecondition: return Cause::kClosed;
    case absl::StatusCode::kResourceExhausted: return Cause::kNoRoom;
    case absl::StatusCode::kDataLoss: return Cause::kMalformed;
    default:  // absl adds codes
      return Cause::kOther;
  }
}

std::string_view ToString(Stage stage) { return kStageNames[static_cast<std::size_t>(stage)]; }

std::string_view ToString(Cause cause) { return kCauseNames[static_cast<std::size_t>(cause)]; }

std::string Describe(Stage stage, Cause cause, std::string_view kind) {
  std::string text(kDescriptions[static_cast<std::size_t>(stage)][static_cast<std::size_t>(cause)]);
  if (!kind.empty()) absl::StrAppend(&text, " (", std::string(kind), ")");
  return text;
}

}  // namespace phx::loadgen
