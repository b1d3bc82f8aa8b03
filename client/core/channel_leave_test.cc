// Leaving, from every state and whatever comes of it.
#include <chrono>
#include <memory>
#include <string>

#include "absl/status/status.h"
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
using namespace std::chrono_literals;

constexpr char kLeave[] = R"(["$room:1","$l","room:1","phx_leave",{}])";
constexpr char kClose[] = R"(["$room:1","$room:1","room:1","phx_close",{}])";
constexpr char kLeaveV1[] = R"({"topic":"room:1","event":"phx_leave","payload":{},"ref":"$l"})";
constexpr char kCloseV1[] = R"({"topic":"room:1","event":"phx_close","payload":{},"ref":null})";

CoreOptions V1() {
  CoreOptions options = CoreScript::Options();
  options.serializer = std::make_shared<const wire::JsonSerializerV1>();
  return options;
}

// A channel that was joined and has been told to leave.
void PlayLeave(CoreScript& s) {
  s.Opened().Joined("room:1").Forget().Leave("room:1").ExpectFrame(kLeave);
  s.ExpectState("room:1", ChannelState::kLeaving).ExpectPending("leave room:1").ExpectSilence();
}

void ExpectLeft(CoreScript& s, CoreScript::Where where = CoreScript::Where::Here()) {
  s.ExpectState("room:1", ChannelState::kClosed, where);
  s.ExpectStory({"room:1 close(left)"}, where);
}

TEST(ChannelLeaveTest, LeavesUntilTheServerHasAnswered) {
  CoreScript s;
  PlayLeave(s);
  s.Reply("$room:1", "$l", "room:1", "ok", R"({"bye":1})");
  s.ExpectDone("leave room:1", "ok", R"({"bye":1})");
  ExpectLeft(s);
  s.Frame(kClose).ExpectSilence().Advance(20s).ExpectNoFrame();
}

TEST(ChannelLeaveTest, IsOverWithPhxCloseAlone) {
  CoreScript s;
  PlayLeave(s);
  s.Frame(kClose).ExpectDone("leave room:1", "ok");
  ExpectLeft(s);
  s.Reply("$room:1", "$l", "room:1").ExpectSilence();
}

TEST(ChannelLeaveTest, IsOverWhenTheChannelCrashes) {
  CoreScript s;
  PlayLeave(s);
  s.Frame(R"(["$room:1","$room:1","room:1","phx_error",{}])").ExpectDone("leave room:1", "ok");
  ExpectLeft(s);
  s.Advance(20s).ExpectNoFrame();  // no rejoin
}

TEST(ChannelLeaveTest, IsOverWhenTheServerDoesNotAnswerInTime) {
  CoreScript s;
  s.Opened().Joined("room:1").Forget().Leave("room:1", 3s).ExpectFrame(kLeave);
  s.Advance(3s - 1ns).ExpectState("room:1", ChannelState::kLeaving).Advance(1ns);
  s.ExpectDone("leave room:1", StatusCode::kDeadlineExceeded, "no reply in time");
  ExpectLeft(s);
}

TEST(ChannelLeaveTest, IsOverWithTheConnection) {
  CoreScript s;
  PlayLeave(s);
  s.Lost().ExpectDone("leave room:1", "ok").ExpectState("room:1", ChannelState::kClosed);
  s.ExpectStory({"room:1 close(left)", "socket close(1006, UNAVAILABLE, reconnect in 10ms)"});
  s.Advance(10ms).Open().ExpectNoFrame();
}

TEST(ChannelLeaveTest, IsOverWithDisconnect) {
  CoreScript s;
  PlayLeave(s);
  s.Disconnect().ExpectClose(1000).ExpectDone("leave room:1", "ok");
  ExpectLeft(s);
}

TEST(ChannelLeaveTest, IsOverWhenTheServerKnowsNothingToLeave) {
  CoreScript s;
  PlayLeave(s);
  s.Frame(R"([null,"$l","room:1","phx_reply",{"response":{"reason":"unmatched topic"},)"
          R"("status":"error"}])");
  s.ExpectDone("leave room:1", "error");
  ExpectLeft(s);
}

TEST(ChannelLeaveTest, IsOverWithAReplyThatCannotBeRead) {
  CoreScript s;
  PlayLeave(s);
  s.Frame(R"(["$room:1","$l","room:1","phx_reply",null])");
  s.ExpectDone("leave room:1", StatusCode::kDataLoss);
  ExpectLeft(s);
}

// --- where there is nothing to leave, it is over at once

TEST(ChannelLeaveTest, SucceedsOnAClosedChannelWithoutAWord) {
  CoreScript s;
  s.Leave("room:1").ExpectDone("leave room:1", "ok").ExpectSilence();
  s.Opened().Forget().Leave("room:1").ExpectDone("leave room:1", "ok");
  s.ExpectSilence().ExpectNoFrame();
}

TEST(ChannelLeaveTest, ClosesAChannelThatWaitsForTheSocket) {
  CoreScript s;
  s.Join("room:1").Leave("room:1").ExpectDone("leave room:1", "ok");
  s.ExpectJoin("room:1", StatusCode::kCancelled, "left");
  ExpectLeft(s);
  s.Opened().ExpectNoFrame();  // neither the join nor the leave was kept
}

TEST(ChannelLeaveTest, ClosesAChannelThatBacksOff) {
  CoreScript s;
  s.Opened().Joined("room:1").Frame(R"(["$room:1","$room:1","room:1","phx_error",{}])").Forget();
  s.Push("room:1", "p").Leave("room:1").ExpectDone("leave room:1", "ok");
  s.ExpectDone("p", StatusCode::kCancelled);
  ExpectLeft(s);
  s.Advance(20s).ExpectNoFrame().Lost().Advance(10ms).Open().ExpectNoFrame();
}

TEST(ChannelLeaveTest, ClosesAChannelThatAsksForItsParams) {
  CoreScript s;
  s.Opened().Forget().ParamsFrom("room:1", {}).Join("room:1").Leave("room:1");
  s.ExpectDone("leave room:1", "ok").ExpectJoin("room:1", StatusCode::kCancelled);
  s.driver().AnswerJoinParams(s.channel("room:1"), 1, wire::Payload());
  ExpectLeft(s);
  s.ExpectNoFrame();
}

TEST(ChannelLeaveTest, ClosesAChannelThatTheDisconnectedSocketWouldBringBack) {
  CoreScript s;
  s.Opened().Joined("room:1").Disconnect().ExpectClose(1000).Closed(1000).Forget();
  s.Leave("room:1").ExpectDone("leave room:1", "ok");
  ExpectLeft(s);
  s.Connect().Open().ExpectNoFrame();
}

// --- while joining

TEST(ChannelLeaveTest, LeavesAJoinThatIsNotAnswered) {
  CoreScript s;
  s.Opened().Forget().Join("room:1").ExpectFrame(R"(["$j","$j","room:1","phx_join",{}])");
  s.Advance(1ms).Leave("room:1").ExpectFrame(R"(["$j","$l","room:1","phx_leave",{}])");
  s.ExpectJoin("room:1", StatusCode::kCancelled, "left");
  s.Reply("$j", "$j", "room:1").ExpectNoJoinOutcome("room:1");  // too late
  s.ExpectState("room:1", ChannelState::kLeaving).Reply("$j", "$l", "room:1");
  ExpectLeft(s);
  s.Advance(25s).ExpectNoFrame();
}

TEST(ChannelLeaveTest, LeavesAJoinThatTheServerNeverAnswers) {
  CoreScript s;
  s.Connect().Open(/*skip_heartbeat=*/true);
  s.Join("room:1").ExpectFrame(R"(["$j","$j","room:1","phx_join",{}])").Advance(1ms);
  s.Leave("room:1").ExpectFrame(R"(["$j","$l","room:1","phx_leave",{}])");
  s.Advance(60s).ExpectNoFrame().ExpectState("room:1", ChannelState::kClosed);
  s.ExpectDone("leave room:1", StatusCode::kDeadlineExceeded);
}

// --- what else happens to a channel that leaves

TEST(ChannelLeaveTest, HearsNothingMore) {
  CoreScript s;
  s.On("room:1", "msg").On("room:1", "phx_reply").On("room:1", "phx_close");
  PlayLeave(s);
  s.Frame(R"([null,null,"room:1","msg",{}])").Frame(R"(["$room:1",null,"room:1","msg",{}])");
  s.ExpectSilence().Reply("$room:1", "$l", "room:1").Frame(kClose);
  ExpectLeft(s);
}

TEST(ChannelLeaveTest, AnswersEveryLeaveOnce) {
  CoreScript s;
  PlayLeave(s);
  s.Leave("room:1").ExpectNoFrame().Reply("$room:1", "$l", "room:1", "ok", R"({"n":1})");
  s.ExpectDone("leave room:1", "ok", R"({"n":1})").ExpectDone("leave room:1", "ok", R"({"n":1})");
  s.ExpectPending("leave room:1");
  ExpectLeft(s);
}

TEST(ChannelLeaveTest, LetsThePushesInFlightHaveTheirReplies) {
  CoreScript s;
  s.Opened().Joined("room:1").Push("room:1", "p").Push("room:1", "q");
  s.ExpectFrame(R"(["$room:1","$p","room:1","p",{}])");
  s.ExpectFrame(R"(["$room:1","$q","room:1","q",{}])");
  s.Leave("room:1").ExpectFrame(kLeave).ExpectPending("p");
  s.Reply("$room:1", "$p", "room:1").ExpectDone("p", "ok").ExpectPending("q");
  s.Reply("$room:1", "$l", "room:1").ExpectDone("q", StatusCode::kCancelled, "closed");
}

TEST(ChannelLeaveTest, CancelsThePushesThatWaitForTheJoin) {
  CoreScript s;
  s.Opened().Join("room:1").ExpectFrame(R"(["$j","$j","room:1","phx_join",{}])");
  s.Push("room:1", "p").Leave("room:1").ExpectFrame(R"(["$j","$l","room:1","phx_leave",{}])");
  s.ExpectDone("p", StatusCode::kCancelled, "left");
  s.Push("room:1", "q").ExpectDone("q", StatusCode::kFailedPrecondition, "leaving");
}

// --- join while leaving

TEST(ChannelLeaveTest, JoinsAgainAsSoonAsTheLeaveIsOver) {
  CoreScript s;
  PlayLeave(s);
  s.Join("room:1").ExpectNoFrame().ExpectState("room:1", ChannelState::kLeaving);
  s.Push("room:1", "p").ExpectPending("p");
  s.Reply("$room:1", "$l", "room:1").ExpectDone("leave room:1", "ok");
  s.ExpectStory({"room:1 close(left)"}).ExpectState("room:1", ChannelState::kJoining);
  s.ExpectFrame(R"(["$j","$j","room:1","phx_join",{}])");
  s.Frame(kClose).ExpectState("room:1", ChannelState::kJoining);  // of the old join
  s.Reply("$j", "$j", "room:1").ExpectJoin("room:1", "ok").ExpectStory({"room:1 join {}"});
  s.ExpectFrame(R"(["$j","$p","room:1","p",{}])");
}

TEST(ChannelLeaveTest, JoinsAgainAlsoWhenTheLeaveIsNeverAnswered) {
  CoreScript s;
  PlayLeave(s);
  s.Join("room:1").Advance(10s).ExpectDone("leave room:1", StatusCode::kDeadlineExceeded);
  s.ExpectFrame(R"(["$j","$j","room:1","phx_join",{}])");
}

TEST(ChannelLeaveTest, JoinsAgainOnTheNextConnection) {
  CoreScript s;
  PlayLeave(s);
  s.Join("room:1").Lost().ExpectState("room:1", ChannelState::kJoining);
  s.ExpectNoJoinOutcome("room:1").Advance(10ms).Open();
  s.ExpectFrame(R"(["$j","$j","room:1","phx_join",{}])");
}

TEST(ChannelLeaveTest, KeepsTheWishToJoinAgainOnDisconnect) {
  CoreScript s;
  PlayLeave(s);
  s.Join("room:1").Push("room:1", "p").Disconnect().ExpectClose(1000);
  s.ExpectDone("leave room:1", "ok").ExpectJoin("room:1", StatusCode::kCancelled);
  s.ExpectDone("p", StatusCode::kCancelled).ExpectState("room:1", ChannelState::kErrored);
  s.ExpectStory({"room:1 close(left)", "room:1 error(disconnected)"});
  s.Connect().Open().ExpectFrame(R"(["$j","$j","room:1","phx_join",{}])");
}

TEST(ChannelLeaveTest, CancelsTheNextJoinByAnotherLeave) {
  CoreScript s;
  PlayLeave(s);
  s.Join("room:1").Push("room:1", "p").Leave("room:1");
  s.ExpectJoin("room:1", StatusCode::kCancelled, "left").ExpectDone("p", StatusCode::kCancelled);
  s.Reply("$room:1", "$l", "room:1").ExpectNoFrame();
  s.ExpectDone("leave room:1", "ok").ExpectDone("leave room:1", "ok");
  ExpectLeft(s);
}

TEST(ChannelLeaveTest, JoinsOnceHoweverOftenItIsToldWhileLeaving) {
  CoreScript s;
  PlayLeave(s);
  s.Join("room:1").Join("room:1");
  s.ExpectDone("join room:1", StatusCode::kFailedPrecondition, "already joining");
  s.Reply("$room:1", "$l", "room:1").ExpectFrame(R"(["$j","$j","room:1","phx_join",{}])");
  s.ExpectNoFrame();
}

// --- V1, whose phx_close does not say which join it ends

TEST(ChannelLeaveTest, AwaitsPhxCloseInVersionOne) {
  CoreScript s(V1());
  s.Opened().Joined("room:1").Forget().Leave("room:1").ExpectFrame(kLeaveV1).Join("room:1");
  s.Reply("", "$l", "room:1").ExpectPending("leave room:1").ExpectNoFrame();
  s.Frame(kCloseV1).ExpectDone("leave room:1", "ok").ExpectStory({"room:1 close(left)"});
  s.Rejoined("room:1").ExpectState("room:1", ChannelState::kJoined);
}

TEST(ChannelLeaveTest, AwaitsPhxCloseInVersionOneNoLongerThanTheLeaveMayTake) {
  CoreScript s(V1());
  s.Opened().Joined("room:1").Forget().Leave("room:1", 3s).ExpectFrame(kLeaveV1);
  s.Reply("", "$l", "room:1").Advance(3s).ExpectDone("leave room:1", "ok");
  ExpectLeft(s);
}

TEST(ChannelLeaveTest, TakesNoEarlierAnswerForThatOfTheNextLeaveInVersionOne) {
  CoreScript s(V1());
  s.Opened().Joined("room:1").Leave("room:1").ExpectFrame(kLeaveV1);
  s.Reply("", "$l", "room:1").Frame(kCloseV1).ExpectDone("leave room:1", "ok");
  s.ForgetName("$l").Joined("room:1").Leave("room:1").ExpectFrame(kLeaveV1).Advance(10s);
  s.ExpectDone("leave room:1", StatusCode::kDeadlineExceeded);
}

TEST(ChannelLeaveTest, IsNotClosedByTheLateCloseOfALeaveThatTimedOutInVersionOne) {
  CoreScript s(V1());
  s.Opened().Joined("room:1").Leave("room:1", 3s).ExpectFrame(kLeaveV1).Advance(3s);
  s.ExpectDone("leave room:1", StatusCode::kDeadlineExceeded).Joined("room:1");
  s.Frame(kCloseV1).ExpectState("room:1", ChannelState::kJoined);
  s.Frame(kCloseV1).ExpectState("room:1", ChannelState::kClosed);  // this one means it
}

TEST(ChannelLeaveTest, IsNotClosedByTheLateCloseOfAJoinThatTimedOutInVersionOne) {
  CoreScript s(V1());
  s.Opened().Join("room:1");
  s.ExpectFrame(R"({"topic":"room:1","event":"phx_join","payload":{},"ref":"$j"})");
  s.Advance(10s).ExpectFrame(kLeaveV1).Advance(1s).Rejoined("room:1");
  s.Frame(kCloseV1).ExpectState("room:1", ChannelState::kJoined);
  s.Frame(kCloseV1).ExpectState("room:1", ChannelState::kClosed);
}

TEST(ChannelLeaveTest, IsClosedAlthoughAJoinThatTimedOutWasRefusedInTheEndInVersionOne) {
  CoreScript s(V1());
  s.Opened().Join("room:1");
  s.ExpectFrame(R"({"topic":"room:1","event":"phx_join","payload":{},"ref":"$j"})");
  s.Advance(10s).ExpectFrame(kLeaveV1).Reply("", "$j", "room:1", "error");
  s.Reply("", "$l", "room:1").Advance(1s).Rejoined("room:1");  // and no phx_close: nothing to end
  s.Frame(kCloseV1).ExpectState("room:1", ChannelState::kClosed);
}

TEST(ChannelLeaveTest, ForgetsTheClosesThatALostConnectionOwed) {
  CoreScript s(V1());
  s.Opened().Joined("room:1").Leave("room:1", 3s).ExpectFrame(kLeaveV1).Advance(3s);
  s.Lost().Advance(10ms).Open().Joined("room:1");
  s.Frame(kCloseV1).ExpectState("room:1", ChannelState::kClosed);
}

// --- with faults

TEST(ChannelLeaveTest, HasOneOutcomeWhateverGoesWrong) {
  CheckFaults([](CoreScript& s) {
    s.Opened().Joined("room:1").Push("room:1", "p", {}, 0s);
    s.ExpectFrame(R"(["$room:1","$p","room:1","p",{}])").Leave("room:1").ExpectFrame(kLeave);
    s.Join("room:1").Push("room:1", "q", {}, 0s).Reply("$room:1", "$p", "room:1");
    s.Reply("$room:1", "$l", "room:1").Rejoined("room:1");
    s.ExpectFrame(R"(["$room:1","$q","room:1","q",{}])").Leave("room:1").Leave("room:1");
    s.ExpectFrame(R"(["$room:1","$m","room:1","phx_leave",{}])").Join("room:1").Frame(kClose);
    s.Rejoined("room:1");
  });
}

}  // namespace
}  // namespace phx::core
