#include "loadgen/diagnosis.h"

#include <cerrno>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/wire/utf8.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {
namespace {

// What a server said may be long; an example and a kind need only its beginning.
constexpr std::size_t kMaxExampleSize = 200;
constexpr std::size_t kMaxReasonSize = 60;

constexpr int kSwitchingProtocols = 101;

std::string MessageOf(const absl::Status& status) {
  return {status.message().data(), status.message().size()};
}

// Whether the message has the system's words for one of these errors. The client puts them there
// (client/net/to_status.h), and has no code of its own for each.
bool Tells(const absl::Status& status, std::initializer_list<int> errors) {
  const std::string message = MessageOf(status);
  for (const int error : errors) {
    if (message.find(std::generic_category().message(error)) != std::string::npos) return true;
  }
  return false;
}

bool Tells(const absl::Status& status, std::string_view words) {
  return MessageOf(status).find(words) != std::string::npos;
}

// What an attempt was busy with, as the kinds name it; empty if it had not begun.
std::string NameOf(const std::optional<ConnectStage>& stage) {
  if (!stage.has_value()) return "";
  switch (*stage) {
    case ConnectStage::kResolving: return "dns";
    case ConnectStage::kConnecting: return "tcp";
    case ConnectStage::kSecuring: return "tls";
    case ConnectStage::kUpgrading: return "upgrade";
  }
  return "";
}

// Of an attempt that the server did not answer by HTTP.
std::pair<Cause, std::string> FindConnectCause(const SocketError& error) {
  const absl::Status& status = error.status;
  const std::string stage = NameOf(error.stage);
  if (Tells(status, {EMFILE, ENFILE})) return {Cause::kNoRoom, "descriptors"};
  if (Tells(status, {EADDRNOTAVAIL, EADDRINUSE})) return {Cause::kNoRoom, "local_ports"};
  if (CauseOf(status) == Cause::kTimeout) {
    return {Cause::kTimeout, stage.empty() ? "" : absl::StrCat(stage, "_timeout")};
  }
  if (error.stage == ConnectStage::kConnecting) {
    if (Tells(status, {ECONNREFUSED})) return {Cause::kUnavailable, "refused"};
    if (Tells(status, {ETIMEDOUT})) return {Cause::kTimeout, "tcp_timeout"};
    if (Tells(status, {ENETUNREACH, EHOSTUNREACH})) return {Cause::kUnavailable, "unreachable"};
  }
  return {CauseOf(status), stage};
}

std::pair<Cause, std::string> FindLossCause(const absl::Status& status) {
  if (status.code() == absl::StatusCode::kResourceExhausted) {
    return {Cause::kNoRoom, Tells(status, "protocol error") ? "message_too_big" : ""};
  }
  if (Tells(status, "protocol error")) return {Cause::kMalformed, "protocol_error"};
  if (Tells(status, {ECONNRESET, EPIPE})) return {Cause::kUnavailable, "reset"};
  if (Tells(status, "without a close frame")) return {Cause::kUnavailable, "eof"};
  return {CauseOf(status), ""};
}

// "error: unauthorized". A response without a "reason" in words leaves the status alone.
std::string KindOf(const Reply& reply) {
  std::string kind(wire::TruncateUtf8(reply.status.view(), kMaxReasonSize));
  const nlohmann::json response =
      nlohmann::json::parse(reply.response.text(), nullptr, /*allow_exceptions=*/false);
  if (!response.is_object()) return kind;
  const auto reason = response.find("reason");
  if (reason == response.end() || !reason->is_string()) return kind;
  const std::string_view words = reason->get_ref<const std::string&>();
  return absl::StrCat(kind, ": ", std::string(wire::TruncateUtf8(words, kMaxReasonSize)));
}

}  // namespace

Failure Diagnose(const SocketError& error) {
  Failure failure{.stage = Stage::kConnect, .message = MessageOf(error.status)};
  const int status = error.response.status;
  if (status == kSwitchingProtocols) {
    failure.cause = Cause::kMalformed;
    failure.kind = "handshake";
  } else if (status != 0) {
    failure.cause = Cause::kRefused;
    failure.kind = absl::StrCat("http_", status);
  } else {
    std::tie(failure.cause, failure.kind) = FindConnectCause(error);
  }
  return failure;
}

Failure Diagnose(const SocketClosed& closed, bool missed_heartbeat) {
  Failure failure{.stage = Stage::kConnection};
  if (closed.status.ok()) {
    failure.cause = Cause::kClosed;
    failure.kind = absl::StrCat("close_", closed.info.code);
    failure.message = absl::StrCat("closed by the server with ", closed.info.code,
                                   closed.info.reason.empty() ? "" : ": ", closed.info.reason);
    return failure;
  }
  failure.message = MessageOf(closed.status);
  if (missed_heartbeat) {
    failure.cause = Cause::kTimeout;
    failure.kind = "heartbeat_timeout";
  } else {
    std::tie(failure.cause, failure.kind) = FindLossCause(closed.status);
  }
  return failure;
}

Failure Diagnose(const ChannelErrored& errored) {
  const bool is_unmatched = errored.cause == ChannelErrored::Cause::kUnmatchedTopic;
  return {.stage = Stage::kChannel,
          .cause = Cause::kClosed,
          .kind = is_unmatched ? "unmatched_topic" : "crashed",
          .message = absl::StrCat(std::string(ToString(errored.cause)), ": ", errored.reason)};
}

Failure Diagnose(Stage stage, const absl::StatusOr<Reply>& outcome) {
  if (!outcome.ok()) {
    return {
        .stage = stage, .cause = CauseOf(outcome.status()), .message = MessageOf(outcome.status())};
  }
  const std::string_view response = outcome->response.text();
  return {.stage = stage,
          .cause = Cause::kRefused,
          .kind = KindOf(*outcome),
          .message = absl::StrCat(outcome->status.ToString(), " ",
                                  std::string(wire::TruncateUtf8(response, kMaxExampleSize)))};
}

}  // namespace phx::loadgen
