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

constexpr char kDirectory[] = "testing/goldens/";

class ServerGoldenTest : public ::testing::TestWithParam<std::string> {};

TEST_P(ServerGoldenTest, AnswersAsPhoenixDid) {
  const absl::StatusOr<Transcript> transcript = ReadTranscript(kDirectory + GetParam() + ".jsonl");
  ASSERT_TRUE(transcript.ok()) << transcript.status();
  const GoldenCase golden = CaseOf(GetParam());
  LiveServer server(golden);
  EXPECT_THAT(Replay(*transcript, golden, server), ::testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Phoenix, ServerGoldenTest,
    ::testing::Values(
        "phoenix-1.8-bandit/auth_token.v2", "phoenix-1.8-bandit/binary.v2",
        "phoenix-1.8-bandit/binary_on_v1.v1", "phoenix-1.8-bandit/compress_handshake.v2",
        "phoenix-1.8-bandit/connect_params_info.v2", "phoenix-1.8-bandit/connect_refused.v1",
        "phoenix-1.8-bandit/connect_unknown_path.v2", "phoenix-1.8-bandit/crash.v2",
        "phoenix-1.8-bandit/delayed_reply.v2", "phoenix-1.8-bandit/disconnect_broadcast.v2",
        "phoenix-1.8-bandit/echo.novsn", "phoenix-1.8-bandit/echo.v1", "phoenix-1.8-bandit/echo.v2",
        "phoenix-1.8-bandit/endpoint_broadcast.v2", "phoenix-1.8-bandit/handshake_variants.v2",
        "phoenix-1.8-bandit/heartbeat.v2", "phoenix-1.8-bandit/idle_timeout.v2",
        "phoenix-1.8-bandit/intercept.v2", "phoenix-1.8-bandit/join_delay.v2",
        "phoenix-1.8-bandit/join_double_new_ref.v2", "phoenix-1.8-bandit/join_max_channels.v2",
        "phoenix-1.8-bandit/leave_rejoin.v1", "phoenix-1.8-bandit/longpoll.v2",
        "phoenix-1.8-bandit/longpoll_batch_101.v2", "phoenix-1.8-bandit/longpoll_session_death.v2",
        "phoenix-1.8-bandit/longpoll_token_header.v2",
        "phoenix-1.8-bandit/malformed_invalid_json.v2", "phoenix-1.8-bandit/malformed_utf8_text.v2",
        "phoenix-1.8-bandit/maxframe_64k.v2", "phoenix-1.8-bandit/origin.v2",
        "phoenix-1.8-bandit/presence.v1", "phoenix-1.8-bandit/presence.v2",
        "phoenix-1.8-bandit/push_right_behind_leave.v2", "phoenix-1.8-bandit/reply_status.v1",
        "phoenix-1.8-bandit/shout.v2", "phoenix-1.8-bandit/shout_from.v1",
        "phoenix-1.8-bandit/shutdown_endpoint.v2", "phoenix-1.8-bandit/stop_reply.v2",
        "phoenix-1.8-bandit/unicode.v2", "phoenix-1.8-bandit/vsn_values.v2",
        "phoenix-1.8-bandit/ws_close_client.v2", "phoenix-1.8-bandit/ws_ping.v2",
        "phoenix-1.8-bandit/ws_tcp_drop.v2", "phoenix-1.7-cowboy/echo.v2",
        "phoenix-1.7-cowboy/crash.v2", "phoenix-1.7-cowboy/disconnect_broadcast.v2",
        "phoenix-1.7-cowboy/handshake_variants.v2", "phoenix-1.7-cowboy/longpoll.v2",
        "phoenix-1.7-cowboy/ws_close_client.v2"),
    [](const auto& test) { return TestName(test.param); });

}  // namespace
}  // namespace phx::test
