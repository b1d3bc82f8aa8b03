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

// Says what Phoenix says, in either version.
class Server {
 public:
  Server(CoreScript& script, bool is_v1) : s_(script), is_v1_(is_v1) {}

  // To the message with this ref, sent under this join.
  void Reply(const std::string& ref, const std::string& join) { s_.Reply(join, ref, "room:1"); }
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
      s_.Frame(absl::StrCat(R"({"event":")", event, R"(","payload":)", payload, R"(,"ref":)", ref,
                            R"(,"topic":"room:1"})"));
    } else {
      s_.Frame(absl::StrCat("[", join_ref, ",", ref, R"(,"room:1",")", event, "\",", payload, "]"));
    }
  }

  CoreScript& s_;
  const bool is_v1_;
};

class ChannelRaceTest : public ::testing::TestWithParam<bool> {
 protected:
  ChannelRaceTest() : s_(Options(GetParam())), server_(s_, GetParam()) {}

  static CoreOptions Options(bool is_v1) {
    CoreOptions options = CoreScript::Options();
    if (is_v1) options.serializer = std::make_shared<const wire::JsonSerializerV1>();
    return options;
  }

  // Expects a frame of the channel. `join` and `ref` are names.
  void ExpectSent(const std::string& join, const std::string& ref, const std::string& event,
                  CoreScript::Where where = CoreScript::Where::Here()) {
    if (GetParam()) {
      s_.ExpectFrame(absl::StrCat(R"({"topic":"room:1","event":")", event,
                                  R"(","payload":{},"ref":")", ref, R"("})"),
                     where);
    } else {
      s_.ExpectFrame(absl::StrCat("[\"", join, "\",\"", ref, R"(","room:1",")", event, R"(",{}])"),
                     where);
    }
  }

  // Joined as $1; both pushed and told to leave, or only one of the two.
  void Start() { s_.Opened().Joined("room:1").ForgetName("$1").Forget(); }
  std::string join() const { return "$room:1"; }

  CoreScript s_;
  Server server_;
};

INSTANTIATE_TEST_SUITE_P(V2AndV1, ChannelRaceTest, ::testing::Values(false, true), VersionName);

// --- leave and join: the core itself never sends the join before the leave is over; removing a
// channel and making another of its topic does, and so does a join that timed out.

class LeaveThenJoinTest : public ChannelRaceTest {
 protected:
  // A join that is left because it timed out, and the next one: leave($l) of $a, join($b).
  void LeaveAndJoin() {
    s_.Opened().Join("room:1");
    ExpectSent("$a", "$a", "phx_join");
    s_.Advance(10s);
    ExpectSent("$a", "$l", "phx_leave");
    s_.Advance(1s);
    ExpectSent("$b", "$b", "phx_join");
    s_.ExpectJoin("room:1", StatusCode::kDeadlineExceeded);
  }
  void ExpectJoined() {
    s_.ExpectJoin("room:1", "ok").ExpectState("room:1", ChannelState::kJoined);
    s_.Advance(15s).ExpectNoFrame().ExpectState("room:1", ChannelState::kJoined);
  }
};

INSTANTIATE_TEST_SUITE_P(V2AndV1, LeaveThenJoinTest, ::testing::Values(false, true), VersionName);

TEST_P(LeaveThenJoinTest, TheLeaveIsNeverAnswered) {
  LeaveAndJoin();
  server_.Reply("$b", "$b");
  server_.Close("$a");
  ExpectJoined();
}

TEST_P(LeaveThenJoinTest, TheLeaveIsAnsweredFirst) {
  LeaveAndJoin();
  server_.Reply("$l", "$a");
  server_.Close("$a");
  server_.Reply("$b", "$b");
  ExpectJoined();
}

TEST_P(LeaveThenJoinTest, TheLeaveIsAnsweredLast) {
  LeaveAndJoin();
  server_.Reply("$b", "$b");
  server_.Reply("$l", "$a");
  server_.Close("$a");
  ExpectJoined();
}

TEST_P(LeaveThenJoinTest, TheFirstJoinIsAnsweredAtLast) {
  LeaveAndJoin();
  server_.Reply("$a", "$a");
  server_.Reply("$b", "$b");
  server_.Close("$a");
  ExpectJoined();
}

// --- leave and push

TEST_P(ChannelRaceTest, PushBehindALeaveIsNotSent) {
  Start();
  s_.Leave("room:1");
  ExpectSent(join(), "$l", "phx_leave");
  s_.Push("room:1", "echo").ExpectNoFrame();
  s_.ExpectDone("echo", StatusCode::kFailedPrecondition);
}

TEST_P(ChannelRaceTest, PushThenLeave) {
  Start();
  s_.Push("room:1", "echo").Leave("room:1");
  ExpectSent(join(), "$p", "echo");
  ExpectSent(join(), "$l", "phx_leave");
  server_.Reply("$p", join());
  s_.ExpectDone("echo", "ok").ExpectState("room:1", ChannelState::kLeaving);
  server_.Reply("$l", join());
  server_.Close(join());
  s_.ExpectDone("leave room:1", "ok").ExpectStory({"room:1 close(left)"});
  s_.ExpectState("room:1", ChannelState::kClosed);
}

// The push came too late for the server, which had left already.
TEST_P(ChannelRaceTest, UnmatchedTopicWhileLeavingIsOnlyThePushesOutcome) {
  Start();
  s_.Push("room:1", "echo").Leave("room:1");
  ExpectSent(join(), "$p", "echo");
  ExpectSent(join(), "$l", "phx_leave");
  server_.Unmatched("$p");
  s_.ExpectDone("echo", "error").ExpectState("room:1", ChannelState::kLeaving);
  server_.Close(join());
  s_.ExpectState("room:1", ChannelState::kClosed).Advance(20s).ExpectNoFrame();
}

// --- crash

TEST_P(ChannelRaceTest, CrashAnswersNoPush) {
  Start();
  s_.Push("room:1", "crash").Push("room:1", "echo");
  ExpectSent(join(), "$p", "crash");
  ExpectSent(join(), "$q", "echo");
  server_.Error(join());
  s_.ExpectDone("crash", StatusCode::kUnavailable, "channel crashed");
  s_.ExpectDone("echo", StatusCode::kUnavailable);
  s_.ExpectStory({R"(room:1 error(channel crashed: {"reason":"channel_crash"}))"});
  s_.Advance(1s).Rejoined("room:1");
}

TEST_P(ChannelRaceTest, CrashIsFollowedByAnUnmatchedTopic) {
  Start();
  s_.Push("room:1", "crash").Push("room:1", "echo");
  ExpectSent(join(), "$p", "crash");
  ExpectSent(join(), "$q", "echo");
  server_.Error(join());
  server_.Unmatched("$q");
  s_.ExpectDone("crash", StatusCode::kUnavailable).ExpectDone("echo", StatusCode::kUnavailable);
  s_.ExpectStory({R"(room:1 error(channel crashed: {"reason":"channel_crash"}))"});
  s_.Advance(1s).Rejoined("room:1");
  server_.Unmatched("$q");  // later still
  s_.ExpectState("room:1", ChannelState::kJoined);
}

TEST_P(ChannelRaceTest, CrashComesToLightWithTheNextPushOnly) {
  Start();
  s_.Push("room:1", "echo");
  ExpectSent(join(), "$q", "echo");
  server_.Unmatched("$q");
  s_.ExpectDone("echo", "error").ExpectStory({"room:1 error(unmatched topic)"});
  server_.Error(join());  // the word of the crash, overtaken
  s_.ExpectSilence().Advance(1s).Rejoined("room:1");
}

// --- stop

TEST_P(ChannelRaceTest, StopClosesWithoutAnAnswer) {
  Start();
  s_.Push("room:1", "stop");
  ExpectSent(join(), "$p", "stop");
  server_.Close(join());
  s_.ExpectDone("stop", StatusCode::kCancelled).ExpectStory({"room:1 close(by the server)"});
  s_.ExpectState("room:1", ChannelState::kClosed).Advance(20s).ExpectNoFrame();
}

TEST_P(ChannelRaceTest, StopClosesAfterAnAnswer) {
  Start();
  s_.Push("room:1", "stop");
  ExpectSent(join(), "$p", "stop");
  server_.Reply("$p", join());
  server_.Close(join());
  s_.ExpectDone("stop", "ok").ExpectState("room:1", ChannelState::kClosed);
}

TEST_P(ChannelRaceTest, StopThenJoin) {
  Start();
  s_.Push("room:1", "stop");
  ExpectSent(join(), "$p", "stop");
  server_.Close(join());
  s_.Forget().Join("room:1");
  ExpectSent("$b", "$b", "phx_join");
  server_.Reply("$b", "$b");
  s_.ExpectState("room:1", ChannelState::kJoined).ExpectStory({"room:1 join {}"});
}

// --- join and what else arrives

TEST_P(ChannelRaceTest, JoinAndPushWithoutWaiting) {
  s_.On("room:1", "shouted").Opened().Forget();
  s_.Join("room:1").Push("room:1", "echo").Push("room:1", "shout");
  ExpectSent("$j", "$j", "phx_join");
  s_.ExpectNoFrame();
  server_.Reply("$j", "$j");
  ExpectSent("$j", "$p", "echo");
  ExpectSent("$j", "$q", "shout");
  server_.Reply("$p", "$j");
  server_.Message("shouted");
  server_.Reply("$q", "$j");
  s_.ExpectDone("echo", "ok").ExpectDone("shout", "ok");
  s_.ExpectStory({"room:1 join {}", "room:1 shouted {}"});
}

TEST_P(ChannelRaceTest, BroadcastAroundTheJoin) {
  s_.On("room:1", "shouted").Opened().Forget().Join("room:1");
  ExpectSent("$j", "$j", "phx_join");
  server_.Message("shouted");
  server_.Reply("$j", "$j");
  server_.Message("shouted");
  s_.ExpectStory({"room:1 shouted {}", "room:1 join {}", "room:1 shouted {}"});
}

TEST_P(ChannelRaceTest, BroadcastBeforeOrAfterTheReply) {
  s_.On("room:1", "shouted");
  Start();
  s_.Push("room:1", "a").Push("room:1", "b");
  ExpectSent(join(), "$a", "a");
  ExpectSent(join(), "$b", "b");
  server_.Message("shouted");
  server_.Reply("$a", join());
  server_.Reply("$b", join());
  server_.Message("shouted");
  s_.ExpectDone("a", "ok").ExpectDone("b", "ok");
  s_.ExpectStory({"room:1 shouted {}", "room:1 shouted {}"});
}

TEST_P(ChannelRaceTest, PresenceFollowsTheJoin) {
  s_.On("room:1", "presence_diff").On("room:1", "presence_state").Opened().Forget().Join("room:1");
  ExpectSent("$j", "$j", "phx_join");
  server_.Reply("$j", "$j");
  server_.Message("presence_diff");
  server_.Push("$j", "presence_state");
  s_.ExpectStory({"room:1 join {}", "room:1 presence_diff {}", "room:1 presence_state {}"});
}

// A server that joined the topic twice closes the older join after it has answered the newer.
TEST_P(ChannelRaceTest, PushThenJoinOfAChannelThatWasRemoved) {
  Start();
  s_.Push("room:1", "echo");
  ExpectSent(join(), "$p", "echo");
  s_.Remove("room:1");
  ExpectSent(join(), "$l", "phx_leave");
  s_.ExpectDone("echo", StatusCode::kCancelled).Join("room:1");
  ExpectSent("$b", "$b", "phx_join");
  server_.Reply("$p", join());
  server_.Reply("$b", "$b");
  s_.ExpectState("room:1", ChannelState::kJoined);
}

// --- the socket ends

TEST_P(ChannelRaceTest, ReplyBeforeTheConnectionCloses) {
  Start();
  s_.Push("room:1", "echo").Push("room:1", "bad");
  ExpectSent(join(), "$p", "echo");
  ExpectSent(join(), "$q", "bad");
  server_.Reply("$p", join());
  s_.Closed(1011).ExpectDone("echo", "ok").ExpectDone("bad", StatusCode::kUnavailable);
}

TEST_P(ChannelRaceTest, NoReplyBeforeTheConnectionCloses) {
  Start();
  s_.Push("room:1", "echo");
  ExpectSent(join(), "$p", "echo");
  s_.Closed(1011).ExpectDone("echo", StatusCode::kUnavailable, "1011");
}

}  // namespace
}  // namespace phx::core
