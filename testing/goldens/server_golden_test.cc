// Transcripts of every kind, replayed against the mock server over real sockets. All of them are
// replayed in virtual time by session_golden_test.
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/goldens/golden_case.h"
#include "testing/goldens/live_server.h"
#include "testing/goldens/replay.h"
#include "testing/goldens/transcript.h"

namespace phx::test {
namespace {

constexpr char kDirectory[] = "testing/goldens/phoenix-1.8-bandit";

class ServerGoldenTest : public ::testing::TestWithParam<std::string> {};

TEST_P(ServerGoldenTest, AnswersAsPhoenixDid) {
  const absl::StatusOr<Transcript> transcript =
      ReadTranscript(std::string(kDirectory) + "/" + GetParam() + ".jsonl");
  ASSERT_TRUE(transcript.ok()) << transcript.status();
  const GoldenCase golden = CaseOf(GetParam());
  LiveServer server(golden.races);
  EXPECT_THAT(Replay(*transcript, golden.left_out, server), ::testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Bandit, ServerGoldenTest,
    ::testing::Values("auth_token.v2", "binary.v2", "binary_on_v1.v1", "connect_params_info.v2",
                      "connect_refused.v1", "connect_unknown_path.v2", "crash.v2",
                      "delayed_reply.v2", "disconnect_broadcast.v2", "echo.novsn", "echo.v1",
                      "echo.v2", "endpoint_broadcast.v2", "handshake_variants.v2", "heartbeat.v2",
                      "idle_timeout.v2", "intercept.v2", "join_delay.v2", "join_double_new_ref.v2",
                      "join_max_channels.v2", "leave_rejoin.v1", "longpoll.v2",
                      "longpoll_batch_101.v2", "longpoll_session_death.v2",
                      "longpoll_token_header.v2", "malformed_invalid_json.v2",
                      "malformed_utf8_text.v2", "maxframe_64k.v2", "origin.v2", "presence.v1",
                      "presence.v2", "push_right_behind_leave.v2", "reply_status.v1", "shout.v2",
                      "shout_from.v1", "shutdown_endpoint.v2", "stop_reply.v2", "unicode.v2",
                      "vsn_values.v2", "ws_close_client.v2", "ws_ping.v2", "ws_tcp_drop.v2"),
    [](const auto& test) { return TestName(test.param); });

}  // namespace
}  // namespace phx::test
