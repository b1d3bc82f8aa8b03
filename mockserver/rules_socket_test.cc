// What rules do, in virtual time.
#include "mockserver/rules_socket.h"

#include <chrono>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "mockserver/channel.h"
#include "mockserver/rules.h"
#include "mockserver/rules_json.h"
#include "mockserver/session_script.h"
#include "mockserver/user_socket.h"

namespace phx::mock {
namespace {

using std::chrono::milliseconds;

UserSocket Parsed(const std::string& json) {
  absl::StatusOr<Rules> rules = RulesFromJson(json);
  EXPECT_TRUE(rules.ok()) << rules.status();
  return RulesSocket(rules.ok() ? *std::move(rules) : Rules());
}

// A socket whose topics "room:*" have these fields.
UserSocket Room(const std::string& fields) {
  return Parsed(R"({"channels":[{"topic":"room:*",)" + fields + "}]}");
}

// A socket whose topics "room:*" do these steps for every event.
UserSocket Doing(const std::string& steps) { return Room(R"("events":[{"do":)" + steps + "}]"); }

Frames Join(SessionScript& client, const std::string& params) {
  return client.Send({R"(["1","1","room:1","phx_join",)" + params + "]"});
}

Frames Send(SessionScript& client, const std::string& event, const std::string& payload = "{}") {
  return client.Send({R"(["1","2","room:1",")" + event + "\"," + payload + "]"});
}

std::string Replied(const std::string& ref, const std::string& status,
                    const std::string& response) {
  return R"(["1",")" + ref + R"(","room:1","phx_reply",{"response":)" + response +
         R"(,"status":")" + status + "\"}]";
}

std::string Pushed(const std::string& event, const std::string& payload) {
  return R"(["1",null,"room:1",")" + event + "\"," + payload + "]";
}

std::string Broadcast(const std::string& event, const std::string& payload) {
  return R"([null,null,"room:1",")" + event + "\"," + payload + "]";
}

const std::string kCrashed = R"(["1","1","room:1","phx_error",{"reason":"channel_crash"}])";
const std::string kClosed = R"(["1","1","room:1","phx_close",{}])";

class RulesSocketTest : public ::testing::Test {
 protected:
  SessionWorld world_;
};

TEST_F(RulesSocketTest, WithoutJoinsAllMayJoin) {
  const UserSocket socket = Room(R"("events":[])");
  SessionScript client(world_, socket);
  EXPECT_EQ(Join(client, "{}"), Frames({Replied("1", "ok", "{}")}));
  EXPECT_EQ(Send(client, "anything"), Frames({kCrashed}));
}

TEST_F(RulesSocketTest, TheFirstJoinThatMatchesAnswers) {
  const UserSocket socket = Room(R"("join":[
      {"topic":"room:private","error":{"reason":"unauthorized"}},
      {"params":{"user":{"name":"eve"}},"error":{"no":"${params.user.name}"}},
      {"params":{"boom":true},"crash":true},
      {"params":{"token":"t"},"ok":{"room":"${subtopic}","in":"${topic}"}}])");
  SessionScript client(world_, socket);
  EXPECT_EQ(client.Send({R"(["1","1","room:private","phx_join",{"token":"t"}])"}),
            Frames({R"(["1","1","room:private","phx_reply",)"
                    R"({"response":{"reason":"unauthorized"},"status":"error"}])"}));
  EXPECT_EQ(Join(client, R"({"user":{"name":"eve","age":5},"token":"t"})"),
            Frames({Replied("1", "error", R"({"no":"eve"})")}));
  const std::string crashed = Replied("1", "error", R"({"reason":"join crashed"})");
  EXPECT_EQ(Join(client, R"({"boom":true})"), Frames({crashed}));
  EXPECT_EQ(Join(client, R"({"token":"other"})"), Frames({crashed}));
  EXPECT_EQ(Join(client, R"({"token":"t"})"),
            Frames({Replied("1", "ok", R"({"in":"room:1","room":"1"})")}));
}

TEST_F(RulesSocketTest, AJoinMayBeLateOrNeverAnswered) {
  const UserSocket socket = Room(R"("join":[{"params":{"never":1},"never":true},
      {"ok":{"a":1},"after_ms":50,"do":[{"push":"hello","payload":{"to":"${params.n}"}}]}])");
  SessionScript client(world_, socket);
  EXPECT_EQ(Join(client, R"({"never":1})"), Frames());
  EXPECT_EQ(Join(client, R"({"n":"ann"})"), Frames());
  world_.Advance(milliseconds(49));
  EXPECT_EQ(client.Take(), Frames());
  world_.Advance(milliseconds(1));
  EXPECT_EQ(client.Take(),
            Frames({Replied("1", "ok", R"({"a":1})"), Pushed("hello", R"({"to":"ann"})")}));
}

TEST_F(RulesSocketTest, EventsMatchByNamePayloadAndParams) {
  const UserSocket socket = Room(R"("join":[{"ok":{}}],"events":[
      {"event":"say","payload":{"loud":true},"do":[{"reply":"loud"}]},
      {"event":"say","params":{"quiet":true},"do":[{"reply":"quiet"}]},
      {"event":"say","do":[{"reply":"ok"}]},
      {"event":"nothing"}])");
  SessionScript client(world_, socket);
  Join(client, R"({"quiet":true})");
  EXPECT_EQ(Send(client, "say", R"({"loud":true,"x":1})"), Frames({Replied("2", "loud", "{}")}));
  EXPECT_EQ(Send(client, "say", R"({"loud":false})"), Frames({Replied("2", "quiet", "{}")}));
  SessionScript other(world_, socket);
  Join(other, "{}");
  EXPECT_EQ(Send(other, "say", "[5]"), Frames({Replied("2", "ok", "{}")}));
  EXPECT_EQ(Send(other, "nothing"), Frames());
}

TEST_F(RulesSocketTest, RepliesWithThePayloadAsItCame) {
  const UserSocket socket = Doing(R"([{"reply":"ok","response":"${payload}"}])");
  SessionScript client(world_, socket);
  Join(client, "{}");
  const std::string payload = R"({"z":123456789012345678901234567890,"a":1})";
  EXPECT_EQ(Send(client, "echo", payload), Frames({Replied("2", "ok", payload)}));
  EXPECT_EQ(client.SendBinary(std::string("\0\1\1\6\1"
                                          "12room:1e\xff",
                                          15)),
            Frames({"0x01010106023132726f6f6d3a316f6bff"}));
}

TEST_F(RulesSocketTest, StepsAreDoneInOrderAndTheReplyComesBehind) {
  const UserSocket socket = Doing(R"([{"reply":"ok","response":{"n":"${payload.n}"}},
      {"push":"pushed","payload":{"event":"${event}"}},
      {"broadcast":"${payload.as}","payload":{"c":"${connection}"}},
      {"broadcast_from":"others"},
      {"push":"later","after_ms":0}])");
  SessionOptions options;
  options.connection = 7;
  SessionScript client(world_, socket, options);
  SessionScript other(world_, socket);
  Join(client, "{}");
  Join(other, "{}");
  EXPECT_EQ(Send(client, "go", R"({"n":5,"as":"news"})"),
            Frames({Pushed("pushed", R"({"event":"go"})"), Broadcast("news", R"({"c":7})"),
                    Replied("2", "ok", R"({"n":5})")}));
  world_.Advance(milliseconds(0));
  EXPECT_EQ(client.Take(), Frames({Pushed("later", "{}")}));
  EXPECT_EQ(other.Take(), Frames({Broadcast("news", R"({"c":7})"), Broadcast("others", "{}")}));
}

TEST_F(RulesSocketTest, StepsMayBeLate) {
  const UserSocket socket = Doing(R"([{"reply":"ok","after_ms":20},
      {"push":"tick","payload":"${payload}","after_ms":10},{"stop":"normal","after_ms":30}])");
  SessionScript client(world_, socket);
  Join(client, "{}");
  EXPECT_EQ(Send(client, "go", R"({"a":1})"), Frames());
  world_.Advance(milliseconds(10));
  EXPECT_EQ(client.Take(), Frames({Pushed("tick", R"({"a":1})")}));
  world_.Advance(milliseconds(10));
  EXPECT_EQ(client.Take(), Frames({Replied("2", "ok", "{}")}));
  world_.Advance(milliseconds(10));
  EXPECT_EQ(client.Take(), Frames({kClosed}));
}

TEST_F(RulesSocketTest, ChannelsStopAndCrash) {
  const UserSocket socket =
      Room(R"("events":[{"event":"stop","do":[{"stop":"normal"},{"reply":"ok"}]},
                        {"event":"abnormal","do":[{"stop":"abnormal"}]},
                        {"event":"crash","do":[{"push":"last"},{"crash":true}]}])");
  SessionScript client(world_, socket);
  Join(client, "{}");
  EXPECT_EQ(Send(client, "stop"), Frames({Replied("2", "ok", "{}"), kClosed}));
  Join(client, "{}");
  EXPECT_EQ(Send(client, "abnormal"), Frames({kCrashed}));
  Join(client, "{}");
  EXPECT_EQ(Send(client, "crash"), Frames({Pushed("last", "{}"), kCrashed}));
}

TEST_F(RulesSocketTest, KnowsWhoIsPresent) {
  const UserSocket socket = Room(R"("join":[{"ok":{},"do":[{"presence_state":true}]}],
              "events":[{"event":"track","do":[{"track":"${params.user}","meta":"${payload}"}]},
                        {"event":"untrack","do":[{"untrack":"${params.user}"}]}])");
  SessionScript client(world_, socket);
  EXPECT_EQ(Join(client, R"({"user":"ann"})"),
            Frames({Replied("1", "ok", "{}"), Pushed("presence_state", "{}")}));
  const auto metas = [](const Frames& frames, const char* in) {
    const Json diff = Json::parse(frames.at(0)).at(4).at(in);
    return diff.empty() ? Json() : diff.at("ann").at("metas").at(0).value("n", Json());
  };
  const Frames tracked = Send(client, "track", R"({"n":1})");
  EXPECT_EQ(metas(tracked, "joins"), 1);
  const Frames updated = Send(client, "track", R"({"n":2})");
  EXPECT_EQ(metas(updated, "joins"), 2);
  EXPECT_EQ(metas(updated, "leaves"), 1);
  EXPECT_EQ(metas(Send(client, "untrack"), "leaves"), 2);
  EXPECT_EQ(Send(client, "untrack"), Frames());
}

TEST_F(RulesSocketTest, RefusesClientsAndNamesSockets) {
  const UserSocket socket =
      Parsed(R"({"refuse":[{"params":{"token":"bad"},"status":401,"body":"no"}],
                 "id":"users:${params.user}","channels":[]})");
  Json assigns = Json::object();
  const ConnectResult refused = socket.connect({.params = {{"token", "bad"}}}, assigns);
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->status, 401);
  EXPECT_EQ(refused->body, "no");
  EXPECT_EQ(socket.connect({.params = {{"user", "ann"}}}, assigns), std::nullopt);
  EXPECT_EQ(socket.id(assigns), "users:ann");
}

}  // namespace
}  // namespace phx::mock
