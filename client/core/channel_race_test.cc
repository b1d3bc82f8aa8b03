// What real Phoenix servers answer when two messages cross: recorded orders, all of which occur.
// A join kills the channel's older process, which then answers nothing; pushes and leaves are
// handled by the channel's process, joins by the socket's.
#include <chrono>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/core/options.h"
#include "client/core/states.h"
#include "client/wire/json_serializer_v1.h"
#include "gtest/gtest.h"
#include "testing/core_script.h"

namespace phx::core {
namespace {

using absl::StatusCode;
using ::phx::test::CoreScript;
using namespace std::chrono_literals;

std::string VersionName(const ::testing::TestParamInfo<bool>& version) {
  return version.param ? "V1" : "V2";
}

constexpr char kJoin[] = "$room:1";  // of a channel that Joined() has joined

// Says what Phoenix says, in either version.
class Server {
 public:
  Server(CoreScript& script, bool is_v1) : script_(script), is_v1_(is_v1) {}

  // To the message with this ref, sent under this join.
  void Reply(const std::string& ref, const std::string& join) {
    script_.Reply(join, ref, "room:1");
  }
  void Unmatched(const std::string& ref) {
    const char* payload = R"({"response":{"reason":"unmatched topic"},"status":"error"})";
    Say("null", absl::StrCat("\"", ref, "\""), "phx_reply", payload);
  }
  void Close(const std::string& join) { End(join, "phx_close", "{}"); }
  void Error(const std::string& join) { End(join, "phx_error", R"({"reason":"channel_crash"})"); }
  void Message(const std::string& event) { Say("null", "null", event, "{}"); }
  void Push(const std::string& join, const std::string& event) {
    Say(absl::StrCat("\"", join, "\""), "null", event, "{}");
  }

 private:
  // V2 names the join twice, V1 not at all.
  void End(const std::string& join, const std::string& event, const char* payload) {
    const std::string name = absl::StrCat("\"", join, "\"");
    Say(name, is_v1_ ? "null" : name, event, payload);
  }
  void Say(const std::string& join_ref, const std::string& ref, const std::string& event,
           const char* payload) {
    if (is_v1_) {
      script_.Frame(absl::StrCat(R"({"event":")", event, R"(","payload":)", payload, R"(,"ref":)",
                                 ref, R"(,"topic":"room:1"})"));
    } else {
      script_.Frame(
          absl::StrCat("[", join_ref, ",", ref, R"(,"room:1",")", event, "\",", payload, "]"));
    }
  }

  CoreScript& script_;
  const bool is_v1_;
};

struct ChannelRaceTest : ::testing::TestWithParam<bool> {
  ChannelRaceTest() : s(Options(GetParam())), server(s, GetParam()) {}

  static CoreOptions Options(bool is_v1) {
    CoreOptions options = CoreScript::Options();
    if (is_v1) options.serializer = std::make_shared<const wire::JsonSerializerV1>();
    return options;
  }

  // Expects a frame of the channel. `join` and `ref` are names.
  void ExpectSent(const std::string& join, const std::string& ref, const std::string& event,
                  CoreScript::Where where = CoreScript::Where::Here()) {
    if (GetParam()) {
      s.ExpectFrame(absl::StrCat(R"({"topic":"room:1","event":")", event,
                                 R"(","payload":{},"ref":")", ref, R"("})"),
                    where);
    } else {
      s.ExpectFrame(absl::StrCat("[\"", join, "\",\"", ref, R"(","room:1",")", event, R"(",{}])"),
                    where);
    }
  }

  // Joined as $1; both pushed and told to leave, or only one of the two.
  void Start() { s.Opened().Joined("room:1").ForgetName("$1").Forget(); }

  CoreScript s;
  Server server;
};

INSTANTIATE_TEST_SUITE_P(V2AndV1, ChannelRaceTest, ::testing::Values(false, true), VersionName);

// --- leave and join: the core itself never sends the join before the leave is over; removing a
// channel and making another of its topic does, and so does a join that timed out.

struct LeaveThenJoinTest : ChannelRaceTest {
  // A join that is left because it timed out, and the next one: leave($l) of $a, join($b).
  void LeaveAndJoin() {
    s.Opened().Join("room:1");
    ExpectSent("$a", "$a", "phx_join");
    s.Advance(10s);
    ExpectSent("$a", "$l", "phx_leave");
    s.Advance(1s);
    ExpectSent("$b", "$b", "phx_join");
    s.ExpectJoin("room:1", StatusCode::kDeadlineExceeded);
  }
  void ExpectJoined() {
    s.ExpectJoin("room:1", "ok").ExpectState("room:1", ChannelState::kJoined);
    s.Advance(15s).ExpectNoFrame().ExpectState("room:1", ChannelState::kJoined);
  }
};

INSTANTIATE_TEST_SUITE_P(V2AndV1, LeaveThenJoinTest, ::testing::Values(false, true), VersionName);

TEST_P(LeaveThenJoinTest, TheLeaveIsNeverAnswered) {
  LeaveAndJoin();
  server.Reply("$b", "$b");
  server.Close("$a");
  ExpectJoined();
}

TEST_P(LeaveThenJoinTest, TheLeaveIsAnsweredFirst) {
  LeaveAndJoin();
  server.Reply("$l", "$a");
  server.Close("$a");
  server.Reply("$b", "$b");
  ExpectJoined();
}

TEST_P(LeaveThenJoinTest, TheLeaveIsAnsweredLast) {
  LeaveAndJoin();
  server.Reply("$b", "$b");
  server.Reply("$l", "$a");
  server.Close("$a");
  ExpectJoined();
}

TEST_P(LeaveThenJoinTest, TheFirstJoinIsAnsweredAtLast) {
  LeaveAndJoin();
  server.Reply("$a", "$a");
  server.Reply("$b", "$b");
  server.Close("$a");
  ExpectJoined();
}

// --- leave and push

TEST_P(ChannelRaceTest, PushBehindALeaveIsNotSent) {
  Start();
  s.Leave("room:1");
  ExpectSent(kJoin, "$l", "phx_leave");
  s.Push("room:1", "echo").ExpectNoFrame();
  s.ExpectDone("echo", StatusCode::kFailedPrecondition);
}

TEST_P(ChannelRaceTest, PushThenLeave) {
  Start();
  s.Push("room:1", "echo").Leave("room:1");
  ExpectSent(kJoin, "$p", "echo");
  ExpectSent(kJoin, "$l", "phx_leave");
  server.Reply("$p", kJoin);
  s.ExpectDone("echo", "ok").ExpectState("room:1", ChannelState::kLeaving);
  server.Reply("$l", kJoin);
  server.Close(kJoin);
  s.ExpectDone("leave room:1", "ok").ExpectStory({"room:1 close(left)"});
  s.ExpectState("room:1", ChannelState::kClosed);
}

// The push came too late for the server, which had left already.
TEST_P(ChannelRaceTest, UnmatchedTopicWhileLeavingIsOnlyThePushesOutcome) {
  Start();
  s.Push("room:1", "echo").Leave("room:1");
  ExpectSent(kJoin, "$p", "echo");
  ExpectSent(kJoin, "$l", "phx_leave");
  server.Unmatched("$p");
  s.ExpectDone("echo", "error").ExpectState("room:1", ChannelState::kLeaving);
  server.Close(kJoin);
  s.ExpectState("room:1", ChannelState::kClosed).Advance(20s).ExpectNoFrame();
}

// --- crash

TEST_P(ChannelRaceTest, CrashAnswersNoPush) {
  Start();
  s.Push("room:1", "crash").Push("room:1", "echo");
  ExpectSent(kJoin, "$p", "crash");
  ExpectSent(kJoin, "$q", "echo");
  server.Error(kJoin);
  s.ExpectDone("crash", StatusCode::kUnavailable, "channel crashed");
  s.ExpectDone("echo", StatusCode::kUnavailable);
  s.ExpectStory({R"(room:1 error(channel crashed: {"reason":"channel_crash"}))"});
  s.Advance(1s).Rejoined("room:1");
}

TEST_P(ChannelRaceTest, CrashIsFollowedByAnUnmatchedTopic) {
  Start();
  s.Push("room:1", "crash").Push("room:1", "echo");
  ExpectSent(kJoin, "$p", "crash");
  ExpectSent(kJoin, "$q", "echo");
  server.Error(kJoin);
  server.Unmatched("$q");
  s.ExpectDone("crash", StatusCode::kUnavailable).ExpectDone("echo", StatusCode::kUnavailable);
  s.ExpectStory({R"(room:1 error(channel crashed: {"reason":"channel_crash"}))"});
  s.Advance(1s).Rejoined("room:1");
  server.Unmatched("$q");  // later still
  s.ExpectState("room:1", ChannelState::kJoined);
}

TEST_P(ChannelRaceTest, CrashComesToLightWithTheNextPushOnly) {
  Start();
  s.Push("room:1", "echo");
  ExpectSent(kJoin, "$q", "echo");
  server.Unmatched("$q");
  s.ExpectDone("echo", "error").ExpectStory({"room:1 error(unmatched topic)"});
  server.Error(kJoin);  // the word of the crash, overtaken
  s.ExpectSilence().Advance(1s).Rejoined("room:1");
}

// --- stop

TEST_P(ChannelRaceTest, StopClosesWithoutAnAnswer) {
  Start();
  s.Push("room:1", "stop");
  ExpectSent(kJoin, "$p", "stop");
  server.Close(kJoin);
  s.ExpectDone("stop", StatusCode::kCancelled).ExpectStory({"room:1 close(by the server)"});
  s.ExpectState("room:1", ChannelState::kClosed).Advance(20s).ExpectNoFrame();
}

TEST_P(ChannelRaceTest, StopClosesAfterAnAnswer) {
  Start();
  s.Push("room:1", "stop");
  ExpectSent(kJoin, "$p", "stop");
  server.Reply("$p", kJoin);
  server.Close(kJoin);
  s.ExpectDone("stop", "ok").ExpectState("room:1", ChannelState::kClosed);
}

TEST_P(ChannelRaceTest, StopThenJoin) {
  Start();
  s.Push("room:1", "stop");
  ExpectSent(kJoin, "$p", "stop");
  server.Close(kJoin);
  s.Forget().Join("room:1");
  ExpectSent("$b", "$b", "phx_join");
  server.Reply("$b", "$b");
  s.ExpectState("room:1", ChannelState::kJoined).ExpectStory({"room:1 join {}"});
}

// --- join and what else arrives

TEST_P(ChannelRaceTest, JoinAndPushWithoutWaiting) {
  s.On("room:1", "shouted").Opened().Forget();
  s.Join("room:1").Push("room:1", "echo").Push("room:1", "shout");
  ExpectSent("$j", "$j", "phx_join");
  s.ExpectNoFrame();
  server.Reply("$j", "$j");
  ExpectSent("$j", "$p", "echo");
  ExpectSent("$j", "$q", "shout");
  server.Reply("$p", "$j");
  server.Message("shouted");
  server.Reply("$q", "$j");
  s.ExpectDone("echo", "ok").ExpectDone("shout", "ok");
  s.ExpectStory({"room:1 join {}", "room:1 shouted {}"});
}

TEST_P(ChannelRaceTest, BroadcastAroundTheJoin) {
  s.On("room:1", "shouted").Opened().Forget().Join("room:1");
  ExpectSent("$j", "$j", "phx_join");
  server.Message("shouted");
  server.Reply("$j", "$j");
  server.Message("shouted");
  s.ExpectStory({"room:1 shouted {}", "room:1 join {}", "room:1 shouted {}"});
}

TEST_P(ChannelRaceTest, BroadcastBeforeOrAfterTheReply) {
  s.On("room:1", "shouted");
  Start();
  s.Push("room:1", "a").Push("room:1", "b");
  ExpectSent(kJoin, "$a", "a");
  ExpectSent(kJoin, "$b", "b");
  server.Message("shouted");
  server.Reply("$a", kJoin);
  server.Reply("$b", kJoin);
  server.Message("shouted");
  s.ExpectDone("a", "ok").ExpectDone("b", "ok");
  s.ExpectStory({"room:1 shouted {}", "room:1 shouted {}"});
}

TEST_P(ChannelRaceTest, PresenceFollowsTheJoin) {
  s.On("room:1", "presence_diff").On("room:1", "presence_state").Opened().Forget().Join("room:1");
  ExpectSent("$j", "$j", "phx_join");
  server.Reply("$j", "$j");
  server.Message("presence_diff");
  server.Push("$j", "presence_state");
  s.ExpectStory({"room:1 join {}", "room:1 presence_diff {}", "room:1 presence_state {}"});
}

// A server that joined the topic twice closes the older join after it has answered the newer.
TEST_P(ChannelRaceTest, PushThenJoinOfAChannelThatWasRemoved) {
  Start();
  s.Push("room:1", "echo");
  ExpectSent(kJoin, "$p", "echo");
  s.Remove("room:1");
  ExpectSent(kJoin, "$l", "phx_leave");
  s.ExpectDone("echo", StatusCode::kCancelled).Join("room:1");
  ExpectSent("$b", "$b", "phx_join");
  server.Reply("$p", kJoin);
  server.Reply("$b", "$b");
  s.ExpectState("room:1", ChannelState::kJoined);
}

// --- the socket ends

TEST_P(ChannelRaceTest, ReplyBeforeTheConnectionCloses) {
  Start();
  s.Push("room:1", "echo").Push("room:1", "bad");
  ExpectSent(kJoin, "$p", "echo");
  ExpectSent(kJoin, "$q", "bad");
  server.Reply("$p", kJoin);
  s.Closed(1011).ExpectDone("echo", "ok").ExpectDone("bad", StatusCode::kUnavailable);
}

TEST_P(ChannelRaceTest, NoReplyBeforeTheConnectionCloses) {
  Start();
  s.Push("room:1", "echo");
  ExpectSent(kJoin, "$p", "echo");
  s.Closed(1011).ExpectDone("echo", StatusCode::kUnavailable, "1011");
}

}  // namespace
}  // namespace phx::core
