#include "client/core/channel_core.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

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
using ::phx::test::CheckFaults;
using ::phx::test::CoreScript;
using ::phx::wire::Payload;
using namespace std::chrono_literals;

constexpr char kJoin[] = R"(["$j","$j","room:1","phx_join",{}])";
constexpr char kLeave[] = R"(["$j","$l","room:1","phx_leave",{}])";
constexpr char kCrash[] =
    R"(["$room:1","$room:1","room:1","phx_error",{"reason":"channel_crash"}])";
constexpr char kClose[] = R"(["$room:1","$room:1","room:1","phx_close",{}])";

CoreOptions With(void (*change)(CoreOptions&)) {
  CoreOptions options = CoreScript::Options();
  change(options);
  return options;
}

CoreOptions V1() {
  return With(
      [](CoreOptions& o) { o.serializer = std::make_shared<const wire::JsonSerializerV1>(); });
}

// Expects that the channel joins again in `wait`, and not before. Its ref is "$j".
void ExpectJoinAfter(CoreScript& s, Duration wait,
                     CoreScript::Where where = CoreScript::Where::Here()) {
  s.ForgetName("$j").Advance(wait - 1ns).ExpectNoFrame(where);
  s.Advance(1ns).ExpectFrame(kJoin, where);
}

// --- join

TEST(ChannelCoreTest, JoinsUnderARefThatIsItsJoinRef) {
  CoreScript s;
  s.Opened().Join("room:1").ExpectFrame(kJoin).ExpectState("room:1", ChannelState::kJoining);
  s.ExpectNoJoinOutcome("room:1");
  s.Reply("$j", "$j", "room:1", "ok", R"({"hello":1})");
  s.ExpectState("room:1", ChannelState::kJoined);
  s.ExpectJoin("room:1", "ok", R"({"hello":1})");
  s.ExpectStory({"socket open", R"(room:1 join {"hello":1})"});
}

TEST(ChannelCoreTest, JoinsInVersionOneToo) {
  CoreScript s(V1());
  s.Opened().Join("room:1");
  s.ExpectFrame(R"({"topic":"room:1","event":"phx_join","payload":{},"ref":"$j"})");
  s.Reply("", "$j", "room:1").ExpectState("room:1", ChannelState::kJoined);
}

TEST(ChannelCoreTest, JoinsWhenTheSocketOpensIfItWasToldBefore) {
  CoreScript s;
  s.Join("room:1").ExpectState("room:1", ChannelState::kJoining).ExpectNoFrame();
  s.Connect().ExpectNoFrame().Open().ExpectFrame(kJoin);
  s.Reply("$j", "$j", "room:1").ExpectJoin("room:1", "ok");
}

TEST(ChannelCoreTest, SendsOneJoinHoweverLongTheServerWasDown) {
  CoreScript s;
  s.Connect().ExpectDial().Join("room:1", 60s);
  for (int i = 0; i < 8; ++i) s.Lost().Advance(2s).ExpectDial();
  s.driver().Open();
  s.ExpectFrame(kJoin).ExpectNoFrame().Reply("$j", "$j", "room:1");
  s.Advance(20s).ExpectNoFrame().ExpectState("room:1", ChannelState::kJoined);
}

TEST(ChannelCoreTest, JoinsOnceAtATime) {
  CoreScript s;
  s.Opened().Join("room:1").ExpectFrame(kJoin).Join("room:1").ExpectNoFrame();
  s.ExpectDone("join room:1", StatusCode::kFailedPrecondition, "already joining");
  s.Reply("$j", "$j", "room:1").Join("room:1").ExpectNoFrame();
  s.ExpectDone("join room:1", StatusCode::kFailedPrecondition, "already joined");
  s.ExpectState("room:1", ChannelState::kJoined);
}

TEST(ChannelCoreTest, SendsTheParamsThatItHasWhenItJoins) {
  CoreScript s;
  s.Opened().Params("room:1", R"({"n":1})").Join("room:1");
  s.ExpectFrame(R"(["$j","$j","room:1","phx_join",{"n":1}])").Reply("$j", "$j", "room:1");
  s.Params("room:1", R"({"n":2})").Lost().Advance(10ms).Open();
  s.ExpectFrame(R"(["$k","$k","room:1","phx_join",{"n":2}])");
}

TEST(ChannelCoreTest, AsksForTheParamsAtEveryJoin) {
  CoreScript s;
  int n = 0;
  s.Opened().ParamsFrom("room:1", [&n]() -> absl::StatusOr<Payload> {
    return Payload::Json({{"n", ++n}});
  });
  s.Join("room:1").ExpectFrame(R"(["$a","$a","room:1","phx_join",{"n":1}])");
  s.Reply("$a", "$a", "room:1").Lost().Advance(10ms).Open();
  s.ExpectFrame(R"(["$b","$b","room:1","phx_join",{"n":2}])");
  s.Reply("$b", "$b", "room:1", "error").Advance(1s);
  s.ExpectFrame(R"(["$c","$c","room:1","phx_join",{"n":3}])");
}

TEST(ChannelCoreTest, TriesAgainWhenThereAreNoParams) {
  CoreScript s;
  bool is_ready = false;
  s.Opened().ParamsFrom("room:1", [&]() -> absl::StatusOr<Payload> {
    if (is_ready) return Payload();
    return absl::InvalidArgumentError("the token is not there yet");
  });
  s.Join("room:1").ExpectNoFrame().ExpectState("room:1", ChannelState::kErrored);
  s.ExpectJoin("room:1", StatusCode::kInvalidArgument, "the token is not there yet");
  is_ready = true;
  ExpectJoinAfter(s, 1s);
  s.Reply("$j", "$j", "room:1").ExpectJoin("room:1", "ok");
}

TEST(ChannelCoreTest, TakesNoLateAnswerForItsParams) {
  CoreScript s;
  s.Opened().ParamsFrom("room:1", {}).Join("room:1", 3s).ExpectNoFrame();
  const ChannelId channel = s.channel("room:1");
  s.Advance(3s).ExpectJoin("room:1", StatusCode::kDeadlineExceeded, "no params within 3s");
  s.driver().AnswerJoinParams(channel, 1, Payload());  // while it waits
  s.ExpectNoFrame().Advance(1s);                       // asks again
  s.driver().AnswerJoinParams(channel, 1, Payload());
  s.ExpectNoFrame();
  s.driver().AnswerJoinParams(channel, 2, Payload());
  s.ExpectFrame(kJoin);
}

TEST(ChannelCoreTest, TakesNoAnswerThatWasMeantForARemovedChannel) {
  CoreScript s;
  s.Opened().ParamsFrom("room:1", {}).Join("room:1");
  const ChannelId channel = s.channel("room:1");
  s.Remove("room:1").ParamsFrom("room:2", {}).Join("room:2");
  ASSERT_EQ(s.channel("room:2"), channel);  // the number is used again
  s.driver().AnswerJoinParams(channel, 1, Payload::JsonText(R"({"secret":"of room:1"})"));
  s.ExpectNoFrame();
  s.driver().AnswerJoinParams(channel, 2, Payload());
  s.ExpectFrame(R"(["$j","$j","room:2","phx_join",{}])");
}

TEST(ChannelCoreTest, ReportsParamsThatCannotBeSent) {
  CoreScript s;
  s.Opened().ParamsFrom("room:1", [] { return Payload::Json("\xff"); });
  s.Join("room:1").ExpectNoFrame().ExpectJoin("room:1", StatusCode::kInvalidArgument, "room:1");
  s.Advance(1s).ExpectNoFrame().ExpectJoin("room:1", StatusCode::kInvalidArgument);
  s.ExpectState("room:1", ChannelState::kErrored).ExpectConnection(ConnectionState::kOpen);
}

// --- refused

TEST(ChannelCoreTest, BacksOffWhenTheServerRefuses) {
  CoreScript s;
  s.Opened().Join("room:1").ExpectFrame(kJoin);
  for (const Duration wait : {1s, 2s, 5s, 10s, 10s}) {
    s.Reply("$j", "$j", "room:1", "error", R"({"reason":"too many channels joined"})");
    s.ExpectState("room:1", ChannelState::kErrored);
    s.ExpectJoin("room:1", "error", R"({"reason":"too many channels joined"})");
    ExpectJoinAfter(s, wait);
  }
  s.ExpectStory({"socket open"});  // a refusal is the outcome of Join(), not an OnError
}

TEST(ChannelCoreTest, TakesAnUnmatchedTopicForARefusal) {
  CoreScript s;
  s.Opened().Join("room:1").ExpectFrame(kJoin);
  s.Frame(R"([null,"$j","room:1","phx_reply",{"response":{"reason":"unmatched topic"},)"
          R"("status":"error"}])");
  s.ExpectJoin("room:1", "error", R"({"reason":"unmatched topic"})");
  ExpectJoinAfter(s, 1s);
}

TEST(ChannelCoreTest, GivesUpWhenThePolicySaysStop) {
  CoreScript s(With([](CoreOptions& o) {
    o.should_rejoin = [](const wire::Reply& reply) {
      return reply.response.json().value("reason", "") != "unauthorized";
    };
  }));
  s.Opened().Join("room:1").ExpectFrame(kJoin).Push("room:1", "waits");
  s.Reply("$j", "$j", "room:1", "error", R"({"reason":"busy"})").ExpectJoin("room:1", "error");
  s.ExpectPending("waits");
  ExpectJoinAfter(s, 1s);
  s.Reply("$j", "$j", "room:1", "error", R"({"reason":"unauthorized"})");
  s.ExpectJoin("room:1", "error").ExpectState("room:1", ChannelState::kErrored);
  s.ExpectDone("waits", StatusCode::kFailedPrecondition, "refused");
  s.Push("room:1", "late").ExpectDone("late", StatusCode::kFailedPrecondition, "refused");
  s.ExpectLog("giving up");
  s.driver().Advance(15s);
  s.ExpectNoFrame().Lost().Advance(10ms).Open().ExpectNoFrame();  // nor on the next connection
  s.ForgetName("$j").Join("room:1").ExpectFrame(kJoin);           // but when it is told to
  s.Reply("$j", "$j", "room:1").ExpectJoin("room:1", "ok");
  s.Lost().Advance(1s).Open().Rejoined("room:1");
}

TEST(ChannelCoreTest, TriesAgainWhenThePolicyThrows) {
  CoreScript s(With([](CoreOptions& o) {
    o.should_rejoin = [](const wire::Reply&) -> bool { throw std::runtime_error("no idea"); };
  }));
  s.Opened().Join("room:1").ExpectFrame(kJoin).Reply("$j", "$j", "room:1", "error");
  ExpectJoinAfter(s, 1s);
}

TEST(ChannelCoreTest, SpreadsRejoins) {
  std::set<Duration> waits;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CoreScript s(With([](CoreOptions& o) { o.jitter = 0.5; }), seed);
    s.Connect().Open(/*skip_heartbeat=*/true);
    s.Join("room:1").ExpectFrame(kJoin).Reply("$j", "$j", "room:1", "error");
    waits.insert(*s.driver().core().NextDeadline() - s.driver().now());
  }
  EXPECT_GE(*waits.begin(), 500ms);
  EXPECT_LT(*waits.rbegin(), 1500ms);
  EXPECT_EQ(waits.size(), 50);
}

TEST(ChannelCoreTest, TakesItsWaitsFromTheUser) {
  CoreScript s(With([](CoreOptions& o) { o.rejoin_after = [](int tries) { return tries * 7s; }; }));
  s.Opened().Join("room:1").ExpectFrame(kJoin).Reply("$j", "$j", "room:1", "error");
  ExpectJoinAfter(s, 7s);
  s.Reply("$j", "$j", "room:1", "error");
  ExpectJoinAfter(s, 14s);
}

TEST(ChannelCoreTest, StartsTheBackOffOverWhenItIsToldToJoin) {
  CoreScript s;
  s.Opened().Join("room:1").ExpectFrame(kJoin);
  for (const Duration wait : {1s, 2s, 5s}) {
    s.Reply("$j", "$j", "room:1", "error");
    ExpectJoinAfter(s, wait);
  }
  s.Reply("$j", "$j", "room:1", "error").ForgetName("$j").Join("room:1").ExpectFrame(kJoin);
  s.Reply("$j", "$j", "room:1", "error");
  ExpectJoinAfter(s, 1s);
}

// --- timeout

TEST(ChannelCoreTest, LeavesAJoinThatTimedOutAndTriesAgain) {
  CoreScript s;
  s.Opened().Join("room:1", 5s).ExpectFrame(kJoin).Advance(5s - 1ns).ExpectNoFrame();
  s.Advance(1ns).ExpectFrame(kLeave).ExpectState("room:1", ChannelState::kErrored);
  s.ExpectJoin("room:1", StatusCode::kDeadlineExceeded, "no reply within 5s");
  ExpectJoinAfter(s, 1s);
  s.Advance(5s).ExpectFrame(R"(["$j","$l2","room:1","phx_leave",{}])");
  s.ExpectJoin("room:1", StatusCode::kDeadlineExceeded);
  ExpectJoinAfter(s, 2s);
}

TEST(ChannelCoreTest, IgnoresTheAnswerToAJoinThatTimedOut) {
  CoreScript s;
  s.Opened().Join("room:1").ExpectFrame(kJoin).Advance(10s).ExpectFrame(kLeave);
  s.ExpectJoin("room:1", StatusCode::kDeadlineExceeded);
  s.Reply("$j", "$j", "room:1").ExpectState("room:1", ChannelState::kErrored);
  s.Advance(1s).ExpectFrame(R"(["$k","$k","room:1","phx_join",{}])");
  s.Reply("$j", "$j", "room:1").ExpectState("room:1", ChannelState::kJoining);
  s.ExpectNoJoinOutcome("room:1").Reply("$k", "$k", "room:1").ExpectJoin("room:1", "ok");
}

// phoenix.js sends the join, a leave and another join when the socket opens at last.
TEST(ChannelCoreTest, DropsAJoinThatTimedOutOffline) {
  CoreScript s;
  s.Connect().ExpectDial().Join("room:1", 5s).Advance(5s);
  s.ExpectJoin("room:1", StatusCode::kDeadlineExceeded, "not connected within 5s");
  s.ExpectState("room:1", ChannelState::kErrored).Advance(2s);
  s.driver().Open();
  s.ExpectFrame(kJoin).ExpectNoFrame();
}

TEST(ChannelCoreTest, TimesOutOfflineOnce) {
  CoreScript s;
  s.Join("room:1", 5s).Advance(5s).ExpectJoin("room:1", StatusCode::kDeadlineExceeded);
  s.ExpectNoDeadline().Advance(1h).ExpectNoJoinOutcome("room:1");
  s.ExpectState("room:1", ChannelState::kErrored);
}

TEST(ChannelCoreTest, TimesOutAtOnceWithNoTime) {
  CoreScript s;
  s.driver().invariants().AllowDueDeadlines();
  s.Opened().Join("room:1", 0s).ExpectFrame(kJoin).Advance(0s).ExpectFrame(kLeave);
  s.ExpectJoin("room:1", StatusCode::kDeadlineExceeded);
}

// Waits of no length, where each brings about the next, must not hold up the caller for ever.
TEST(ChannelCoreTest, ReturnsFromADeadlineThatBringsAboutTheNext) {
  CoreScript s(With([](CoreOptions& o) { o.rejoin_after = [](int) { return 0s; }; }));
  s.driver().invariants().AllowDueDeadlines();
  s.Opened().Join("room:1", 0s).Forget();
  for (int i = 0; i < 10; ++i) {
    s.driver().Step("deadline", [&] { s.driver().core().OnDeadline(s.driver().now()); });
  }
  s.Forget().Leave("room:1").Forget().Reply("", "", "room:1");
}

TEST(ChannelCoreTest, WaitsForEverIfToldSo) {
  CoreScript s;
  s.Connect().Open(/*skip_heartbeat=*/true).Join("room:1", Duration::max()).ExpectFrame(kJoin);
  s.Advance(24h * 365).ExpectNoFrame().Reply("$j", "$j", "room:1").ExpectJoin("room:1", "ok");
}

TEST(ChannelCoreTest, GivesUpAJoinWhoseReplyCannotBeRead) {
  CoreScript s;
  s.Opened().Join("room:1").ExpectFrame(kJoin);
  s.Frame(R"(["$j","$j","room:1","phx_reply",{"response":{}}])");
  s.ExpectJoin("room:1", StatusCode::kDataLoss).ExpectFrame(kLeave);  // it may have been an "ok"
  EXPECT_EQ(s.stats().malformed_frames, 1);
  ExpectJoinAfter(s, 1s);
}

// --- the connection is lost

TEST(ChannelCoreTest, RejoinsWhenTheSocketOpensAgain) {
  CoreScript s;
  s.Opened().Joined("room:1").Forget().Lost();
  s.ExpectState("room:1", ChannelState::kErrored);
  s.ExpectStory(
      {"room:1 error(connection lost)", "socket close(1006, UNAVAILABLE, reconnect in 10ms)"});
  s.Advance(10ms).Open().ExpectState("room:1", ChannelState::kJoining);
  s.Rejoined("room:1").ExpectJoin("room:1", "ok");  // Join()'s outcome, once more
  s.ExpectStory({"socket open", "room:1 rejoin {}"});
  s.Advance(20s).ExpectNoFrame();  // and no leave
}

TEST(ChannelCoreTest, RejoinsAfterEachOfManyOutages) {
  CoreScript s;
  s.Opened().Joined("room:1").Joined("room:2");
  for (int i = 0; i < 3; ++i) {
    s.Lost().Advance(5s).Open().Rejoined("room:1").Rejoined("room:2");
    s.Push("room:1", "p")
        .ExpectFrame(absl::StrCat(R"(["$room:1","$p)", i, R"(","room:1","p",{}])"));
    s.Reply("$room:1", absl::StrCat("$p", i), "room:1").ExpectDone("p", "ok");
  }
}

TEST(ChannelCoreTest, RejoinsAfterDisconnectAndConnect) {
  CoreScript s;
  s.Opened().Joined("room:1").Forget().Disconnect().ExpectClose(1000);
  s.ExpectStory({"room:1 error(disconnected)"}).ExpectState("room:1", ChannelState::kErrored);
  s.Closed(1000).Advance(60s).ExpectNoFrame();
  s.Connect().Open().Rejoined("room:1").ExpectJoin("room:1", "ok");
  s.Push("room:1", "p").ExpectFrame(R"(["$room:1","$p","room:1","p",{}])");
}

TEST(ChannelCoreTest, FailsAJoinThatWasSentWhenTheConnectionIsLost) {
  CoreScript s;
  s.Opened().Forget().Join("room:1").ExpectFrame(kJoin).Lost();
  s.ExpectJoin("room:1", StatusCode::kUnavailable, "connection reset");
  s.ExpectState("room:1", ChannelState::kErrored).ExpectHeard("room:1 error(connection lost)");
  s.Advance(10ms).Open().ExpectFrame(R"(["$k","$k","room:1","phx_join",{}])");
  s.Reply("$k", "$k", "room:1").ExpectJoin("room:1", "ok");
  s.ExpectHeard("room:1 join {}");  // for the first time: no rejoin
}

TEST(ChannelCoreTest, KeepsAJoinThatWasNotSentWhenAnAttemptFails) {
  CoreScript s;
  s.Join("room:1").Connect().ExpectDial().Lost();
  s.ExpectNoJoinOutcome("room:1").ExpectState("room:1", ChannelState::kJoining);
  s.Advance(10ms).Open().ExpectFrame(kJoin);
}

TEST(ChannelCoreTest, FailsAJoinThatAskedForParamsWhenTheConnectionIsLost) {
  CoreScript s;
  s.Opened().ParamsFrom("room:1", {}).Join("room:1").Lost();
  s.ExpectJoin("room:1", StatusCode::kUnavailable);
  s.driver().AnswerJoinParams(s.channel("room:1"), 1, Payload());
  s.ExpectNoFrame().Advance(10ms).Open().ExpectNoFrame();
  s.driver().AnswerJoinParams(s.channel("room:1"), 2, Payload());
  s.ExpectFrame(kJoin);
}

TEST(ChannelCoreTest, CancelsTheJoinButKeepsTheWishOnDisconnect) {
  CoreScript s;
  s.Join("room:1").Connect().ExpectDial().Disconnect().ExpectAbandon();
  s.ExpectJoin("room:1", StatusCode::kCancelled, "disconnected");
  s.ExpectState("room:1", ChannelState::kErrored);
  s.Connect().Open().ExpectFrame(kJoin).Reply("$j", "$j", "room:1").ExpectJoin("room:1", "ok");
}

TEST(ChannelCoreTest, StartsTheBackOffOverWhenTheSocketOpens) {
  CoreScript s;
  s.Opened().Join("room:1").ExpectFrame(kJoin);
  for (const Duration wait : {1s, 2s, 5s}) {
    s.Reply("$j", "$j", "room:1", "error");
    ExpectJoinAfter(s, wait);
  }
  s.Lost().Advance(10ms).Open().ForgetName("$j").ExpectFrame(kJoin);
  s.Reply("$j", "$j", "room:1", "error");
  ExpectJoinAfter(s, 1s);
}

TEST(ChannelCoreTest, DoesNotWaitForTheBackOffOfAnOldConnection) {
  CoreScript s;
  s.Opened().Join("room:1").ExpectFrame(kJoin).Reply("$j", "$j", "room:1", "error");
  s.Lost().Advance(10ms).Open().ForgetName("$j").ExpectFrame(kJoin);
  s.Advance(5s).ExpectNoFrame();  // the old back-off is over in between, and brings no second join
}

TEST(ChannelCoreTest, HasNothingToWaitForOnceItIsDisconnected) {
  CoreScript s;
  s.Opened().Join("room:1").ExpectFrame(kJoin).Reply("$j", "$j", "room:1", "error");
  s.Disconnect().ExpectClose(1000).Closed(1000).ExpectNoDeadline();
}

TEST(ChannelCoreTest, DoesNotRejoinWhileTheSocketIsDown) {
  CoreScript s;
  s.Opened().Join("room:1").ExpectFrame(kJoin).Reply("$j", "$j", "room:1", "error").Lost();
  s.Advance(10ms).ExpectDial().Advance(9s).ExpectNoFrame();
}

TEST(ChannelCoreTest, JoinsAtOnceWhenItIsToldWhileItBacksOff) {
  CoreScript s;
  s.Opened().Joined("room:1").Frame(kCrash).ExpectState("room:1", ChannelState::kErrored);
  s.Forget().Join("room:1").ExpectFrame(kJoin).Reply("$j", "$j", "room:1");
  s.ExpectStory({"room:1 join {}"});  // no rejoin: somebody asked
  s.Advance(5s).ExpectNoFrame();
}

// --- the channel crashes

TEST(ChannelCoreTest, RejoinsAChannelThatCrashed) {
  CoreScript s;
  s.Opened().Joined("room:1").Forget().Frame(kCrash);
  s.ExpectState("room:1", ChannelState::kErrored);
  s.ExpectStory({R"(room:1 error(channel crashed: {"reason":"channel_crash"}))"});
  s.ExpectNoJoinOutcome("room:1");
  ExpectJoinAfter(s, 1s);
}

TEST(ChannelCoreTest, RejoinsAChannelThatCrashedWhileJoining) {
  CoreScript s;
  s.Opened().Forget().Join("room:1").ExpectFrame(kJoin);
  s.Frame(R"(["$j","$j","room:1","phx_error",{}])");
  s.ExpectJoin("room:1", StatusCode::kUnavailable, "channel crashed");
  s.ExpectStory({"room:1 error(channel crashed: {})"});
  s.Reply("$j", "$j", "room:1").ExpectState("room:1", ChannelState::kErrored);
  ExpectJoinAfter(s, 1s);
}

// A channel that crashes after each join must not make the client hammer the server.
TEST(ChannelCoreTest, GoesOnBackingOffWhenAJoinDoesNotLast) {
  CoreScript s;
  s.Opened().Joined("room:1");
  for (const Duration wait : {1s, 2s, 5s, 10s, 10s}) {
    s.Advance(1ms).Frame(kCrash).Advance(wait - 1ns).ExpectNoFrame();
    s.Advance(1ns).Rejoined("room:1");
    s.Reply("", "$room:1", "phoenix");  // keeps the heartbeats out of the story
    s.Forget();
  }
}

TEST(ChannelCoreTest, StartsTheBackOffOverWhenAJoinHasLasted) {
  CoreScript s;
  s.Connect().Open(/*skip_heartbeat=*/true).Joined("room:1");
  s.Frame(kCrash).Advance(1s).Rejoined("room:1");
  s.Frame(kCrash).Advance(2s).Rejoined("room:1");
  s.Advance(2s).Frame(kCrash);
  ExpectJoinAfter(s, 1s);
}

TEST(ChannelCoreTest, IgnoresTheCrashOfAnEarlierJoin) {
  CoreScript s;
  s.Opened().Joined("room:1").Frame(kCrash).ForgetName("$j");
  ExpectJoinAfter(s, 1s);
  s.Frame(kCrash).ExpectState("room:1", ChannelState::kJoining);
  s.Reply("$j", "$j", "room:1").Frame(kCrash).ExpectState("room:1", ChannelState::kJoined);
}

TEST(ChannelCoreTest, HearsNothingMoreOfTheJoinThatCrashed) {
  CoreScript s;
  s.On("room:1", "msg").Opened().Joined("room:1").Frame(kCrash).Forget();
  s.Frame(R"(["$room:1",null,"room:1","msg",{}])").Frame(kCrash).Frame(kClose);
  s.ExpectSilence().ExpectState("room:1", ChannelState::kErrored);
  ExpectJoinAfter(s, 1s);
  s.Frame(R"(["$room:1",null,"room:1","msg",{}])").Frame(kCrash).Frame(kClose).ExpectSilence();
}

// In V1 the end of a channel does not say which join it ends.
TEST(ChannelCoreTest, IgnoresTheSecondEndOfAJoinInVersionOne) {
  CoreScript s(V1());
  const char* crash = R"({"topic":"room:1","event":"phx_error","payload":{},"ref":null})";
  const char* close = R"({"topic":"room:1","event":"phx_close","payload":{},"ref":null})";
  s.Opened().Joined("room:1").Frame(crash).Forget();
  s.Frame(crash).Frame(close).ExpectState("room:1", ChannelState::kErrored).Advance(1s);
  s.ExpectState("room:1", ChannelState::kJoining).Frame(crash).Frame(close).ExpectSilence();
  s.Rejoined("room:1").Frame(close).ExpectState("room:1", ChannelState::kClosed);
}

TEST(ChannelCoreTest, IsNotRevivedByACrashOnceItIsClosed) {
  CoreScript s;
  s.Opened().Joined("room:1").Leave("room:1");
  s.ExpectFrame(R"(["$room:1","$l","room:1","phx_leave",{}])").Reply("$room:1", "$l", "room:1");
  s.Frame(kCrash).Frame(R"([null,null,"room:1","phx_error",{}])");
  s.ExpectState("room:1", ChannelState::kClosed).Advance(20s).ExpectNoFrame();
}

// --- the server closes the channel

TEST(ChannelCoreTest, StaysClosedWhenTheServerClosesIt) {
  CoreScript s;
  s.Opened().Joined("room:1").Forget().Push("room:1", "p");
  s.ExpectFrame(R"(["$room:1","$p","room:1","p",{}])").Frame(kClose);
  s.ExpectState("room:1", ChannelState::kClosed).ExpectStory({"room:1 close(by the server)"});
  s.ExpectDone("p", StatusCode::kCancelled);
  s.Push("room:1", "q").ExpectDone("q", StatusCode::kFailedPrecondition, "join first");
  s.Advance(20s).ExpectNoFrame().Lost().Advance(10ms).Open().ExpectNoFrame();
  s.Joined("room:1");
}

TEST(ChannelCoreTest, ClosesAlsoWhileJoining) {
  CoreScript s;
  s.Opened().Join("room:1").ExpectFrame(kJoin).Frame(R"(["$j","$j","room:1","phx_close",{}])");
  s.ExpectJoin("room:1", StatusCode::kCancelled, "closed by the server");
  s.ExpectState("room:1", ChannelState::kClosed).Advance(20s).ExpectNoFrame();
}

TEST(ChannelCoreTest, IgnoresTheCloseOfAnEarlierJoin) {
  CoreScript s;
  s.Opened().Joined("room:1").Frame(kCrash);
  ExpectJoinAfter(s, 1s);
  s.Reply("$j", "$j", "room:1").Frame(kClose).ExpectState("room:1", ChannelState::kJoined);
}

// --- out of step with the server

TEST(ChannelCoreTest, RejoinsWhenTheServerDoesNotKnowItAnyMore) {
  CoreScript s;
  s.Opened().Joined("room:1").Forget().Push("room:1", "p").Push("room:1", "q");
  s.ExpectFrame(R"(["$room:1","$p","room:1","p",{}])");
  s.ExpectFrame(R"(["$room:1","$q","room:1","q",{}])");
  s.Frame(R"([null,"$p","room:1","phx_reply",{"response":{"reason":"unmatched topic"},)"
          R"("status":"error"}])");
  s.ExpectDone("p", "error", R"({"reason":"unmatched topic"})");
  s.ExpectDone("q", StatusCode::kUnavailable, "unmatched topic");
  s.ExpectState("room:1", ChannelState::kErrored).ExpectStory({"room:1 error(unmatched topic)"});
  ExpectJoinAfter(s, 1s);
}

// The application may use the same words for something else.
TEST(ChannelCoreTest, StaysJoinedWhenAnApplicationSaysUnmatchedTopic) {
  CoreScript s;
  s.Opened().Joined("room:1").Push("room:1", "p");
  s.ExpectFrame(R"(["$room:1","$p","room:1","p",{}])");
  s.Reply("$room:1", "$p", "room:1", "error", R"({"reason":"unmatched topic"})");
  s.ExpectDone("p", "error").ExpectState("room:1", ChannelState::kJoined);
}

TEST(ChannelCoreTest, StaysJoinedWhenTheUnmatchedReplyIsToNothing) {
  CoreScript s;
  s.Opened().Joined("room:1");
  s.Frame(R"([null,"9999","room:1","phx_reply",{"response":{"reason":"unmatched topic"},)"
          R"("status":"error"}])");
  s.ExpectState("room:1", ChannelState::kJoined);
}

TEST(ChannelCoreTest, StartsTheBackOffOverAlsoWhenTheServerHasForgottenALongJoin) {
  CoreScript s;
  s.Connect().Open(/*skip_heartbeat=*/true).Joined("room:1");
  for (const Duration wait : {1s, 2s, 5s}) s.Frame(kCrash).Advance(wait).Rejoined("room:1");
  s.Advance(1h).Push("room:1", "p").ExpectFrame(R"(["$room:1","$p","room:1","p",{}])");
  s.Frame(R"([null,"$p","room:1","phx_reply",{"response":{"reason":"unmatched topic"},)"
          R"("status":"error"}])");
  ExpectJoinAfter(s, 1s);
}

// --- messages

TEST(ChannelCoreTest, HearsMessagesInTheOrderOfTheWireWhateverItsState) {
  CoreScript s;
  s.Opened().On("room:1", "msg").Join("room:1").ExpectFrame(kJoin).Forget();
  s.Frame(R"([null,null,"room:1","msg",{"n":1}])");  // before the join is answered
  s.Frame(R"(["$j",null,"room:1","msg",{"n":2}])");
  s.Reply("$j", "$j", "room:1");
  s.Frame(R"(["$j",null,"room:1","msg",{"n":3}])");
  s.Frame(R"(["",null,"room:1","msg",{"n":4}])");
  s.ExpectStory({R"(room:1 msg {"n":1})", R"(room:1 msg {"n":2})", "room:1 join {}",
                 R"(room:1 msg {"n":3})", R"(room:1 msg {"n":4})"});
}

TEST(ChannelCoreTest, DropsMessagesOfAnEarlierJoinWhateverTheirEvent) {
  CoreScript s;
  s.Opened().On("room:1", "msg").Joined("room:1").Lost().Advance(10ms).Open();
  s.ExpectFrame(R"(["$k","$k","room:1","phx_join",{}])").Forget();
  s.Frame(R"(["$room:1",null,"room:1","msg",{}])").Reply("$k", "$k", "room:1").Forget();
  s.Frame(R"(["$room:1",null,"room:1","msg",{}])");
  s.Frame(R"(["not a number",null,"room:1","msg",{}])");
  s.ExpectSilence();
  EXPECT_EQ(s.stats().stale_messages, 3);
}

TEST(ChannelCoreTest, HearsNothingOfOtherTopics) {
  CoreScript s;
  s.Opened().On("room:1", "msg").On("room:2", "msg").Joined("room:1").Joined("room:2").Forget();
  s.Frame(R"([null,null,"room:2","msg",{}])").Frame(R"([null,null,"room:","msg",{}])");
  s.ExpectStory({"room:2 msg {}"});
}

TEST(ChannelCoreTest, HearsNothingOnceItIsClosed) {
  CoreScript s;
  s.Opened().On("room:1", "msg").Joined("room:1").Frame(kClose).Forget();
  s.Frame(R"([null,null,"room:1","msg",{}])").ExpectSilence();
}

// --- the join after the next

TEST(ChannelCoreTest, JoinsAnewAfterItWasLeft) {
  CoreScript s;
  s.Opened();
  for (int i = 0; i < 3; ++i) {
    const std::string leave = absl::StrCat("$l", i);
    s.Joined("room:1").Leave("room:1");
    s.ExpectFrame(absl::StrCat(R"(["$room:1",")", leave, R"(","room:1","phx_leave",{}])"));
    s.Reply("$room:1", leave, "room:1").Frame(kClose).ExpectState("room:1", ChannelState::kClosed);
  }
}

// --- many joins

TEST(ChannelCoreTest, KeepsABoundedNumberOfJoinsInFlight) {
  CoreScript s(With([](CoreOptions& o) { o.max_joins_in_flight = 2; }));
  s.Opened();
  for (const char* topic : {"a", "b", "c", "d"}) s.Join(topic);
  s.ExpectFrame(R"(["$a","$a","a","phx_join",{}])").ExpectFrame(R"(["$b","$b","b","phx_join",{}])");
  s.ExpectNoFrame().Reply("$b", "$b", "b");
  s.ExpectFrame(R"(["$c","$c","c","phx_join",{}])").ExpectNoFrame();
  s.Reply("$a", "$a", "a", "error").ExpectFrame(R"(["$d","$d","d","phx_join",{}])");
}

TEST(ChannelCoreTest, PassesTheTurnOnHoweverAJoinEnds) {
  const auto play = [](void (*end)(CoreScript&)) {
    CoreScript s(With([](CoreOptions& o) { o.max_joins_in_flight = 1; }));
    s.Opened().Join("a").ExpectFrame(R"(["$a","$a","a","phx_join",{}])").Join("b").ExpectNoFrame();
    end(s);
    s.ExpectFrame(R"(["$b","$b","b","phx_join",{}])");
  };
  play([](CoreScript& s) { s.Reply("$a", "$a", "a"); });
  play([](CoreScript& s) { s.Reply("$a", "$a", "a", "error"); });
  play([](CoreScript& s) { s.Frame(R"(["$a","$a","a","phx_error",{}])"); });
  play([](CoreScript& s) { s.Frame(R"(["$a","$a","a","phx_close",{}])"); });
  play([](CoreScript& s) { s.Leave("a").ExpectFrame(R"(["$a","$l","a","phx_leave",{}])"); });
  play([](CoreScript& s) { s.Remove("a").ExpectFrame(R"(["$a","$l","a","phx_leave",{}])"); });
}

TEST(ChannelCoreTest, PassesTheTurnOnWhenTheParamsAreNoGood) {
  CoreScript s(With([](CoreOptions& o) { o.max_joins_in_flight = 1; }));
  s.Opened().ParamsFrom("a", [] { return Payload::Json("\xff"); });
  s.Join("a").ExpectJoin("a", StatusCode::kInvalidArgument);
  s.Join("b").ExpectFrame(R"(["$b","$b","b","phx_join",{}])");
}

TEST(ChannelCoreTest, StartsTheWindowOverOnEachConnection) {
  CoreScript s(With([](CoreOptions& o) { o.max_joins_in_flight = 1; }));
  s.Opened().Join("a").Join("b").Join("c").ExpectFrame(R"(["$a","$a","a","phx_join",{}])");
  for (const char* name : {"$a1", "$a2", "$a3"}) {
    s.Lost().Advance(5s).Open();
    s.ExpectFrame(absl::StrCat("[\"", name, "\",\"", name, R"(","a","phx_join",{}])"));
    s.ExpectNoFrame();
  }
  s.Reply("$a3", "$a3", "a").ExpectFrame(R"(["$b","$b","b","phx_join",{}])").ExpectNoFrame();
  s.Reply("$b", "$b", "b").ExpectFrame(R"(["$c","$c","c","phx_join",{}])");
}

TEST(ChannelCoreTest, SaysWhenItWaitedForItsTurnInVain) {
  CoreScript s(With([](CoreOptions& o) { o.max_joins_in_flight = 1; }));
  s.Opened().Join("a", 60s).ExpectFrame(R"(["$a","$a","a","phx_join",{}])").Join("b", 5s);
  s.Advance(5s).ExpectJoin("b", StatusCode::kDeadlineExceeded, "other joins were under way for 5s");
  s.ExpectNoFrame().Advance(1s).ExpectNoFrame();
  s.Reply("$a", "$a", "a").ExpectFrame(R"(["$b","$b","b","phx_join",{}])").ExpectNoFrame();
}

TEST(ChannelCoreTest, GivesNoTurnToAChannelThatWantsNoneAnyMore) {
  CoreScript s(With([](CoreOptions& o) { o.max_joins_in_flight = 1; }));
  s.Opened().Join("a").Join("b").Join("c").ExpectFrame(R"(["$a","$a","a","phx_join",{}])");
  s.Leave("b").ExpectDone("leave b", "ok").ExpectJoin("b", StatusCode::kCancelled);
  s.Reply("$a", "$a", "a").ExpectFrame(R"(["$c","$c","c","phx_join",{}])");
}

// The number of a removed channel, which still stands in the queue, may be another's by now.
TEST(ChannelCoreTest, GivesOneTurnToAChannelWhoseNumberStandsInTheQueueTwice) {
  CoreScript s(With([](CoreOptions& o) { o.max_joins_in_flight = 1; }));
  s.Opened().Join("a").ExpectFrame(R"(["$a","$a","a","phx_join",{}])").Join("b");
  const ChannelId channel = s.channel("b");
  s.Remove("b").Join("c");
  ASSERT_EQ(s.channel("c"), channel);
  s.Reply("$a", "$a", "a").ExpectFrame(R"(["$c","$c","c","phx_join",{}])").ExpectNoFrame();
  s.Join("d").ExpectNoFrame().Reply("$c", "$c", "c");
  s.ExpectFrame(R"(["$d","$d","d","phx_join",{}])").ExpectNoFrame();
}

// --- removed

TEST(ChannelCoreTest, LeavesTheServerWhenItIsRemoved) {
  CoreScript s;
  s.Opened().On("room:1", "msg").Joined("room:1").Push("room:1", "p");
  s.ExpectFrame(R"(["$room:1","$p","room:1","p",{}])").Forget().Remove("room:1");
  s.ExpectFrame(R"(["$room:1","$l","room:1","phx_leave",{}])");
  s.ExpectDone("p", StatusCode::kCancelled, "removed").ExpectSilence();
  s.Frame(R"([null,null,"room:1","msg",{}])").Reply("$room:1", "$l", "room:1").Frame(kClose);
  s.ExpectSilence().Lost().Advance(10ms).Open().ExpectNoFrame();
}

TEST(ChannelCoreTest, IsRemovedWhileItJoins) {
  CoreScript s;
  s.Opened().Join("room:1").ExpectFrame(kJoin).Remove("room:1").ExpectFrame(kLeave);
  s.ExpectJoin("room:1", StatusCode::kCancelled, "removed").Advance(20s).ExpectNoFrame();
}

TEST(ChannelCoreTest, IsRemovedWhileItLeaves) {
  CoreScript s;
  s.Opened().Joined("room:1").Leave("room:1").Join("room:1");
  s.ExpectFrame(R"(["$room:1","$l","room:1","phx_leave",{}])").Remove("room:1").ExpectNoFrame();
  s.ExpectDone("leave room:1", StatusCode::kCancelled);
  s.ExpectJoin("room:1", StatusCode::kCancelled);
}

TEST(ChannelCoreTest, MakesRoomForANewChannelOfItsTopic) {
  CoreScript s;
  s.Opened().On("room:1", "msg").Joined("room:1").Remove("room:1");
  s.ExpectFrame(R"(["$room:1","$l","room:1","phx_leave",{}])").Forget();
  s.Join("room:1").ExpectFrame(kJoin).Reply("$j", "$j", "room:1").Frame(kClose).Forget();
  s.ExpectState("room:1", ChannelState::kJoined);
  s.Frame(R"([null,null,"room:1","msg",{}])").ExpectSilence();  // it has handlers of its own
}

// The phx_close of the removed channel does not say that it is not the new one's.
TEST(ChannelCoreTest, MakesRoomForANewChannelOfItsTopicInVersionOne) {
  const char* close = R"({"topic":"room:1","event":"phx_close","payload":{},"ref":null})";
  CoreScript s(V1());
  s.OnMessage().Opened().Joined("room:1").Remove("room:1");
  s.ExpectFrame(R"({"topic":"room:1","event":"phx_leave","payload":{},"ref":"$l"})");
  s.Joined("room:1").Forget().Frame(close).ExpectStory({"socket phx_close {}"});
  s.ExpectState("room:1", ChannelState::kJoined);
  s.Frame(close).ExpectState("room:1", ChannelState::kClosed);
}

TEST(ChannelCoreTest, MakesRoomForANewChannelAlsoWhileItLeavesInVersionOne) {
  const char* close = R"({"topic":"room:1","event":"phx_close","payload":{},"ref":null})";
  CoreScript s(V1());
  s.Opened().Joined("room:1").Leave("room:1");
  s.ExpectFrame(R"({"topic":"room:1","event":"phx_leave","payload":{},"ref":"$l"})");
  s.Remove("room:1").Joined("room:1").Reply("", "$l", "room:1").Frame(close);
  s.ExpectState("room:1", ChannelState::kJoined);
  s.Frame(close).ExpectState("room:1", ChannelState::kClosed);
}

// --- with faults

TEST(ChannelCoreTest, SaysWhatItWaitsForAndUntilWhen) {
  using Kind = ChannelStatus::Kind;
  CoreScript s;
  s.OnStatus("room:1").ExpectStatus("room:1", Kind::kClosed);
  s.Join("room:1").ExpectStatus("room:1", Kind::kJoining, 10s);
  s.Advance(4s).Opened().ExpectFrame(R"(["$a","$a","room:1","phx_join",{}])");
  s.ExpectStatus("room:1", Kind::kJoining, 10s);
  s.Reply("$a", "$a", "room:1").ExpectStatus("room:1", Kind::kJoined);
  s.Frame(R"(["$a","$a","room:1","phx_error",{}])");
  s.ExpectStatus("room:1", Kind::kWaitingToRejoin, 1s);
  s.Lost().ExpectStatus("room:1", Kind::kWaitingForSocket);
  s.ExpectStory({"room:1 status(joining)", "room:1 status(joining)", "socket open",
                 "room:1 status(joined)", "room:1 join {}", "room:1 status(waiting to rejoin)",
                 "room:1 error(channel crashed: {})", "room:1 status(waiting for the socket)",
                 "socket close(1006, UNAVAILABLE, reconnect in 10ms)"});
  s.Advance(10ms).ExpectDial().driver().Open();
  s.Rejoined("room:1").Leave("room:1").ExpectFrame(R"(["$room:1","$l","room:1","phx_leave",{}])");
  s.ExpectStatus("room:1", Kind::kLeaving, 10s);
  s.Reply("$room:1", "$l", "room:1").ExpectStatus("room:1", Kind::kClosed);
}

TEST(ChannelCoreTest, SaysThatTheServerRefusedItForGood) {
  CoreOptions options = CoreScript::Options();
  options.should_rejoin = [](const wire::Reply&) { return false; };
  CoreScript s(options);
  s.Opened().Join("room:1").ExpectFrame(R"(["$a","$a","room:1","phx_join",{}])");
  s.Reply("$a", "$a", "room:1", "error").ExpectStatus("room:1", ChannelStatus::Kind::kRefused);
}

TEST(ChannelCoreTest, IsJoinedInTheEndWhateverGoesWrong) {
  CheckFaults([](CoreScript& s) {
    s.Join("room:1").Connect().Open();
    s.ExpectFrame(R"(["$a","$a","room:1","phx_join",{}])").Reply("$a", "$a", "room:1", "error");
    s.Advance(1s).ExpectFrame(R"(["$b","$b","room:1","phx_join",{}])").Reply("$b", "$b", "room:1");
    s.Joined("room:2").Frame(R"(["$b","$b","room:1","phx_error",{}])").Advance(2s);
    s.ExpectFrame(R"(["$c","$c","room:1","phx_join",{}])").Reply("$c", "$c", "room:1");
    s.Leave("room:2").ExpectFrame(R"(["$room:2","$l","room:2","phx_leave",{}])");
    s.Reply("$room:2", "$l", "room:2").Join("room:2");
    s.ExpectFrame(R"(["$d","$d","room:2","phx_join",{}])").Reply("$d", "$d", "room:2");
  });
}

TEST(ChannelCoreTest, IsJoinedInTheEndWhateverGoesWrongInVersionOne) {
  CheckFaults(
      [](CoreScript& s) {
        s.Opened().Joined("room:1").Leave("room:1");
        s.ExpectFrame(R"({"topic":"room:1","event":"phx_leave","payload":{},"ref":"$l"})");
        s.Join("room:1").Reply("", "$l", "room:1");
        s.Frame(R"({"topic":"room:1","event":"phx_close","payload":{},"ref":null})");
        s.Rejoined("room:1");
      },
      V1());
}

}  // namespace
}  // namespace phx::core
