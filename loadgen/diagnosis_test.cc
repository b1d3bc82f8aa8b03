#include "loadgen/diagnosis.h"

#include <cerrno>
#include <optional>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

// An attempt that ended in `stage` with the system's words for `error`.
SocketError SystemError(ConnectStage stage, int error) {
  return {.status = absl::UnavailableError("connect to ws://host/socket: 10.0.0.1:80: " +
                                           std::generic_category().message(error)),
          .stage = stage};
}

SocketError TimedOut(std::optional<ConnectStage> stage) {
  return {.status = absl::DeadlineExceededError("no success within 10s"), .stage = stage};
}

void ExpectKind(const Failure& failure, Cause cause, const std::string& kind) {
  EXPECT_EQ(ToString(failure.cause), ToString(cause)) << failure.message;
  EXPECT_EQ(failure.kind, kind) << failure.message;
}

TEST(DiagnosisTest, AttemptsThatTookTooLongSayWhatTheyWaitedFor) {
  ExpectKind(Diagnose(TimedOut(ConnectStage::kResolving)), Cause::kTimeout, "dns_timeout");
  ExpectKind(Diagnose(TimedOut(ConnectStage::kConnecting)), Cause::kTimeout, "tcp_timeout");
  ExpectKind(Diagnose(TimedOut(ConnectStage::kSecuring)), Cause::kTimeout, "tls_timeout");
  ExpectKind(Diagnose(TimedOut(ConnectStage::kUpgrading)), Cause::kTimeout, "upgrade_timeout");
  ExpectKind(Diagnose(TimedOut(std::nullopt)), Cause::kTimeout, "");
  ExpectKind(Diagnose(SystemError(ConnectStage::kConnecting, ETIMEDOUT)), Cause::kTimeout,
             "tcp_timeout");
}

TEST(DiagnosisTest, AttemptsThatFailedSayWhere) {
  const absl::Status status = absl::UnavailableError("it did not work");
  const auto at = [&](ConnectStage stage) {
    return Diagnose(SocketError{.status = status, .stage = stage});
  };
  ExpectKind(at(ConnectStage::kResolving), Cause::kUnavailable, "dns");
  ExpectKind(at(ConnectStage::kConnecting), Cause::kUnavailable, "tcp");
  ExpectKind(at(ConnectStage::kSecuring), Cause::kUnavailable, "tls");
  ExpectKind(at(ConnectStage::kUpgrading), Cause::kUnavailable, "upgrade");
  ExpectKind(Diagnose(SystemError(ConnectStage::kConnecting, ECONNREFUSED)), Cause::kUnavailable,
             "refused");
  ExpectKind(Diagnose(SystemError(ConnectStage::kConnecting, EHOSTUNREACH)), Cause::kUnavailable,
             "unreachable");
}

TEST(DiagnosisTest, WhatThisMachineHasNoMoreOfIsNotTheServersFault) {
  ExpectKind(Diagnose(SystemError(ConnectStage::kConnecting, EADDRNOTAVAIL)), Cause::kNoRoom,
             "local_ports");
  ExpectKind(Diagnose(SystemError(ConnectStage::kConnecting, EMFILE)), Cause::kNoRoom,
             "descriptors");
  ExpectKind(Diagnose(SystemError(ConnectStage::kResolving, EMFILE)), Cause::kNoRoom,
             "descriptors");
}

TEST(DiagnosisTest, EachHttpStatusIsAKind) {
  ExpectKind(Diagnose(SocketError{.status = absl::UnavailableError("HTTP 503"),
                                  .response = {.status = 503},
                                  .stage = ConnectStage::kUpgrading}),
             Cause::kRefused, "http_503");
  ExpectKind(Diagnose(SocketError{.status = absl::UnavailableError("wrong Sec-WebSocket-Accept"),
                                  .response = {.status = 101},
                                  .stage = ConnectStage::kUpgrading}),
             Cause::kMalformed, "handshake");
}

TEST(DiagnosisTest, EachCloseCodeIsAKind) {
  const Failure failure =
      Diagnose(SocketClosed{.info = {1012, "restart"}, .was_clean = true}, false);
  ExpectKind(failure, Cause::kClosed, "close_1012");
  EXPECT_EQ(failure.stage, Stage::kConnection);
  EXPECT_EQ(failure.message, "closed by the server with 1012: restart");
}

TEST(DiagnosisTest, ConnectionsThatWereLostSayHow) {
  const auto lost = [](const absl::Status& status, bool missed_heartbeat = false) {
    return Diagnose(SocketClosed{.info = {1006, ""}, .status = status}, missed_heartbeat);
  };
  ExpectKind(lost(absl::UnavailableError("heartbeat not answered within 10s"), true),
             Cause::kTimeout, "heartbeat_timeout");
  ExpectKind(lost(absl::UnavailableError(std::generic_category().message(ECONNRESET))),
             Cause::kUnavailable, "reset");
  ExpectKind(lost(absl::UnavailableError("the server closed it without a close frame")),
             Cause::kUnavailable, "eof");
  ExpectKind(lost(absl::UnavailableError("protocol error (1002): reserved opcode")),
             Cause::kMalformed, "protocol_error");
  ExpectKind(lost(absl::ResourceExhaustedError("protocol error (1009): too big")), Cause::kNoRoom,
             "message_too_big");
  ExpectKind(lost(absl::UnavailableError("something else")), Cause::kUnavailable, "");
}

TEST(DiagnosisTest, RepliesAreToldApartByTheirStatusAndReason) {
  const auto replied = [](const char* status, const char* response) {
    return Diagnose(Stage::kJoin, Reply{.status = status, .response = Payload::JsonText(response)});
  };
  ExpectKind(replied("error", R"({"reason":"unauthorized"})"), Cause::kRefused,
             "error: unauthorized");
  ExpectKind(replied("error", R"({"reason":{"code":7}})"), Cause::kRefused, "error");
  ExpectKind(replied("error", "[1]"), Cause::kRefused, "error");
  ExpectKind(replied("error", "{broken"), Cause::kRefused, "error");
  ExpectKind(replied("busy", "{}"), Cause::kRefused, "busy");
  const Failure failure = replied("error", R"({"reason":"full","seats":3})");
  EXPECT_EQ(failure.message, R"(error {"reason":"full","seats":3})");
  EXPECT_EQ(failure.stage, Stage::kJoin);
}

TEST(DiagnosisTest, LongReasonsAreCutBetweenCharacters) {
  std::string reason;
  for (int i = 0; i < 100; ++i) reason += "€";  // three bytes each
  const Failure failure = Diagnose(
      Stage::kPush,
      Reply{.status = "error", .response = Payload::JsonText(R"({"reason":")" + reason + R"("})")});
  EXPECT_EQ(failure.kind, "error: " + reason.substr(0, 60));
  EXPECT_LE(failure.message.size(), 210);
}

TEST(DiagnosisTest, OutcomesWithoutAReplyHaveTheirCauseAlone) {
  ExpectKind(Diagnose(Stage::kPush, absl::DeadlineExceededError("no reply within 10 s")),
             Cause::kTimeout, "");
  ExpectKind(Diagnose(Stage::kJoin, absl::UnavailableError("connection lost")), Cause::kUnavailable,
             "");
}

TEST(DiagnosisTest, ChannelsThatCrashedAreNotThoseThatNobodyKnows) {
  ExpectKind(Diagnose(ChannelErrored{.cause = ChannelErrored::Cause::kChannelCrashed}),
             Cause::kClosed, "crashed");
  ExpectKind(Diagnose(ChannelErrored{.cause = ChannelErrored::Cause::kUnmatchedTopic}),
             Cause::kClosed, "unmatched_topic");
}

}  // namespace
}  // namespace phx::loadgen
