#include "client/core/channel_pushes.h"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

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

constexpr char kJoin[] = R"(["$room:1","$room:1","room:1","phx_join",{}])";

CoreOptions With(void (*change)(CoreOptions&)) {
  CoreOptions options = CoreScript::Options();
  change(options);
  return options;
}

// The frame of a push with an empty payload, whose ref is named after its event.
std::string Sent(const std::string& event) {
  return absl::StrCat(R"(["$room:1","$)", event, R"(","room:1",")", event, R"(",{}])");
}

// --- a joined channel

TEST(ChannelPushesTest, CarriesTheJoinRefAndARefOfItsOwn) {
  CoreScript s;
  s.Opened().Joined("room:1").Push("room:1", "msg", Payload::JsonText(R"({"body":"hi"})"));
  s.ExpectFrame(R"(["$room:1","$p","room:1","msg",{"body":"hi"}])").ExpectPending("msg");
  EXPECT_NE(s.ref("$p"), s.ref("$room:1"));
  s.Reply("$room:1", "$p", "room:1", "ok", R"({"id":7})").ExpectDone("msg", "ok", R"({"id":7})");
}

TEST(ChannelPushesTest, SendsAnEmptyObjectWhereThereIsNothingToSay) {
  CoreScript s;
  s.Opened().Joined("room:1").Push("room:1", "msg").ExpectFrame(Sent("msg"));
}

TEST(ChannelPushesTest, HasTheServersReplyForItsOutcomeWhateverTheStatus) {
  CoreScript s;
  s.Opened().Joined("room:1");
  for (const std::string status : {"ok", "error", "later", ""}) {
    const std::string ref = absl::StrCat("$", status, "ref");
    s.Push("room:1", "msg");
    s.ExpectFrame(absl::StrCat(R"(["$room:1",")", ref, R"(","room:1","msg",{}])"));
    s.Reply("$room:1", ref, "room:1", status, "[1]").ExpectDone("msg", status, "[1]");
  }
}

TEST(ChannelPushesTest, FindsEachReplyByItsRef) {
  CoreScript s;
  s.Opened().Joined("room:1").Joined("room:2").Push("room:1", "a").Push("room:2", "b");
  s.ExpectFrame(Sent("a")).ExpectFrame(R"(["$room:2","$b","room:2","b",{}])");
  s.Reply("$room:2", "$a", "room:2").ExpectPending("a");  // another channel's ref
  s.Reply("$room:1", "4711", "room:1").ExpectPending("a");
  s.Frame(R"(["$room:1",null,"room:1","phx_reply",{"status":"ok","response":{}}])");
  s.ExpectPending("a").Reply("$room:2", "$b", "room:2").ExpectDone("b", "ok");
  s.Reply("$room:1", "$a", "room:1").ExpectDone("a", "ok");
  s.Reply("$room:1", "$a", "room:1").ExpectPending("a");  // said twice, heard once
}

TEST(ChannelPushesTest, UnderstandsANumberForARef) {
  CoreScript s;
  s.Opened().Joined("room:1").Push("room:1", "a").ExpectFrame(Sent("a"));
  s.Frame(absl::StrCat("[", s.ref("$room:1"), ",", s.ref("$a"),
                       R"(,"room:1","phx_reply",{"status":"ok","response":{}}])"));
  s.ExpectDone("a", "ok");
}

TEST(ChannelPushesTest, ReportsAReplyThatCannotBeRead) {
  CoreScript s;
  s.Opened().Joined("room:1").Push("room:1", "a").ExpectFrame(Sent("a"));
  s.Frame(R"(["$room:1","$a","room:1","phx_reply",{"response":{}}])");
  s.ExpectDone("a", StatusCode::kDataLoss).ExpectState("room:1", ChannelState::kJoined);
  EXPECT_EQ(s.stats().malformed_frames, 1);
}

TEST(ChannelPushesTest, SendsBytesAsABinaryFrameAndHearsABinaryReply) {
  CoreScript s;
  s.Opened().Joined("room:1").Push("room:1", "bin", Payload::Binary(std::string_view("\0\1", 2)));
  s.ExpectFrame(R"(["$room:1","$p","room:1","bin","\u0000\u0001"])");
  const std::string join_ref = s.ref("$room:1");
  const std::string ref = s.ref("$p");
  std::string reply = "\x01";
  for (const std::size_t size : {join_ref.size(), ref.size(), std::size_t{6}, std::size_t{2}}) {
    reply += static_cast<char>(size);
  }
  s.BinaryFrame(reply + join_ref + ref + "room:1" + "ok" + "data").ExpectDone("bin", "ok");
}

// --- what cannot be sent

TEST(ChannelPushesTest, FailsAFieldThatDoesNotFitABinaryFrame) {
  CoreScript s;
  s.Opened().Joined("room:1").Push("room:1", std::string(256, 'e'), Payload::Binary("x"));
  s.ExpectDone(std::string(256, 'e'), StatusCode::kInvalidArgument, "room:1").ExpectNoFrame();
}

TEST(ChannelPushesTest, FailsAPayloadThatIsNoJson) {
  CoreScript s;
  s.Opened().Joined("room:1").Push("room:1", "p", Payload::Json("\xff")).ExpectNoFrame();
  s.ExpectDone("p", StatusCode::kInvalidArgument).Push("room:1", "q").ExpectFrame(Sent("q"));
}

TEST(ChannelPushesTest, FailsBytesInVersionOne) {
  CoreScript s(With(
      [](CoreOptions& o) { o.serializer = std::make_shared<const wire::JsonSerializerV1>(); }));
  s.Opened().Joined("room:1").Push("room:1", "p", Payload::Binary("x"));
  s.ExpectDone("p", StatusCode::kInvalidArgument).ExpectNoFrame();
}

// One bad message among those that wait takes nobody with it.
TEST(ChannelPushesTest, SendsTheOthersWhenABufferedOneCannotBeSent) {
  CoreScript s;
  s.Opened().Join("room:1").ExpectFrame(kJoin);
  s.Push("room:1", "bad", Payload::Json("\xff")).Push("room:1", "good");
  s.Reply("$room:1", "$room:1", "room:1").ExpectDone("bad", StatusCode::kInvalidArgument);
  s.ExpectFrame(Sent("good")).ExpectNoFrame().ExpectHeard("room:1 join {}");
}

// --- before the join

TEST(ChannelPushesTest, WaitsForTheJoinInOrder) {
  CoreScript s;
  s.Join("room:1").Push("room:1", "a").Push("room:1", "b").Opened().ExpectFrame(kJoin);
  s.Push("room:1", "c").ExpectNoFrame().Reply("$room:1", "$room:1", "room:1");
  s.ExpectFrame(Sent("a")).ExpectFrame(Sent("b")).ExpectFrame(Sent("c"));
  s.Push("room:1", "d").ExpectFrame(Sent("d"));
}

TEST(ChannelPushesTest, SendsWhatWaitedBeforeWhatTheJoinsHandlersPush) {
  CoreScript s;
  s.When("room:1 join {}", [](CoreScript& script) { script.Push("room:1", "from_hook"); });
  s.When("done join room:1", [](CoreScript& script) { script.Push("room:1", "from_reply"); });
  s.Opened().Join("room:1").ExpectFrame(kJoin).Push("room:1", "waited");
  s.Reply("$room:1", "$room:1", "room:1").ExpectFrame(Sent("waited"));
  s.ExpectFrame(Sent("from_hook")).ExpectFrame(Sent("from_reply"));
}

TEST(ChannelPushesTest, KeepsAPayloadThatItsOwnerDestroys) {
  CoreScript s;
  s.Opened().Join("room:1").ExpectFrame(kJoin);
  {
    std::string text = R"({"body":"a text too long for any small buffer inside of the payload"})";
    s.Push("room:1", "p", Payload::JsonText(wire::Text::Borrow(text)));
    text.assign(text.size(), 'x');
  }
  s.Reply("$room:1", "$room:1", "room:1");
  s.ExpectFrame(R"(["$room:1","$p","room:1","p",)"
                R"({"body":"a text too long for any small buffer inside of the payload"}])");
}

TEST(ChannelPushesTest, DrawsItsRefWhenItIsWritten) {
  CoreScript s;
  Ref told;
  s.driver().SetListener([&told](const Action& action) {
    if (const auto* sent = std::get_if<PushSent>(&action)) told = sent->ref;
  });
  s.Join("room:1").Push("room:1", "p").Connect();
  s.driver().Open();
  const Ref before = s.driver().refs().Next();
  s.Reply("", std::to_string(before.value - 1), "room:1");  // the join's
  EXPECT_EQ(told, Ref{before.value + 1});
}

TEST(ChannelPushesTest, FailsOnAChannelThatNobodyJoins) {
  CoreScript s;
  s.Opened().Push("room:1", "p");
  s.ExpectDone("p", StatusCode::kFailedPrecondition, "the channel is closed; join first");
  s.ExpectNoFrame();
}

TEST(ChannelPushesTest, WaitsWhileTheChannelIsErrored) {
  CoreScript s;
  s.Opened().Joined("room:1").Frame(R"(["$room:1","$room:1","room:1","phx_error",{}])");
  s.Push("room:1", "p").ExpectPending("p").ExpectNoFrame().Advance(1s).Rejoined("room:1");
  s.ExpectFrame(Sent("p")).Reply("$room:1", "$p", "room:1").ExpectDone("p", "ok");
}

TEST(ChannelPushesTest, WaitsThroughALostConnection) {
  CoreScript s;
  s.Opened().Join("room:1").ExpectFrame(kJoin).Push("room:1", "p").Lost().ExpectPending("p");
  s.Advance(10ms).Open().Rejoined("room:1").ExpectFrame(Sent("p"));
}

// --- timeouts

TEST(ChannelPushesTest, TimesOutWithoutAReply) {
  CoreScript s;
  s.Opened().Joined("room:1").Push("room:1", "p", {}, 3s).ExpectFrame(Sent("p"));
  s.Advance(3s - 1ns).ExpectPending("p").Advance(1ns);
  s.ExpectDone("p", StatusCode::kDeadlineExceeded, "push on \"room:1\": no reply within 3s");
  s.Reply("$room:1", "$p", "room:1").ExpectPending("p");  // too late
  s.ExpectState("room:1", ChannelState::kJoined);
}

TEST(ChannelPushesTest, TimesOutWithoutAJoin) {
  CoreScript s;
  s.Join("room:1", 60s).Push("room:1", "p", {}, 3s).Advance(3s);
  s.ExpectDone("p", StatusCode::kDeadlineExceeded, "not joined within 3s");
  s.Opened().Rejoined("room:1").ExpectNoFrame();  // it is not sent any more
}

TEST(ChannelPushesTest, HasItsWholeTimeoutOnceItIsWritten) {
  CoreScript s;
  s.Opened().Join("room:1").ExpectFrame(kJoin).Push("room:1", "p", {}, 5s).Advance(4s);
  s.Reply("$room:1", "$room:1", "room:1").ExpectFrame(Sent("p"));
  s.Advance(5s - 1ns).ExpectPending("p").Advance(1ns);
  s.ExpectDone("p", StatusCode::kDeadlineExceeded, "no reply");
}

TEST(ChannelPushesTest, WaitsForEverWithATimeoutOfZero) {
  CoreScript s;
  s.Connect().Open(/*skip_heartbeat=*/true).Joined("room:1");
  s.Push("room:1", "p", {}, 0s).Push("room:1", "q", {}, Duration::max());
  s.ExpectFrame(Sent("p")).ExpectFrame(Sent("q"));
  s.Advance(24h * 365).ExpectPending("p").ExpectPending("q");
  s.Reply("$room:1", "$p", "room:1").ExpectDone("p", "ok");
  s.Reply("$room:1", "$q", "room:1").ExpectDone("q", "ok").ExpectNoDeadline();
}

TEST(ChannelPushesTest, TimesOutInTheOrderOfTheirMaking) {
  CoreScript s;
  std::vector<std::string> order;
  s.Opened().Joined("room:1");
  for (int i = 0; i < 100; ++i) {
    const std::string event = absl::StrCat("e", i);
    s.Push("room:1", event, {}, 3s);
    s.When("done " + event, [&order, event](CoreScript&) { order.push_back(event); });
  }
  s.Forget().Advance(3s);
  ASSERT_EQ(order.size(), 100);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[i], absl::StrCat("e", i));
}

TEST(ChannelPushesTest, LeavesNoDeadlineBehind) {
  CoreScript s;
  s.Connect().Open(/*skip_heartbeat=*/true).Joined("room:1");
  s.Push("room:1", "p").ExpectFrame(Sent("p")).ExpectDeadlineIn(10s);
  s.Reply("$room:1", "$p", "room:1").ExpectNoDeadline();
}

// --- the connection is lost

TEST(ChannelPushesTest, FailsAtOnceWhenTheConnectionIsLost) {
  CoreScript s;
  std::string order;
  s.Opened().Joined("room:1").Push("room:1", "a").Push("room:1", "b").Push("room:1", "c");
  for (const char* event : {"a", "b", "c"}) {
    s.ExpectFrame(Sent(event));
    s.When(absl::StrCat("done ", event), [&order, event](CoreScript&) { order += event; });
  }
  s.Lost("reset by peer").ExpectDone("a", StatusCode::kUnavailable, "reset by peer");
  s.ExpectDone("b", StatusCode::kUnavailable).ExpectDone("c", StatusCode::kUnavailable);
  EXPECT_EQ(order, "abc");
  s.Advance(10ms).Open().Rejoined("room:1").ExpectNoFrame();  // nothing is sent again
  s.Reply("$room:1", "$a", "room:1").Frame(R"([null,"$b","room:1","phx_reply",{"status":"ok"}])");
  s.ExpectPending("a").ExpectPending("b");  // late replies are nobody's
}

// A message that the server finds too big ends the connection; it must not end the next one too.
TEST(ChannelPushesTest, IsNotSentAgainAfterTheServerRefusedItsSize) {
  CoreScript s;
  s.Opened().Joined("room:1").Push("room:1", "big").ExpectFrame(Sent("big"));
  s.Closed(1009, "too big").ExpectDone("big", StatusCode::kUnavailable, "1009 \"too big\"");
  s.Advance(10ms).Open().Rejoined("room:1").ExpectNoFrame();
}

TEST(ChannelPushesTest, IsCancelledByDisconnect) {
  CoreScript s;
  s.Opened().Joined("room:1").Push("room:1", "sent").ExpectFrame(Sent("sent")).Join("room:2");
  s.ExpectFrame(R"(["$r","$r","room:2","phx_join",{}])").Push("room:2", "waits");
  s.Disconnect().ExpectClose(1000).ExpectDone("sent", StatusCode::kCancelled, "disconnected");
  s.ExpectDone("waits", StatusCode::kCancelled, "disconnected");
}

TEST(ChannelPushesTest, MayWaitAgainAfterDisconnect) {
  CoreScript s;
  s.Opened().Joined("room:1").Disconnect().ExpectClose(1000).Push("room:1", "p");
  s.ExpectPending("p").Connect().Open().Rejoined("room:1").ExpectFrame(Sent("p"));
}

// --- bounds

TEST(ChannelPushesTest, FailsTheNewestWhenTheBufferIsFull) {
  CoreScript s(With([](CoreOptions& o) { o.max_push_buffer = 2; }));
  s.Opened().Join("room:1").ExpectFrame(kJoin);
  s.Push("room:1", "a").Push("room:1", "b").Push("room:1", "c");
  s.ExpectDone("c", StatusCode::kResourceExhausted, "buffer");
  s.Reply("$room:1", "$room:1", "room:1").ExpectFrame(Sent("a")).ExpectFrame(Sent("b"));
}

TEST(ChannelPushesTest, FailsTheOldestIfThatIsThePolicy) {
  CoreScript s(With([](CoreOptions& o) {
    o.max_push_buffer = 2;
    o.overflow = OverflowPolicy::kDropOldest;
  }));
  s.Opened().Join("room:1").ExpectFrame(kJoin);
  s.Push("room:1", "a").Push("room:1", "b").Push("room:1", "c");
  s.ExpectDone("a", StatusCode::kResourceExhausted, "dropped for a newer one");
  s.Reply("$room:1", "$room:1", "room:1").ExpectFrame(Sent("b")).ExpectFrame(Sent("c"));
}

TEST(ChannelPushesTest, KeepsNothingInABufferOfZero) {
  for (const OverflowPolicy policy : {OverflowPolicy::kFail, OverflowPolicy::kDropOldest}) {
    CoreOptions options = CoreScript::Options();
    options.max_push_buffer = 0;
    options.overflow = policy;
    CoreScript s(options);
    s.Join("room:1").Push("room:1", "a").ExpectDone("a", StatusCode::kResourceExhausted);
  }
}

TEST(ChannelPushesTest, CountsTheBufferOfEachChannelByItself) {
  CoreScript s(With([](CoreOptions& o) { o.max_push_buffer = 1; }));
  s.Join("room:1").Join("room:2").Push("room:1", "a").Push("room:2", "b");
  s.ExpectPending("a").ExpectPending("b");
}

TEST(ChannelPushesTest, FailsWhileTheNetworkDoesNotKeepUp) {
  CoreScript s(With([](CoreOptions& o) { o.max_backlog = 100; }));
  s.Opened().Joined("room:1");
  s.driver().Stall();
  int accepted = 0;
  for (; accepted < 100; ++accepted) {
    const std::string event = absl::StrCat("e", accepted);
    s.Push("room:1", event).Forget();
    if (s.driver().invariants().pending() <= static_cast<std::size_t>(accepted)) break;
  }
  EXPECT_GT(accepted, 1);
  EXPECT_LT(accepted, 10);
  s.ExpectDone(absl::StrCat("e", accepted), StatusCode::kResourceExhausted, "network");
  s.driver().Unstall();
  s.Push("room:1", "again").ExpectFrame(Sent("again"));
}

// What was written in this very turn counts, although the network has not been asked yet.
TEST(ChannelPushesTest, FailsAlsoWithinOneTurnThatPushesWithoutEnd) {
  CoreScript s(With([](CoreOptions& o) { o.max_backlog = 10'000; }));
  s.Opened().Joined("room:1");
  s.driver().Step("a long turn", [&] {
    for (int i = 0; i < 10'000; ++i) s.driver().Push(s.channel("room:1"), "p", {}, 1s);
  });
  EXPECT_LT(s.stats().bytes_sent, 11'000);
  s.Forget();
}

TEST(ChannelPushesTest, StartsOnEachConnectionWithAnEmptyBacklog) {
  CoreScript s(With([](CoreOptions& o) { o.max_backlog = 10; }));
  s.Opened().Joined("room:1");
  s.driver().Stall();
  s.Push("room:1", "a").Forget().Push("room:1", "b");
  s.ExpectDone("b", StatusCode::kResourceExhausted).Lost();
  s.driver().Unstall();
  s.driver().core().OnBacklog(1'000'000);  // what the old transport had, told too late
  s.Advance(10ms).Open().Rejoined("room:1").Push("room:1", "c").ExpectFrame(Sent("c"));
}

// --- cancelling

TEST(ChannelPushesTest, IsTakenBackWhileItWaits) {
  CoreScript s;
  s.Opened().Join("room:1").ExpectFrame(kJoin).Push("room:1", "a").Push("room:1", "b");
  s.Cancel("room:1", "a").ExpectDone("a", StatusCode::kCancelled);
  s.Cancel("room:1", "a").ExpectPending("a");
  s.Reply("$room:1", "$room:1", "room:1").ExpectFrame(Sent("b")).ExpectNoFrame();
}

TEST(ChannelPushesTest, IsNotTakenBackOnceItIsWritten) {
  CoreScript s;
  s.Opened().Joined("room:1").Push("room:1", "a").ExpectFrame(Sent("a"));
  s.Cancel("room:1", "a").ExpectPending("a").Reply("$room:1", "$a", "room:1").ExpectDone("a", "ok");
}

TEST(ChannelPushesTest, IsNotTakenBackFromAChannelThatIsGone) {
  CoreScript s;
  s.Join("room:1").Push("room:1", "a");
  const ChannelId channel = s.channel("room:1");
  s.Remove("room:1").ExpectDone("a", StatusCode::kCancelled, "removed");
  s.driver().Cancel(channel, 2);
  s.driver().Cancel(channel + 100, 2);
}

// --- with faults

// --- casts

TEST(ChannelPushesTest, CastsWithoutWaitingForAnything) {
  CoreScript s;
  s.Opened().Joined("room:1").Cast("room:1", "msg", Payload::JsonText(R"({"n":1})"));
  s.ExpectFrame(R"(["$room:1","$c","room:1","msg",{"n":1}])").ExpectDeadlineIn(30s);
  s.On("room:1", "phx_reply").Reply("$room:1", "$c", "room:1").Lost();
  EXPECT_EQ(s.stats().dropped_messages, 0);
}

TEST(ChannelPushesTest, CastsInOrderWithPushesOnceTheChannelIsJoined) {
  CoreScript s;
  s.Opened().Join("room:1").ExpectFrame(kJoin);
  s.Push("room:1", "first").Cast("room:1", "second").Push("room:1", "third").ExpectNoFrame();
  s.Reply("$room:1", "$room:1", "room:1");
  s.ExpectFrame(Sent("first")).ExpectFrame(Sent("second")).ExpectFrame(Sent("third"));
}

TEST(ChannelPushesTest, CountsTheCastsThatCannotBeSent) {
  CoreScript s(With([](CoreOptions& o) { o.max_push_buffer = 1; }));
  s.Cast("room:1", "early").ExpectLog("message dropped: channel \"room:1\": push: the channel is");
  EXPECT_EQ(s.stats().dropped_messages, 1);
  s.Opened().Join("room:1").ExpectFrame(kJoin);
  s.Cast("room:1", "kept").Cast("room:1", "over").ExpectLog("is full");
  EXPECT_EQ(s.stats().dropped_messages, 2);
  s.Reply("$room:1", "$room:1", "room:1").ExpectFrame(Sent("kept"));
  s.Cast("room:1", "bad", Payload::Json("\xff")).ExpectNoFrame();
  EXPECT_EQ(s.stats().dropped_messages, 3);
}

TEST(ChannelPushesTest, KeepsACastNoLongerThanAPush) {
  CoreScript s;
  s.Join("room:1", 60s).Cast("room:1", "msg").Advance(10s - 1ns);
  EXPECT_EQ(s.stats().dropped_messages, 0);
  s.Advance(1ns).ExpectLog("message dropped: push on \"room:1\": not joined within 10s");
  EXPECT_EQ(s.stats().dropped_messages, 1);
}

TEST(ChannelPushesTest, DropsTheCastsThatWaitWhenTheChannelIsLeft) {
  CoreScript s;
  s.Opened().Join("room:1").ExpectFrame(kJoin).Cast("room:1", "msg").Leave("room:1");
  s.ExpectFrame(R"(["$room:1","$l","room:1","phx_leave",{}])").ExpectLog("message dropped");
  EXPECT_EQ(s.stats().dropped_messages, 1);
}

TEST(ChannelPushesTest, HasOneOutcomeWhateverGoesWrong) {
  CheckFaults([](CoreScript& s) {
    s.Join("room:1").Push("room:1", "a", {}, 0s).Connect().Push("room:1", "b").Open();
    s.ExpectFrame(kJoin).Push("room:1", "c").Cancel("room:1", "b");
    s.Reply("$room:1", "$room:1", "room:1").ExpectFrame(Sent("a")).ExpectFrame(Sent("c"));
    s.Push("room:1", "d", {}, 1s).ExpectFrame(Sent("d")).Advance(1s).Push("room:1", "e", {}, 0s);
    s.ExpectFrame(Sent("e")).Reply("$room:1", "$c", "room:1").Reply("$room:1", "$a", "room:1");
    s.Push("room:1", "f", Payload::Json("\xff")).Reply("$room:1", "$e", "room:1");
  });
}

}  // namespace
}  // namespace phx::core
