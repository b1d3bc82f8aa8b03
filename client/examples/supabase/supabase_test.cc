// The Supabase example, as a library and as a program, against the mock server in Supabase's part.
#include <chrono>
#include <csignal>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "boost/asio/io_context.hpp"
#include "client/examples/supabase/mock_supabase.h"
#include "client/examples/supabase/realtime_client.h"
#include "client/logger.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "testing/child_process.h"

namespace phx::test {
namespace {

using examples::PostgresChange;
using examples::RealtimeChannel;
using examples::RealtimeClient;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::chrono::seconds kPatience{20};
constexpr char kProgram[] = "client/examples/supabase/supabase_realtime";

class RealtimeClientTest : public testing::Test {
 protected:
  RealtimeClient MakeClient(std::string token = {}) {
    RealtimeClient::Options options{.api_key = "anon", .access_token = std::move(token)};
    options.socket.logger = NoopLogger();
    options.socket.rejoin_after = [](int) { return std::chrono::milliseconds(1); };
    return RealtimeClient(io_.get_executor(), supabase_.project_url(), std::move(options));
  }
  void Subscribe(RealtimeChannel& channel) {
    channel.Subscribe([this](const absl::Status& status) { statuses_.push_back(status); });
  }
  void RunUntil(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!condition()) {
      io_.restart();
      io_.run_one_until(deadline);
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "waited in vain";
    }
  }

  MockSupabase supabase_;
  boost::asio::io_context io_;
  std::vector<absl::Status> statuses_;  // what Subscribe() told
};

TEST_F(RealtimeClientTest, HandsEachChangeToThoseWhoAskedForIt) {
  RealtimeClient client = MakeClient();
  RealtimeChannel channel = client.Channel("db");
  std::vector<std::string> heard;
  channel.OnPostgresChange({.table = "todos"}, [&](const PostgresChange& change) {
    heard.push_back("todos " + change.record.dump());
  });
  channel.OnPostgresChange({.event = "INSERT", .table = "users", .filter = "id=eq.7"},
                           [&](const PostgresChange& change) {
                             heard.push_back(change.type + " " + change.record.dump());
                           });
  Subscribe(channel);
  ASSERT_TRUE(client.Connect().ok());
  RunUntil([&] { return !statuses_.empty(); });
  ASSERT_TRUE(statuses_.front().ok()) << statuses_.front();
  const auto join = supabase_.server().recorder().AwaitJoin("realtime:db", kPatience);
  ASSERT_TRUE(join.ok()) << join.status();
  EXPECT_EQ(join->payload.json()["config"]["postgres_changes"],
            json({{{"event", "*"}, {"schema", "public"}, {"table", "todos"}},
                  {{"event", "INSERT"},
                   {"schema", "public"},
                   {"table", "users"},
                   {"filter", "id=eq.7"}}}));
  ASSERT_TRUE(supabase_.Insert("db", 101, "users", {{"id", 7}}).ok());
  ASSERT_TRUE(supabase_.Insert("db", 100, "todos", {{"id", 1}}).ok());
  RunUntil([&] { return heard.size() == 2; });
  EXPECT_THAT(heard, ElementsAre(R"(INSERT {"id":7})", R"(todos {"id":1})"));
}

TEST_F(RealtimeClientTest, PassesBroadcastsOn) {
  RealtimeClient ann = MakeClient();
  RealtimeClient bob = MakeClient();
  RealtimeChannel from = ann.Channel("room");
  RealtimeChannel to = bob.Channel("room");
  json heard;
  to.OnBroadcast("cursor", [&](const json& payload) { heard = payload; });
  Subscribe(from);
  Subscribe(to);
  ASSERT_TRUE(ann.Connect().ok());
  ASSERT_TRUE(bob.Connect().ok());
  RunUntil([&] { return statuses_.size() == 2; });
  bool acknowledged = false;
  from.Broadcast("other", json::object());
  from.Broadcast("cursor", {{"x", 1}}).Receive("ok", [&](const Reply&) { acknowledged = true; });
  RunUntil([&] { return acknowledged && !heard.is_null(); });
  EXPECT_EQ(heard, json({{"x", 1}}));
}

TEST_F(RealtimeClientTest, SendsARenewedTokenAndJoinsWithItFromThenOn) {
  RealtimeClient client = MakeClient("user");
  RealtimeChannel channel = client.Channel("room");
  Subscribe(channel);
  ASSERT_TRUE(client.Connect().ok());
  RunUntil([&] { return statuses_.size() == 1; });
  client.SetAccessToken("anon");
  supabase_.server().DropConnection(mock::Drop::kFin);
  RunUntil([&] { return statuses_.size() == 2; });
  mock::Recorder& recorder = supabase_.server().recorder();
  EXPECT_EQ(recorder.AwaitJoin("realtime:room", kPatience)->payload.json()["access_token"], "user");
  EXPECT_EQ(recorder.AwaitJoin("realtime:room", kPatience)->payload.json()["access_token"], "anon");
}

TEST_F(RealtimeClientTest, TellsWhyItIsRefused) {
  RealtimeClient client = MakeClient("expired");
  RealtimeChannel channel = client.Channel("room");
  Subscribe(channel);
  ASSERT_TRUE(client.Connect().ok());
  RunUntil([&] { return !statuses_.empty(); });
  EXPECT_EQ(statuses_.front().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(std::string(statuses_.front().message()), HasSubstr("InvalidJWTToken"));
}

TEST(SupabaseRealtimeTest, PrintsWhatHappensUntilItIsStopped) {
  MockSupabase supabase;
  ChildProcess program(kProgram, {supabase.project_url(), "room", "todos"},
                       {{"SUPABASE_KEY", "anon"}});
  EXPECT_EQ(program.ReadLine(), "subscribed to room");
  ASSERT_TRUE(supabase.Insert("room", 100, "todos", {{"id", 1}}).ok());
  EXPECT_EQ(program.ReadLine(), R"(INSERT public.todos {"id":1})");
  ASSERT_TRUE(supabase.server()
                  .Broadcast("realtime:room", "broadcast",
                             json{{"event", "message"}, {"payload", {{"body", "hi"}}}})
                  .ok());
  EXPECT_EQ(program.ReadLine(), R"(message {"body":"hi"})");
  program.Signal(SIGINT);
  EXPECT_EQ(program.Wait(), 0);
}

TEST(SupabaseRealtimeTest, ExplainsItselfAndWhatIsMissing) {
  ChildProcess help(kProgram, {"--help"});
  EXPECT_THAT(help.ReadAll(), testing::StartsWith("usage: supabase_realtime"));
  EXPECT_EQ(help.Wait(), 0);
  ChildProcess no_key(kProgram, {"http://127.0.0.1:1", "room"});
  EXPECT_THAT(no_key.ReadAll(), testing::StartsWith("error: SUPABASE_KEY is not set"));
  EXPECT_EQ(no_key.Wait(), 2);
}

TEST(SupabaseRealtimeTest, SaysThatTheKeyIsWrong) {
  MockSupabase supabase;
  ChildProcess program(kProgram, {supabase.project_url(), "room"}, {{"SUPABASE_KEY", "wrong"}});
  EXPECT_THAT(program.ReadLine(), HasSubstr("403"));
  program.Signal(SIGTERM);
  EXPECT_EQ(program.Wait(), 0);
}

}  // namespace
}  // namespace phx::test
