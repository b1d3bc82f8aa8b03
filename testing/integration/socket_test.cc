// What a user of Socket and Channel sees, on every kind of connection that the library speaks.
#include "client/socket.h"

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "client/channel.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "testing/integration/fixture.h"

namespace phx::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

class SocketTest : public LoopbackTest, public testing::WithParamInterface<Flavour> {
 protected:
  void SetUp() override { Start(GetParam()); }

  // Joins, has the connection dropped, and joins again, noting what "try" in the params was.
  void JoinTwice(const Socket& socket, const Channel& room, std::vector<json>* tries) {
    room.OnJoin([tries](const ChannelJoined& joined) {
      tries->push_back(joined.reply.response.json().at("params").at("try"));
    });
    room.Join();
    ASSERT_TRUE(socket.Connect().ok());
    RunUntil([&] { return tries->size() == 1; });
    server().DropConnection(mock::Drop::kFin);
    RunUntil([&] { return tries->size() == 2; });
  }
};

INSTANTIATE_TEST_SUITE_P(Connections, SocketTest,
                         testing::Values(Flavour{.tls = false, .v1 = false},
                                         Flavour{.tls = false, .v1 = true},
                                         Flavour{.tls = true, .v1 = false},
                                         Flavour{.tls = true, .v1 = true}),
                         NameOf);

TEST_P(SocketTest, TellsOfItsOpeningWithTheServersAnswer) {
  const Socket socket = MakeSocket();
  int status = 0;
  std::string remote;
  socket.OnOpen([&](const OpenInfo& info) {
    status = info.response.status;
    remote = info.remote_address;
  });
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return status != 0; });
  EXPECT_EQ(status, 101);
  EXPECT_THAT(remote, HasSubstr("127.0.0.1:"));
  EXPECT_TRUE(socket.is_connected());
}

TEST_P(SocketTest, AsksForItsParamsAndItsTokenAtEveryConnect) {
  int asked = 0;
  SocketOptions options = ClientOptions();
  options.params = [&asked] { return json{{"attempt", ++asked}}; };
  options.auth_token = [&asked] { return "token " + std::to_string(asked); };
  const Socket socket = MakeSocket(options);
  int opened = 0;
  socket.OnOpen([&](const OpenInfo&) { ++opened; });
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return opened == 1; });
  server().DropConnection(mock::Drop::kFin);
  RunUntil([&] { return opened == 2; });
  std::vector<std::string> attempts;
  std::vector<std::string> protocols;
  for (const mock::Received& received : server().recorder().All()) {
    if (received.kind != mock::Received::Kind::kRequest) continue;
    attempts.push_back(received.info.params.at("attempt"));
    protocols.emplace_back(received.info.Header("sec-websocket-protocol"));
  }
  EXPECT_THAT(attempts, ElementsAre("1", "2"));
  ASSERT_EQ(protocols.size(), 2U);
  EXPECT_NE(protocols[0], protocols[1]);
  EXPECT_THAT(protocols[0], HasSubstr("base64url.bearer.phx."));
}

TEST_P(SocketTest, JoinsBeforeItIsConnectedAndSendsItsParams) {
  const Socket socket = MakeSocket();
  const Channel room = socket.Channel("room:1", json{{"user", "ann"}});
  json response;
  room.Join().Receive("ok", [&](const Reply& reply) { response = reply.response.json(); });
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return !response.is_null(); });
  EXPECT_EQ(response, json({{"topic", "room:1"}, {"params", {{"user", "ann"}}}}));
  EXPECT_TRUE(room.is_joined());
  EXPECT_FALSE(room.join_ref().empty());
}

TEST_P(SocketTest, GivesEachPushItsOwnReply) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  std::vector<int> replies;
  for (int i = 0; i < 100; ++i) {
    room.Push("echo", json{{"n", i}}).Receive("ok", [&replies](const Reply& reply) {
      replies.push_back(reply.response.json().at("n").get<int>());
    });
  }
  RunUntil([&] { return replies.size() == 100; });
  for (int i = 0; i < 100; ++i) EXPECT_EQ(replies[static_cast<std::size_t>(i)], i);
}

TEST_P(SocketTest, SortsRepliesByTheirStatus) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  std::vector<std::string> heard;
  const auto note = [&heard](const std::string& what) {
    return [&heard, what](const Reply&) { heard.push_back(what); };
  };
  room.Push("echo_error", json{{"why", "no"}})
      .Receive("ok", note("ok"))
      .Receive("error", note("error"));
  room.Push("status", json{{"status", "pending"}}).Receive("pending", note("pending"));
  RunUntil([&] { return heard.size() == 2; });
  EXPECT_THAT(heard, ElementsAre("error", "pending"));
}

TEST_P(SocketTest, HearsPushesAndBroadcastsInOrder) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  std::vector<std::string> heard;
  room.On("pushed",
          [&](const Message& m) { heard.push_back("pushed " + std::string(m.payload.text())); });
  room.On("shouted",
          [&](const Message& m) { heard.push_back("shouted " + std::string(m.payload.text())); });
  room.Push("push_me", json{{"n", 1}});
  room.Push("shout", json{{"n", 2}});
  room.Push("push_me", json{{"n", 3}});
  RunUntil([&] { return heard.size() == 3; });
  EXPECT_THAT(heard, ElementsAre(R"(pushed {"n":1})", R"(shouted {"n":2})", R"(pushed {"n":3})"));
}

TEST_P(SocketTest, ReachesOtherMembersButNotItselfWithShoutFrom) {
  const Socket one = MakeSocket();
  const Socket two = MakeSocket();
  const Channel speaker = Joined(one, "room:1");
  const Channel listener = Joined(two, "room:1");
  int heard_by_speaker = 0;
  int heard_by_listener = 0;
  speaker.On("shouted", [&](const Message&) { ++heard_by_speaker; });
  listener.On("shouted", [&](const Message&) { ++heard_by_listener; });
  speaker.Push("shout_from", json{{"n", 1}});
  speaker.Push("shout", json{{"n", 2}});
  RunUntil([&] { return heard_by_listener == 2 && heard_by_speaker == 1; });
}

TEST_P(SocketTest, LeavesWithTheServersAgreementAndClosesOnce) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  std::vector<std::string> events;
  room.OnClose([&](const ChannelClosed& closed) {
    events.emplace_back(closed.cause == ChannelClosed::Cause::kLeft ? "left" : "closed");
  });
  room.On("shouted", [&](const Message&) { events.emplace_back("shouted"); });
  room.Leave().Receive("ok", [&](const Reply&) { events.emplace_back("ok"); });
  RunUntil([&] { return events.size() == 2; });
  server().Broadcast("room:1", "shouted", json::object()).IgnoreError();
  // A second channel's answer shows that nothing else came before it.
  Joined(socket, "room:2");
  EXPECT_THAT(events, testing::UnorderedElementsAre("ok", "left"));
  EXPECT_TRUE(room.is_closed());
}

TEST_P(SocketTest, JoinsAgainAfterLeavingEvenWhileTheLeaveIsUnderWay) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  const Ref first_join = room.join_ref();
  bool joined = false;
  room.Leave();
  room.Join().Receive("ok", [&](const Reply&) { joined = true; });
  RunUntil([&] { return joined; });
  EXPECT_GT(room.join_ref(), first_join);
  bool replied = false;
  room.Push("echo").Receive("ok", [&](const Reply&) { replied = true; });
  RunUntil([&] { return replied; });
}

TEST_P(SocketTest, ReportsARefusedJoin) {
  const Socket socket = MakeSocket();
  const Channel room = socket.Channel("room:private");
  std::string reason;
  room.Join().Receive("error", [&](const Reply& reply) {
    reason = reply.response.json().at("reason").get<std::string>();
  });
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return !reason.empty(); });
  EXPECT_EQ(reason, "unauthorized");
  EXPECT_TRUE(room.is_errored());
}

TEST_P(SocketTest, ReportsATopicThatTheServerDoesNotHave) {
  const Socket socket = MakeSocket();
  std::string reason;
  socket.Channel("nothing:here").Join().Receive("error", [&](const Reply& reply) {
    reason = reply.response.json().at("reason").get<std::string>();
  });
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return !reason.empty(); });
  EXPECT_EQ(reason, "unmatched topic");
}

TEST_P(SocketTest, RejoinsByItselfAfterAChannelCrash) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  std::vector<std::string> events;
  room.OnError([&](const ChannelErrored& errored) {
    events.emplace_back(std::string(ToString(errored.cause)));
  });
  room.OnJoin([&](const ChannelJoined& joined) {
    events.emplace_back(joined.is_rejoin ? "rejoined" : "joined");
  });
  room.Push("crash").Receive("error", [&](const Reply&) { events.emplace_back("push failed"); });
  RunUntil([&] { return events.size() == 3; });
  EXPECT_THAT(events, testing::UnorderedElementsAre("push failed", "channel crashed", "rejoined"));
  EXPECT_EQ(events.back(), "rejoined");
}

TEST_P(SocketTest, StaysClosedWhenTheServerStopsTheChannel) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  bool closed = false;
  room.OnClose([&](const ChannelClosed& info) {
    closed = info.cause == ChannelClosed::Cause::kServerClosed;
  });
  room.Push("stop");
  RunUntil([&] { return closed; });
  EXPECT_TRUE(room.is_closed());
}

TEST_P(SocketTest, ComesBackWithItsChannelsWhenTheConnectionDrops) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  const Channel other = Joined(socket, "room:2");
  for (const mock::Drop how : {mock::Drop::kFin, mock::Drop::kRst}) {
    int rejoined = 0;
    const Ref one = room.OnJoin([&](const ChannelJoined&) { ++rejoined; });
    const Ref two = other.OnJoin([&](const ChannelJoined&) { ++rejoined; });
    bool closed = false;
    const Ref three = socket.OnClose([&](const SocketClosed& info) {
      closed = info.info.code == wire::close_code::kAbnormal && info.reconnect_in.has_value();
    });
    server().DropConnection(how);
    RunUntil([&] { return rejoined == 2; });
    EXPECT_TRUE(closed);
    room.Off(one);
    other.Off(two);
    socket.Off(three);
  }
}

TEST_P(SocketTest, ReconnectsWhateverTheCloseCode) {
  const Socket socket = MakeSocket();
  int opened = 0;
  std::vector<int> codes;
  socket.OnOpen([&](const OpenInfo&) { ++opened; });
  socket.OnClose([&](const SocketClosed& closed) { codes.push_back(closed.info.code); });
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return opened == 1; });
  for (const std::uint16_t code : {1000, 1001, 1011, 1012, 4000}) {
    const int before = opened;
    server().Close({code, "bye"});
    RunUntil([&] { return opened == before + 1; });
  }
  EXPECT_THAT(codes, ElementsAre(1000, 1001, 1011, 1012, 4000));
}

TEST_P(SocketTest, StaysDisconnectedAndConnectsAgainWhenTold) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  bool clean = false;
  socket.OnClose([&](const SocketClosed& closed) {
    clean = closed.was_clean && !closed.reconnect_in.has_value();
  });
  socket.Disconnect();
  RunUntil([&] { return clean; });
  EXPECT_EQ(socket.connection_state(), ConnectionState::kClosed);
  EXPECT_TRUE(room.is_errored());
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return room.is_joined(); });
}

TEST_P(SocketTest, SurvivesHandlersThatThrow) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  int heard = 0;
  room.On("pushed", [](const Message&) { throw std::runtime_error("boom"); });
  room.On("pushed", [&](const Message&) { ++heard; });
  room.Push("push_me", json{{"n", 1}});
  room.Push("push_me", json{{"n", 2}});
  RunUntil([&] { return heard == 2; });
  EXPECT_THAT(Log(), HasSubstr("boom"));
}

TEST_P(SocketTest, SkipsMalformedFramesAndGoesOn) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  for (const char* frame : {"[]", "{}", "[1,2]", "null", R"("x")", R"(["1","1","room:1")", "",
                            "[null,null,null,null,null]"}) {
    server().SendFrame({wire::FrameType::kText, frame});
  }
  bool replied = false;
  room.Push("echo").Receive("ok", [&](const Reply&) { replied = true; });
  RunUntil([&] { return replied; });
  SocketStats stats;
  socket.AsyncStats([&](const SocketStats& counted) { stats = counted; });
  RunUntil([&] { return stats.frames_received > 0; });
  EXPECT_EQ(stats.malformed_frames, 8U);
}

TEST_P(SocketTest, SendsRawMessagesAndHearsAllMessages) {
  const Socket socket = MakeSocket();
  std::vector<std::string> topics;
  socket.OnMessage([&](const Message& m) { topics.push_back(m.topic.ToString()); });
  const Ref ref = socket.Push("phoenix", "heartbeat", wire::Payload());  // before it is connected
  EXPECT_FALSE(ref.empty());
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return !topics.empty(); });
  EXPECT_THAT(topics, ElementsAre("phoenix"));
}

TEST_P(SocketTest, ReturnsTheSameChannelForATopicUntilItIsRemoved) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  EXPECT_EQ(socket.Channel("room:1"), room);
  EXPECT_EQ(socket.channels().size(), 1U);
  bool failed = false;
  room.Push("noreply").Receive("error", [&](const Reply&) { failed = true; });
  room.Remove();
  RunUntil([&] { return failed; });
  EXPECT_TRUE(room.is_removed());
  EXPECT_TRUE(socket.channels().empty());
  const Channel anew = Joined(socket, "room:1");
  EXPECT_FALSE(anew == room);
}

TEST_P(SocketTest, ReevaluatesJoinParamsAtEveryRejoin) {
  const Socket socket = MakeSocket();
  int asked = 0;
  const Channel room = socket.Channel("room:1", [&asked] { return json{{"try", ++asked}}; });
  std::vector<json> params;
  JoinTwice(socket, room, &params);
  EXPECT_THAT(params, ElementsAre(json(1), json(2)));
}

TEST_P(SocketTest, KeepsWhatAFunctionOfParamsRemembers) {
  SocketOptions options = ClientOptions();
  options.params = [tries = 0]() mutable { return json{{"try", std::to_string(++tries)}}; };
  const Socket socket = MakeSocket(options);
  const Channel room = socket.Channel("room:1", [tries = 0]() mutable {
    return json{{"try", ++tries}};
  });
  std::vector<json> params;
  JoinTwice(socket, room, &params);
  EXPECT_THAT(params, ElementsAre(json(1), json(2)));
  std::vector<std::string> tries;
  for (const mock::Received& received : server().recorder().All()) {
    if (received.kind == mock::Received::Kind::kRequest) {
      tries.push_back(received.info.params.at("try"));
    }
  }
  EXPECT_THAT(tries, ElementsAre("1", "2"));
}

TEST_P(SocketTest, WaitsForEverWithATimeoutOfZero) {
  SocketOptions options = ClientOptions();
  options.push_timeout = std::chrono::milliseconds(0);
  const Socket socket = MakeSocket(options);
  const Channel room = Joined(socket, "room:1");
  bool is_echoed = false;
  room.Push("echo").Receive("ok", [&](const Reply&) { is_echoed = true; });
  RunUntil([&] { return is_echoed; });
  bool is_left = false;
  room.Leave().Receive("ok", [&](const Reply&) { is_left = true; });
  RunUntil([&] { return is_left; });
}

TEST_P(SocketTest, WaitsForEverWithTheLongestTimeouts) {
  constexpr auto kLongest = std::chrono::milliseconds::max();
  SocketOptions options = ClientOptions();
  options.connect_timeout = kLongest;
  options.push_timeout = kLongest;
  options.heartbeat_interval = kLongest;
  const Socket socket = MakeSocket(options);
  const Channel room = Joined(socket, "room:1");
  bool is_echoed = false;
  room.Push("echo", Payload(), kLongest).Receive("ok", [&](const Reply&) { is_echoed = true; });
  RunUntil([&] { return is_echoed; });
  bool is_left = false;
  room.Leave().Receive("ok", [&](const Reply&) { is_left = true; });
  RunUntil([&] { return is_left; });
}

TEST_P(SocketTest, TellsReasonsThatAreNotUtf8AsFarAsTheyAre) {
  const Socket socket = MakeSocket();
  const Channel room = socket.Channel("room:1", JoinParams([](const Answer<json>& answer) {
                                        answer(absl::UnavailableError("not \xff today"));
                                      }));
  std::string reason;
  room.Join().Receive("error", [&](const Reply& reply) {
    reason = reply.response.json().at("reason").get<std::string>();
  });
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return !reason.empty(); });
  EXPECT_THAT(reason, HasSubstr("not \xef\xbf\xbd today"));
}

// Nobody holds the join's handle, so that nothing is kept of it but who hears of its outcomes.
TEST_P(SocketTest, TellsTheHooksOfAJoinOfEveryRejoin) {
  const Socket socket = MakeSocket();
  const Channel room = socket.Channel("room:1", json{{"try", 7}});
  std::vector<json> params;
  room.OnJoin([&](const ChannelJoined& joined) {
    params.push_back(joined.reply.response.json().at("params"));
  });
  std::vector<std::string> heard;
  room.Join()
      .Receive("ok", [&](const Reply&) { heard.emplace_back("ok"); })
      .Receive("error", [&](const Reply&) { heard.emplace_back("error"); })
      .Receive([&](const Reply& reply) { heard.push_back("any: " + reply.status.ToString()); });
  ASSERT_TRUE(socket.Connect().ok());
  for (std::size_t joins = 1; joins <= 3; ++joins) {
    RunUntil([&] { return heard.size() == 2 * joins; });
    EXPECT_EQ(params.size(), joins);
    EXPECT_EQ(params.back(), json({{"try", 7}}));
    server().DropConnection(mock::Drop::kFin);
  }
  EXPECT_THAT(heard, ElementsAre("ok", "any: ok", "ok", "any: ok", "ok", "any: ok"));
}

TEST_P(SocketTest, TellsAHookThatComesAfterTheJoinsOutcomeAtOnceAndOfEveryRejoin) {
  const Socket socket = MakeSocket();
  const Channel room = socket.Channel("room:1");
  const Push join = room.Join();
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return room.is_joined(); });
  int heard = 0;
  join.Receive("error", [&](const Reply&) { heard = -100; });
  join.Receive("ok", [&](const Reply&) { ++heard; });
  RunUntil([&] { return heard == 1; });
  server().DropConnection(mock::Drop::kFin);
  RunUntil([&] { return heard == 2; });
  EXPECT_TRUE(join.is_done());
  EXPECT_EQ(join.event(), "phx_join");
}

TEST_P(SocketTest, LetsAHookOfAJoinJoinAgain) {
  phx::SocketOptions options = ClientOptions();
  options.should_rejoin = [](const Reply&) { return false; };
  const Socket socket = MakeSocket(std::move(options));
  const Channel room = socket.Channel("room:private");
  std::vector<std::string> heard;
  room.Join().Receive("error", [&](const Reply&) {
    heard.emplace_back("first");
    room.Join().Receive("error", [&](const Reply&) { heard.emplace_back("second"); });
  });
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return heard.size() == 2; });
  EXPECT_THAT(heard, ElementsAre("first", "second"));
}

TEST_P(SocketTest, FailsPushesInFlightWhenTheConnectionDrops) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  absl::Status status;
  bool done = false;
  room.AsyncPush("noreply", json::object(), [&](const absl::StatusOr<Reply>& reply) {
    status = reply.status();
    done = true;
  });
  RunReady();
  ASSERT_TRUE(server().recorder().AwaitFrame("room:1", "noreply", kPatience).ok());
  server().DropConnection(mock::Drop::kRst);
  RunUntil([&] { return done; });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
}

}  // namespace
}  // namespace phx::test
