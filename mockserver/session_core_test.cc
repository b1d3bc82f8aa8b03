#include "mockserver/session_core.h"

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "mockserver/channel.h"
#include "mockserver/channel_builder.h"
#include "mockserver/faults.h"
#include "mockserver/races.h"
#include "mockserver/ready_set.h"
#include "mockserver/session_script.h"
#include "mockserver/user_socket.h"

namespace phx::mock {
namespace {

using std::chrono::milliseconds;

const std::string kJoin = R"(["1","1","room:1","phx_join",{}])";
const std::string kJoined =
    R"(["1","1","room:1","phx_reply",{"response":{"params":{},"topic":"room:1"},"status":"ok"}])";
const std::string kRejoin = R"(["3","3","room:1","phx_join",{}])";
const std::string kRejoined =
    R"(["3","3","room:1","phx_reply",{"response":{"params":{},"topic":"room:1"},"status":"ok"}])";
const std::string kLeave = R"(["1","2","room:1","phx_leave",{}])";
const std::string kLeft = R"(["1","2","room:1","phx_reply",{"response":{},"status":"ok"}])";
const std::string kClosed = R"(["1","1","room:1","phx_close",{}])";
const std::string kErrored = R"(["1","1","room:1","phx_error",{"reason":"channel_crash"}])";
const std::string kEcho2 = R"(["1","2","room:1","echo",{}])";
const std::string kEchoed2 = R"(["1","2","room:1","phx_reply",{"response":{},"status":"ok"}])";
const std::string kEcho3 = R"(["1","3","room:1","echo",{}])";
const std::string kEchoed3 = R"(["1","3","room:1","phx_reply",{"response":{},"status":"ok"}])";
const std::string kCrash2 = R"(["1","2","room:1","crash",{}])";
const std::string kUnmatched3 =
    R"([null,"3","room:1","phx_reply",{"response":{"reason":"unmatched topic"},"status":"error"}])";
const std::string kHeartbeat = R"([null,"9","phoenix","heartbeat",{}])";
const std::string kBeat = R"([null,"9","phoenix","phx_reply",{"response":{},"status":"ok"}])";

const UserSocket& Room() {
  static const auto& socket = *new UserSocket(ReadySet().front());
  return socket;
}

// The options of a session of the ready set, whose id it needs in its assigns.
SessionOptions Options(Races races = {}) {
  SessionOptions options;
  options.assigns = {{"sid", nullptr}};
  options.races = races;
  return options;
}

SessionOptions WithFaults(Faults faults) {
  SessionOptions options = Options();
  options.faults = std::make_shared<const Faults>(std::move(faults));
  return options;
}

UserSocket SocketWith(const ChannelBuilder& channel) {
  UserSocket socket;
  socket.channels = {{"*", channel.Build()}};
  return socket;
}

// Races: every way that real servers went (races.h).

struct RaceCase {
  const char* name;
  Frames sent;
  Races races;
  Frames expected;
};

class SessionRaceTest : public ::testing::TestWithParam<RaceCase> {};

TEST_P(SessionRaceTest, GoesAsChosen) {
  SessionWorld world;
  SessionScript client(world, Room(), Options(GetParam().races));
  ASSERT_EQ(client.Send({kJoin}), Frames({kJoined}));
  EXPECT_EQ(client.Send(GetParam().sent), GetParam().expected);
}

const Races kAllHandled = Races::All(RaceOutcome::kHandled);
const Races kAllLate = Races::All(RaceOutcome::kLate);

INSTANTIATE_TEST_SUITE_P(
    All, SessionRaceTest,
    ::testing::Values(
        RaceCase{"LeaveJoinLost", {kLeave, kRejoin}, {}, {kRejoined, kClosed}},
        RaceCase{"LeaveJoinHandled", {kLeave, kRejoin}, kAllHandled, {kLeft, kClosed, kRejoined}},
        RaceCase{"LeaveJoinLate", {kLeave, kRejoin}, kAllLate, {kRejoined, kLeft, kClosed}},
        RaceCase{"LeavePushLost", {kLeave, kEcho3}, {}, {kLeft, kClosed}},
        RaceCase{"LeavePushHandled", {kLeave, kEcho3}, kAllHandled, {kLeft, kClosed, kUnmatched3}},
        RaceCase{"PushLeave",
                 {kEcho2, R"(["1","3","room:1","phx_leave",{}])"},
                 {},
                 {kEchoed2, kEchoed3, kClosed}},
        RaceCase{"PushJoinLost", {kEcho2, kRejoin}, {}, {kRejoined, kClosed}},
        RaceCase{"PushJoinHandled", {kEcho2, kRejoin}, kAllHandled, {kEchoed2, kRejoined, kClosed}},
        RaceCase{"PushJoinLate", {kEcho2, kRejoin}, kAllLate, {kRejoined, kEchoed2, kClosed}},
        RaceCase{"CrashPushLost", {kCrash2, kEcho3}, {}, {kErrored}},
        RaceCase{"CrashPushHandled", {kCrash2, kEcho3}, kAllHandled, {kErrored, kUnmatched3}},
        RaceCase{"CrashJoinLost", {kCrash2, kRejoin}, {}, {kRejoined, kClosed}},
        RaceCase{"CrashJoinHandled", {kCrash2, kRejoin}, kAllHandled, {kErrored, kRejoined}},
        RaceCase{
            "StopJoinLost", {R"(["1","2","room:1","stop",{}])", kRejoin}, {}, {kRejoined, kClosed}},
        RaceCase{"StopJoinHandled",
                 {R"(["1","2","room:1","stop",{}])", kRejoin},
                 kAllHandled,
                 {kClosed, kRejoined}},
        RaceCase{"PushMalformedLost", {kEcho2, "{bad"}, {}, {"close 1011"}},
        RaceCase{"PushMalformedHandled", {kEcho2, "{bad"}, kAllHandled, {kEchoed2, "close 1011"}}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(SessionCoreTest, AnswersWhatIsSentWithoutWaitingForTheJoin) {
  SessionWorld world;
  SessionScript client(world, Room(), Options());
  EXPECT_EQ(client.Send({kJoin, kEcho2, R"(["1","3","room:1","shout_reply",{}])"}),
            Frames({kJoined, kEchoed2, R"([null,null,"room:1","shouted",{}])", kEchoed3}));
}

TEST(SessionCoreTest, AnswersAHeartbeatBeforeAPushThatStillWaits) {
  SessionWorld world;
  SessionScript client(world, Room(), Options());
  client.Send({kJoin});
  EXPECT_EQ(client.Send({kEcho2, kHeartbeat}), Frames({kBeat, kEchoed2}));
}

TEST(SessionCoreTest, TakesTheSameWayAgainWithTheSameSeed) {
  const auto run = [] {
    Frames all;
    for (ConnectionId id = 1; id != 40; ++id) {
      SessionWorld world;
      SessionOptions options = Options(Races::Seeded(5));
      options.connection = id;
      SessionScript client(world, Room(), options);
      for (std::string& frame : client.Send({kJoin, kLeave, kRejoin})) all.push_back(frame);
    }
    return all;
  };
  const Frames first = run();
  EXPECT_EQ(run(), first);
  EXPECT_NE(std::count(first.begin(), first.end(), kLeft), 0);   // some went one way,
  EXPECT_NE(std::count(first.begin(), first.end(), kLeft), 39);  // some the other
}

// Joins.

TEST(SessionCoreTest, ASlowJoinHoldsUpEverythingElse) {
  SessionWorld world;
  SessionScript client(world, Room(), Options());
  SessionScript other(world, Room(), Options());
  client.Join("room:1");
  other.Send({kJoin});
  EXPECT_EQ(client.Send({R"(["2","2","room:slow","phx_join",{"delay":400}])", kHeartbeat, kEcho2}),
            Frames());
  other.Send({R"(["1","3","room:1","shout",{}])"});
  EXPECT_EQ(client.Take(), Frames());
  world.Advance(milliseconds(399));
  EXPECT_EQ(client.Take(), Frames());
  world.Advance(milliseconds(1));
  EXPECT_EQ(client.Take(),
            Frames({R"(["2","2","room:slow","phx_reply",{"response":{"params":{"delay":400},)"
                    R"("topic":"room:slow"},"status":"ok"}])",
                    kBeat, R"([null,null,"room:1","shouted",{}])", kEchoed2}));
}

TEST(SessionCoreTest, JoinsThatBlockOneAfterTheOtherKeepTheirOrder) {
  SessionWorld world;
  SessionScript client(world, Room(), Options());
  client.Send({R"(["1","1","room:a","phx_join",{"delay":10}])",
               R"(["2","2","room:b","phx_join",{"delay":10}])", kHeartbeat});
  world.Advance(milliseconds(10));
  EXPECT_EQ(client.Take().size(), 1u);
  world.Advance(milliseconds(10));
  const Frames rest = client.Take();
  ASSERT_EQ(rest.size(), 2u);
  EXPECT_EQ(rest[1], kBeat);
}

TEST(SessionCoreTest, AJoinMayBeAnsweredFromAnotherThread) {
  JoinHandle handle;
  const UserSocket socket =
      SocketWith(ChannelBuilder().OnJoin([&](ChannelSocket& channel, const Payload&) {
        handle = channel.join_handle();
        return JoinLater(/*blocks_socket=*/false);
      }));
  SessionWorld world;
  SessionScript client(world, socket);
  EXPECT_EQ(client.Send({kJoin, kHeartbeat}), Frames({kBeat}));
  std::thread([&] { handle.Ok(Payload::JsonText(R"({"late":true})")); }).join();
  handle.Error();  // only the first answer counts
  client.RunRequests();
  EXPECT_EQ(client.Take(),
            Frames({R"(["1","1","room:1","phx_reply",{"response":{"late":true},"status":"ok"}])"}));
}

TEST(SessionCoreTest, AJoinAnsweredLateMayFail) {
  for (const bool crash : {false, true}) {
    JoinHandle handle;
    const UserSocket socket =
        SocketWith(ChannelBuilder().OnJoin([&](ChannelSocket& channel, const Payload&) {
          handle = channel.join_handle();
          return JoinLater();
        }));
    SessionWorld world;
    SessionScript client(world, socket);
    EXPECT_EQ(client.Send({kJoin}), Frames());
    if (crash) {
      handle.Crash();
    } else {
      handle.Error(Payload::JsonText(R"({"reason":"join crashed"})"));
    }
    client.RunRequests();
    EXPECT_EQ(client.Take(), Frames({R"(["1","1","room:1","phx_reply",{"response":{"reason":)"
                                     R"("join crashed"},"status":"error"}])"}));
    EXPECT_FALSE(client.core().has_channels());
  }
}

TEST(SessionCoreTest, AJoinThatIsNeverAnsweredLeavesTheRestAlone) {
  const UserSocket socket = SocketWith(
      ChannelBuilder().OnJoin([](ChannelSocket&, const Payload&) { return JoinNever(); }));
  SessionWorld world;
  SessionScript client(world, socket);
  EXPECT_EQ(client.Send({kJoin, kHeartbeat}), Frames({kBeat}));
  EXPECT_EQ(client.Send({kEcho3}), Frames({kUnmatched3}));
}

TEST(SessionCoreTest, AJoinReplyThatIsNoJsonEndsTheConnection) {
  const UserSocket socket = SocketWith(
      ChannelBuilder().OnJoin([](ChannelSocket&, const Payload&) { return JoinOk(Json("\xFF")); }));
  SessionWorld world;
  SessionScript client(world, socket);
  EXPECT_EQ(client.Send({kJoin}), Frames({"close 1011"}));
}

TEST(SessionCoreTest, WhatAChannelSendsItselfInJoinComesBehindTheReply) {
  const UserSocket socket =
      SocketWith(ChannelBuilder()
                     .OnJoin([](ChannelSocket& channel, const Payload&) {
                       channel.Send({.name = "after_join"});
                       return JoinAfter(milliseconds(5), JoinOk());
                     })
                     .OnInfo("after_join", [](ChannelSocket& channel, const Info&) {
                       channel.Push("hello", Payload());
                       return NoReply();
                     }));
  SessionWorld world;
  SessionScript client(world, socket);
  client.Send({kJoin});
  world.Advance(milliseconds(5));
  EXPECT_EQ(client.Take(),
            Frames({R"(["1","1","room:1","phx_reply",{"response":{},"status":"ok"}])",
                    R"(["1",null,"room:1","hello",{}])"}));
}

TEST(SessionCoreTest, PushingInsideOfJoinCrashesIt) {
  const UserSocket socket =
      SocketWith(ChannelBuilder().OnJoin([](ChannelSocket& channel, const Payload&) {
        channel.Push("too_early", Payload());
        return JoinOk();
      }));
  SessionWorld world;
  SessionScript client(world, socket);
  EXPECT_EQ(client.Send({kJoin}), Frames({R"(["1","1","room:1","phx_reply",{"response":{"reason":)"
                                          R"("join crashed"},"status":"error"}])"}));
}

// join_ref.

TEST(SessionCoreTest, ChecksJoinRefsAsTheChosenRelease) {
  const auto answers = [](JoinRefCheck check, const char* joined_with, const char* pushed_with,
                          const char* event) {
    UserSocket socket = Room();
    socket.join_ref_check = check;
    SessionWorld world;
    SessionScript client(world, socket, Options());
    client.Send({std::string("[") + joined_with + R"(,"1","room:1","phx_join",{}])"});
    return !client
                .Send({std::string("[") + pushed_with + R"(,"2","room:1",")" + event + R"(",{}])"})
                .empty();
  };
  using enum JoinRefCheck;
  for (const char* event : {"echo", "phx_leave"}) {
    EXPECT_TRUE(answers(kPhoenix1812, "\"1\"", "\"1\"", event));
    EXPECT_TRUE(answers(kPhoenix1812, "\"1\"", "null", event));
    EXPECT_FALSE(answers(kPhoenix1812, "\"1\"", "\"2\"", event));
    EXPECT_FALSE(answers(kPhoenix1812, "null", "\"1\"", event));
    EXPECT_FALSE(answers(kPhoenix183, "\"1\"", "null", event));
    EXPECT_TRUE(answers(kPhoenix183, "null", "\"1\"", event));
    EXPECT_FALSE(answers(kPhoenix183, "\"1\"", "\"2\"", event));
  }
  EXPECT_TRUE(answers(kPhoenix17, "\"1\"", "\"2\"", "echo"));
  EXPECT_TRUE(answers(kPhoenix17, "\"1\"", "null", "echo"));
  EXPECT_FALSE(answers(kPhoenix17, "\"1\"", "\"2\"", "phx_leave"));
  EXPECT_FALSE(answers(kPhoenix17, "\"1\"", "null", "phx_leave"));
}

// Handlers.

TEST(SessionCoreTest, AnExceptionOfAnyKindIsACrash) {
  const UserSocket socket = SocketWith(
      ChannelBuilder()
          .OnIn("std",
                [](ChannelSocket&, const Payload&) -> Outcome { throw std::logic_error("x"); })
          .OnIn("int", [](ChannelSocket&, const Payload&) -> Outcome { throw 5; })
          .OnIn("json",
                [](ChannelSocket&, const Payload& p) { return ReplyOk(p.json().at("missing")); })
          .OnIn("unsendable", [](ChannelSocket&, const Payload&) { return ReplyOk(Json("\xFF")); })
          .OnIn("push_list", [](ChannelSocket& channel, const Payload&) {
            channel.Push("e", Payload::JsonText("[]"));
            return NoReply();
          }));
  for (const char* event : {"std", "int", "json", "unsendable", "push_list", "no_such_event"}) {
    SessionWorld world;
    SessionScript client(world, socket);
    client.Join("room:1");
    EXPECT_EQ(client.Send({R"(["1","2","room:1",")" + std::string(event) + R"(",{}])"}),
              Frames({kErrored}))
        << event;
    EXPECT_EQ(client.Send({kHeartbeat}), Frames({kBeat}));
  }
}

TEST(SessionCoreTest, ALateReplyDiesWithItsChannel) {
  SessionWorld world;
  SessionScript client(world, Room(), Options());
  client.Send({kJoin, R"(["1","5","room:1","delay",{"ms":50}])"});
  world.Advance(milliseconds(49));
  EXPECT_EQ(client.Take(), Frames());
  client.Send({kLeave});
  world.Advance(milliseconds(50));
  EXPECT_EQ(client.Take(), Frames());
}

TEST(SessionCoreTest, ASocketRefRepliesFromAnywhereEvenBehindALeave) {
  SocketRef ref;
  const UserSocket socket =
      SocketWith(ChannelBuilder().OnIn("ask", [&](ChannelSocket& channel, const Payload&) {
        ref = channel.socket_ref();
        return NoReply();
      }));
  SessionWorld world;
  {
    SessionScript client(world, socket);
    client.Join("room:1");
    EXPECT_EQ(client.Send({R"(["1","2","room:1","ask",{}])"}), Frames());
    std::thread([&] { ref.Reply("ok", {{"n", 1}}); }).join();
    client.RunRequests();
    EXPECT_EQ(client.Take(),
              Frames({R"(["1","2","room:1","phx_reply",{"response":{"n":1},"status":"ok"}])"}));
    client.Send({kLeave});
    ref.Reply("ok");
    client.RunRequests();
    EXPECT_EQ(client.Take(), Frames({kLeft}));
  }
  ref.Reply("ok");  // the connection is gone: nothing happens
}

TEST(SessionCoreTest, AChannelRefReachesOneChannelFromAnywhere) {
  ChannelRef ref;
  std::vector<StopReason> ends;
  const UserSocket socket = SocketWith(
      ChannelBuilder()
          .OnJoin([&](ChannelSocket& channel, const Payload&) {
            ref = channel.self();
            return JoinOk();
          })
          .OnInfo("note",
                  [](ChannelSocket& channel, const Info& info) {
                    channel.Push("noted", info.payload);
                    return NoReply();
                  })
          .OnTerminate([&](ChannelSocket&, StopReason reason) { ends.push_back(reason); }));
  SessionWorld world;
  SessionScript client(world, socket);
  client.Join("room:1");
  ref.Push("pushed", Json{{"a", 1}});
  ref.Send({.name = "note", .payload = Payload::JsonText(R"({"b":2})")});
  ref.Stop(StopReason::kShutdown);
  ref.Push("too_late", Payload());
  client.RunRequests();
  EXPECT_EQ(client.Take(), Frames({R"(["1",null,"room:1","pushed",{"a":1}])",
                                   R"(["1",null,"room:1","noted",{"b":2}])", kClosed}));
  EXPECT_EQ(ends, std::vector<StopReason>({StopReason::kShutdown}));
}

TEST(SessionCoreTest, TellsChannelsWhyTheyEnd) {
  std::vector<StopReason> ends;
  const UserSocket socket = SocketWith(
      ChannelBuilder()
          .OnIn("stop", [](ChannelSocket&, const Payload&) { return Stop(); })
          .OnIn("abnormal",
                [](ChannelSocket&, const Payload&) { return Stop(StopReason::kAbnormal); })
          .OnTerminate([&](ChannelSocket&, StopReason reason) { ends.push_back(reason); }));
  SessionWorld world;
  auto client = std::make_unique<SessionScript>(world, socket);
  client->Join("room:1");
  client->Send({kLeave});
  client->Join("room:1");
  client->Join("room:1");
  client->Send({R"(["1","2","room:1","stop",{}])"});
  client->Join("room:1");
  client->Send({R"(["1","2","room:1","abnormal",{}])"});
  client->Join("room:1");
  client->Send({R"(["1","2","room:1","boom",{}])"});
  client->Join("room:1");
  client->core().OnClosed(world.now());
  client.reset();
  EXPECT_EQ(ends, std::vector<StopReason>({StopReason::kLeft, StopReason::kDuplicateJoin,
                                           StopReason::kNormal, StopReason::kAbnormal,
                                           StopReason::kCrash, StopReason::kClosed}));
}

TEST(SessionCoreTest, AChannelMayStillPushWhenItEnds) {
  const UserSocket socket = SocketWith(ChannelBuilder().OnTerminate(
      [](ChannelSocket& channel, StopReason) { channel.Push("goodbye", Payload()); }));
  SessionWorld world;
  SessionScript client(world, socket);
  client.Join("room:1");
  EXPECT_EQ(client.Send({kLeave}), Frames({kLeft, R"(["1",null,"room:1","goodbye",{}])", kClosed}));
}

TEST(SessionCoreTest, EveryChannelHasItsOwnAssignsThatBeginAsTheSockets) {
  const UserSocket socket =
      SocketWith(ChannelBuilder()
                     .OnIn("assign",
                           [](ChannelSocket& channel, const Payload& p) {
                             channel.Assign("x", p.json());
                             return ReplyOk(channel.assigns());
                           })
                     .OnIn("assigns", [](ChannelSocket& channel, const Payload&) {
                       return ReplyOk(channel.assigns());
                     }));
  SessionOptions options;
  options.assigns = {{"user", "u"}};
  SessionWorld world;
  SessionScript client(world, socket, options);
  client.Join("room:1");
  client.Join("room:2");
  EXPECT_EQ(
      client.Send({R"(["1","2","room:1","assign",{"a":1}])", R"(["1","3","room:2","assigns",{}])"}),
      Frames({R"(["1","2","room:1","phx_reply",{"response":{"user":"u","x":{"a":1}},)"
              R"("status":"ok"}])",
              R"(["1","3","room:2","phx_reply",{"response":{"user":"u"},"status":"ok"}])"}));
}

TEST(SessionCoreTest, AKeptCopyOfAPayloadOutlivesItsFrame) {
  std::optional<Payload> kept;
  const UserSocket socket =
      SocketWith(ChannelBuilder().OnIn("keep", [&](ChannelSocket&, const Payload& p) {
        kept = p;
        return NoReply();
      }));
  SessionWorld world;
  SessionScript client(world, socket);
  client.Join("room:1");
  client.Send({R"(["1","2","room:1","keep",{"a":1}])"});
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(kept->json(), Json({{"a", 1}}));
}

// Broadcasts.

TEST(SessionCoreTest, AnInterceptedBroadcastGoesThroughHandleOutOfEachMember) {
  const UserSocket socket =
      SocketWith(ChannelBuilder()
                     .OnIn("go",
                           [](ChannelSocket& channel, const Payload&) {
                             channel.Broadcast("secret", Json{{"a", 1}});
                             return ReplyOk();
                           })
                     .OnOut("secret", [](ChannelSocket& channel, const Payload& payload) {
                       if (channel.connection() == 1) channel.Push("secret", payload);
                       return NoReply();
                     }));
  SessionWorld world;
  SessionOptions second;
  second.connection = 2;
  SessionScript a(world, socket);
  SessionScript b(world, socket, second);
  a.Join("room:1");
  b.Join("room:1");
  EXPECT_EQ(b.Send({R"(["1","2","room:1","go",{}])"}), Frames({kEchoed2}));
  EXPECT_EQ(a.Take(), Frames({R"(["1",null,"room:1","secret",{"a":1}])"}));
}

TEST(SessionCoreTest, ABinaryBroadcastThatAMemberCannotCarryCrashesTheBroadcaster) {
  SessionOptions v1 = Options();
  v1.version = ProtocolVersion::kV1;
  SessionWorld world;
  SessionScript old(world, Room(), v1);
  SessionScript client(world, Room(), Options());
  old.Send({R"({"topic":"room:1","event":"phx_join","payload":{},"ref":"1"})"});
  client.Send({kJoin});
  EXPECT_EQ(client.Send({R"(["1","2","room:1","want_bin_broadcast",{"text":"x"}])"}),
            Frames({kErrored}));
  EXPECT_EQ(old.Take(), Frames());
}

TEST(SessionCoreTest, ABroadcastToTheSocketsIdClosesIt) {
  SessionOptions options = Options();
  options.assigns["sid"] = "u1";
  SessionWorld world;
  SessionScript client(world, Room(), options);
  client.Send({kJoin});
  EXPECT_EQ(client.Send({R"(["1","2","room:1","disconnect",{}])"}), Frames({"close 1001"}));
  EXPECT_TRUE(client.core().is_stopped());
  EXPECT_EQ(client.Send({kHeartbeat}), Frames());
}

TEST(SessionCoreTest, TellsTheOthersWhenAPresenceEndsWithItsChannel) {
  SessionOptions second = Options();
  second.connection = 2;
  SessionWorld world;
  SessionScript a(world, Room(), Options());
  auto b = std::make_unique<SessionScript>(world, Room(), second);
  const auto join = [](const char* user) {
    return Frames({std::string(R"(["1","1","presence:p","phx_join",{"user":")") + user + R"("}])"});
  };
  a.Send(join("alice"));
  b->Send(join("bob"));
  a.Take();
  b->core().OnClosed(world.now());
  world.FinishTurn();
  const Frames heard = a.Take();
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(Json::parse(heard[0])[4]["leaves"]["bob"]["metas"].size(), 1u);
}

TEST(SessionCoreTest, TrackingTwiceOrUpdatingWhatIsNotTrackedCrashes) {
  const UserSocket socket =
      SocketWith(ChannelBuilder()
                     .OnIn("twice",
                           [](ChannelSocket& channel, const Payload&) {
                             channel.Track("u", Json::object());
                             channel.Track("u", Json::object());
                             return NoReply();
                           })
                     .OnIn("update",
                           [](ChannelSocket& channel, const Payload&) {
                             channel.UpdatePresence("u", [](Json meta) { return meta; });
                             return NoReply();
                           })
                     .OnIn("untrack", [](ChannelSocket& channel, const Payload&) {
                       channel.Untrack("u");
                       return NoReply();
                     }));
  for (const char* event : {"twice", "update", "untrack"}) {
    SessionWorld world;
    SessionScript client(world, socket);
    client.Join("room:1");
    const Frames heard = client.Send({R"(["1","2","room:1",")" + std::string(event) + R"(",{}])"});
    EXPECT_EQ(heard.back(), kErrored) << event;
  }
}

TEST(HubTest, CarriesBroadcastsToOtherShards) {
  Hub hub;
  SessionWorld here(&hub);
  SessionWorld there(&hub);
  std::vector<std::function<void(Shard&)>> posted;
  hub.Connect(here.shard(), [](std::function<void(Shard&)>) { FAIL() << "the broadcaster's own"; });
  hub.Connect(there.shard(), [&](std::function<void(Shard&)> task) { posted.push_back(task); });
  SessionScript a(here, Room(), Options());
  SessionScript b(there, Room(), Options());
  a.Send({kJoin});
  b.Send({kJoin});
  EXPECT_EQ(a.Send({R"(["1","2","room:1","shout_reply",{}])"}),
            Frames({R"([null,null,"room:1","shouted",{}])", kEchoed2}));
  EXPECT_EQ(b.Take(), Frames());
  ASSERT_EQ(posted.size(), 1u);
  posted[0](there.shard());
  EXPECT_EQ(b.Take(), Frames({R"([null,null,"room:1","shouted",{}])"}));
}

// Faults.

TEST(SessionFaultTest, IgnoresHeartbeats) {
  SessionWorld world;
  SessionScript client(world, Room(), WithFaults({.ignore_heartbeats = true}));
  EXPECT_EQ(client.Send({kHeartbeat}), Frames());
  EXPECT_EQ(client.Send({kJoin}), Frames({kJoined}));
  client.core().SetFaults(std::make_shared<const Faults>());
  EXPECT_EQ(client.Send({kHeartbeat}), Frames({kBeat}));
}

TEST(SessionFaultTest, IgnoresJoins) {
  SessionWorld world;
  SessionScript client(world, Room(), WithFaults({.ignore_joins = true}));
  EXPECT_EQ(client.Send({kJoin}), Frames());
  EXPECT_EQ(client.Send({kEcho3}), Frames({kUnmatched3}));
}

TEST(SessionFaultTest, DelaysJoins) {
  for (const bool blocks : {true, false}) {
    SessionWorld world;
    SessionScript client(
        world, Room(),
        WithFaults({.delay_joins = milliseconds(100), .delayed_joins_block_socket = blocks}));
    EXPECT_EQ(client.Send({kJoin, kHeartbeat}), blocks ? Frames() : Frames({kBeat}));
    world.Advance(milliseconds(100));
    EXPECT_EQ(client.Take(), blocks ? Frames({kJoined, kBeat}) : Frames({kJoined}));
    EXPECT_EQ(client.Send({kEcho2}), Frames({kEchoed2}));
  }
}

TEST(SessionFaultTest, AJoinGivenUpForANewOneIsNotAnswered) {
  SessionWorld world;
  SessionScript client(
      world, Room(),
      WithFaults({.delay_joins = milliseconds(100), .delayed_joins_block_socket = false}));
  client.Send({kJoin});
  world.Advance(milliseconds(50));
  client.Send({kRejoin});
  world.Advance(milliseconds(100));
  EXPECT_EQ(client.Take(), Frames({kRejoined}));
}

TEST(SessionFaultTest, RepliesWithAWrongRef) {
  SessionWorld world;
  SessionScript client(world, Room(), WithFaults({.reply_ref = "\"77\""}));
  EXPECT_EQ(client.Send({kHeartbeat}),
            Frames({R"([null,"77","phoenix","phx_reply",{"response":{},"status":"ok"}])"}));
}

TEST(SessionCoreTest, CountsWhatWaitsForASlowJoin) {
  SessionWorld world;
  SessionScript other(world, Room(), Options());
  other.Join("room:2");
  SessionScript client(world, Room(), Options());
  client.Join("room:2");
  const std::string echo = R"(["1","3","room:2","echo",{"a":1}])";
  client.Send({R"(["2","2","room:1","phx_join",{"delay":400}])", echo});
  EXPECT_EQ(client.core().held_input(), echo.size());
  other.Send({R"(["1","4","room:2","shout",{"b":2}])"});
  const std::string shouted = R"([null,null,"room:2","shouted",{"b":2}])";
  EXPECT_EQ(client.core().held_output(), shouted.size());
  world.Advance(milliseconds(400));
  EXPECT_EQ(client.Take().size(), 3U);
  EXPECT_EQ(client.core().held_input(), 0U);
  EXPECT_EQ(client.core().held_output(), 0U);
}

}  // namespace
}  // namespace phx::mock
