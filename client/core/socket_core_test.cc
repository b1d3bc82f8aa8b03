#include "client/core/socket_core.h"

#include <chrono>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/core/options.h"
#include "client/core/states.h"
#include "client/wire/json_serializer_v1.h"
#include "client/wire/json_serializer_v2.h"
#include "gtest/gtest.h"
#include "testing/core_script.h"

namespace phx::core {
namespace {

using absl::StatusCode;
using ::phx::test::CheckFaults;
using ::phx::test::CoreScript;
using ::phx::wire::Payload;
using namespace std::chrono_literals;

CoreOptions With(void (*change)(CoreOptions&)) {
  CoreOptions options = CoreScript::Options();
  change(options);
  return options;
}

// --- the order of things

TEST(SocketCoreTest, WantsNothingBeforeItIsToldAnything) {
  CoreScript s;
  s.ExpectNoDeadline().ExpectNoFrame().ExpectNoTransport().ExpectSilence();
  s.Advance(1h).ExpectConnection(ConnectionState::kClosed);
}

TEST(SocketCoreTest, SendsWhatWaitedThenJoinsThenTellsThatItIsOpen) {
  CoreScript s;
  s.Opened().Joined("room:1").Lost().Forget().Send("admin", "ping").Advance(10ms);
  s.When("socket open", [](CoreScript& script) { script.Send("admin", "opened"); });
  s.Open().ExpectFrame(R"([null,"$a","admin","ping",{}])");
  s.ExpectFrame(R"(["$j","$j","room:1","phx_join",{}])");
  s.ExpectFrame(R"([null,"$b","admin","opened",{}])").ExpectStory({"socket open"});
}

TEST(SocketCoreTest, TellsTheChannelsOfALossFirst) {
  CoreScript s;
  s.Opened().Joined("room:1").Joined("room:2").Forget().Lost();
  s.ExpectStory({"room:1 error(connection lost)", "room:2 error(connection lost)",
                 "socket close(1006, UNAVAILABLE, reconnect in 10ms)"});
}

TEST(SocketCoreTest, TellsTheChannelOfAMessageFirst) {
  CoreScript s;
  s.OnMessage().On("room:1", "msg").Opened().Joined("room:1").Forget();
  s.Frame(R"([null,null,"room:1","msg",{"n":1}])");
  s.ExpectStory({R"(room:1 msg {"n":1})", R"(socket msg {"n":1})"});
}

TEST(SocketCoreTest, TellsOfEveryMessageOnce) {
  CoreScript s;
  s.OnMessage().Opened().Joined("room:1").Advance(30s);
  s.ExpectFrame(R"([null,"$beat","phoenix","heartbeat",{}])").Forget();
  s.Frame(R"([null,null,"nobody:1","msg",{}])");  // no such channel
  s.Frame(R"(["1",null,"room:1","old",{}])");     // of an earlier join
  s.Frame(R"([null,"$beat","phoenix","phx_reply",{"status":"ok","response":{}}])");
  s.ExpectStory(
      {"socket msg {}", "socket old {}", R"(socket phx_reply {"status":"ok","response":{}})"});
}

TEST(SocketCoreTest, HandsOverMessagesInTheOrderOfTheWire) {
  CoreScript s;
  std::vector<int> heard;
  s.Opened().Joined("room:1").Forget();
  const Ref binding = s.driver().refs().Next();
  s.driver().core().On(s.channel("room:1"), "n", binding);
  s.driver().SetListener([&](const Action& action) {
    if (const auto* dispatch = std::get_if<Dispatch>(&action)) {
      heard.push_back(std::get<const wire::Message*>(dispatch->notification)->payload.json());
    }
  });
  constexpr int kCount = 10'000;
  for (int i = 0; i < kCount; ++i) s.Frame(absl::StrCat(R"([null,null,"room:1","n",)", i, "]"));
  ASSERT_EQ(heard.size(), kCount);
  for (int i = 0; i < kCount; ++i) ASSERT_EQ(heard[i], i);
}

TEST(SocketCoreTest, DrawsRefsThatNeverComeAgain) {
  CoreScript s;
  std::set<std::string> refs;
  s.Opened().Joined("room:1");
  for (int i = 0; i < 5; ++i) {
    refs.insert(s.ref("$room:1"));
    s.Lost().Advance(1s).Open().Rejoined("room:1");
  }
  EXPECT_EQ(refs.size(), 5);
}

TEST(SocketCoreTest, RejoinsEveryChannelAfterAnOutage) {
  CoreScript s;
  s.Opened().Joined("a").Joined("b").Joined("c").Lost().Advance(10ms).Open();
  s.Rejoined("a").Rejoined("b").Rejoined("c").ExpectNoFrame();
}

// --- frames that are no messages

class MalformedFrameTest : public ::testing::TestWithParam<const char*> {};

TEST_P(MalformedFrameTest, IsCountedLoggedAndSkipped) {
  CoreScript s;
  s.OnMessage().Opened().Joined("room:1").Forget().Frame(GetParam());
  EXPECT_EQ(s.stats().malformed_frames, 1);
  s.ExpectLog("frame skipped").ExpectSilence().ExpectNoTransport();
  s.ExpectState("room:1", ChannelState::kJoined).Push("room:1", "p");
  s.ExpectFrame(R"(["$room:1","$p","room:1","p",{}])").Reply("$room:1", "$p", "room:1");
  s.ExpectDone("p", "ok");
}

INSTANTIATE_TEST_SUITE_P(
    SocketCoreTest, MalformedFrameTest,
    ::testing::Values("", " ", "[]", "{}", "[1,2]", "null", "\"x\"", "[", "[null",
                      R"([null,null,"room:1","msg")", R"([null,null,null,"msg",{}])",
                      R"([null,null,"room:1",null,{}])", R"([null,null,7,"msg",{}])",
                      R"([[],null,"room:1","msg",{}])", R"([null,{},"room:1","msg",{}])",
                      R"({"topic":"room:1","event":"msg","payload":{},"ref":null})", "\xff\xfe\x00",
                      "not json at all"));

// A proxy that drops the query takes the version with it, and the server falls back to V1.
TEST(SocketCoreTest, SaysThatTheServerSpeaksTheOtherVersion) {
  CoreScript v2;
  v2.Opened().Frame(R"({"topic":"room:1","event":"msg","payload":{},"ref":null})");
  v2.ExpectLog("frame skipped").ExpectLog("the server speaks V1");
  CoreScript v1(With(
      [](CoreOptions& o) { o.serializer = std::make_shared<const wire::JsonSerializerV1>(); }));
  v1.Opened().Frame(R"([null,null,"room:1","msg",{}])").ExpectLog("the server speaks V2");
}

TEST(SocketCoreTest, SurvivesOddPayloads) {
  CoreScript s;
  s.On("room:1", "msg").Opened().Joined("room:1").Forget();
  for (const char* payload : {"null", "7", "\"text\"", "[]", "true"}) {
    s.Frame(absl::StrCat(R"([null,null,"room:1","msg",)", payload, "]"));
    s.ExpectStory({absl::StrCat("room:1 msg ", payload)});
  }
  EXPECT_EQ(s.stats().malformed_frames, 0);
}

TEST(SocketCoreTest, HearsBinaryMessages) {
  CoreScript s;
  s.On("room:1", "bin").Opened().Joined("room:1").Forget();
  s.BinaryFrame(std::string("\x02\x06\x03", 3) + "room:1" + "bin" + "\xff");  // a broadcast
  const std::string join_ref = s.ref("$room:1");
  const std::string lengths = {'\0', static_cast<char>(join_ref.size()), '\6', '\3'};
  s.BinaryFrame(lengths + join_ref + "room:1" + "bin" + "\x01");  // a push
  s.BinaryFrame(std::string("\x00\x01\x06\x03", 4) + "0" + "room:1" + "bin" + "\x02");
  s.ExpectStory({"room:1 bin 0xff", "room:1 bin 0x01"});
  EXPECT_EQ(s.stats().stale_messages, 1);  // the push of another join
  for (const std::string frame : {"", "\x02", "\x02\xff\xff", "\x09zzz"}) s.BinaryFrame(frame);
  EXPECT_EQ(s.stats().malformed_frames, 4);
}

TEST(SocketCoreTest, SkipsBinaryFramesInVersionOne) {
  CoreScript s(With(
      [](CoreOptions& o) { o.serializer = std::make_shared<const wire::JsonSerializerV1>(); }));
  s.Opened().BinaryFrame(std::string("\x02\x06\x03", 3) + "room:1" + "bin");
  EXPECT_EQ(s.stats().malformed_frames, 1);
}

// A serializer of the user's that throws.
class Throwing final : public wire::Serializer {
 public:
  std::string_view version() const override { return v2_.version(); }
  absl::StatusOr<wire::FrameType> Encode(const wire::Message& message,
                                         std::string& out) const override {
    out += "half a frame";
    if (message.event == "bad") throw std::runtime_error("cannot write");
    if (message.event == "worse") throw 7;  // NOLINT: users throw what they like
    out.resize(out.size() - std::string_view("half a frame").size());
    return v2_.Encode(message, out);
  }
  absl::StatusOr<wire::Message> Decode(wire::FrameView frame) const override {
    if (frame.data == "bad") throw std::runtime_error("cannot read");
    if (frame.data == "worse") throw 7;  // NOLINT: as above
    return v2_.Decode(frame);
  }

 private:
  wire::JsonSerializerV2 v2_;
};

TEST(SocketCoreTest, SurvivesASerializerThatThrows) {
  CoreScript s(With([](CoreOptions& o) { o.serializer = std::make_shared<const Throwing>(); }));
  s.Opened().Joined("room:1").Frame("bad").Frame("worse");
  EXPECT_EQ(s.stats().malformed_frames, 2);
  s.ExpectLog("serializer threw: cannot read");
  s.Push("room:1", "bad").ExpectDone("bad", StatusCode::kInvalidArgument, "cannot write");
  s.Push("room:1", "worse").ExpectDone("worse", StatusCode::kInvalidArgument, "serializer threw");
  s.Push("room:1", "good").ExpectFrame(R"(["$room:1","$p","room:1","good",{}])").ExpectNoFrame();
}

// --- messages without a channel

TEST(SocketCoreTest, SendsAtOnceWhileItIsOpen) {
  CoreScript s;
  s.Opened().Send("admin", "ping", Payload::JsonText("[1]"));
  s.ExpectFrame(R"([null,"$p","admin","ping",[1]])").ExpectDone("ping", "ok");
}

TEST(SocketCoreTest, KeepsMessagesUntilItOpens) {
  CoreScript s;
  {
    std::string text = R"({"body":"a text too long for any small buffer inside of the payload"})";
    s.Send("admin", "a", Payload::JsonText(wire::Text::Borrow(text)));
    text.assign(text.size(), 'x');
  }
  s.Connect().Send("admin", "b").Open();
  s.ExpectFrame(R"([null,"$a","admin","a",)"
                R"({"body":"a text too long for any small buffer inside of the payload"}])");
  s.ExpectFrame(R"([null,"$b","admin","b",{}])").Lost().Advance(10ms).Open().ExpectNoFrame();
}

TEST(SocketCoreTest, SendsTheOthersWhenOneThatWaitsCannotBeSent) {
  CoreScript s;
  s.Send("admin", "bad", Payload::Json("\xff")).Send("admin", "good").Opened();
  s.ExpectFrame(R"([null,"$good","admin","good",{}])").ExpectHeard("socket open");
  EXPECT_EQ(s.stats().dropped_messages, 1);
  s.ExpectDeadlineIn(30s);                        // heartbeats go on
  s.Lost().Advance(10ms).Open().ExpectNoFrame();  // and nothing of it is sent again
}

TEST(SocketCoreTest, RefusesMessagesThatCannotBeSent) {
  CoreScript s;
  s.Opened().Send("admin", "bad", Payload::Json("\xff"));
  s.ExpectDone("bad", StatusCode::kInvalidArgument).ExpectNoFrame();
  EXPECT_EQ(s.stats().dropped_messages, 1);
}

TEST(SocketCoreTest, RefusesMessagesBeyondTheBufferWhileItIsNotOpen) {
  CoreScript s(With([](CoreOptions& o) { o.max_send_buffer = 2; }));
  s.Send("admin", "a").Send("admin", "b").Send("admin", "c");
  s.ExpectDone("c", StatusCode::kResourceExhausted, "not connected").Opened();
  s.ExpectFrame(R"([null,"$a","admin","a",{}])").ExpectFrame(R"([null,"$b","admin","b",{}])");
  EXPECT_EQ(s.stats().dropped_messages, 1);
}

TEST(SocketCoreTest, DropsTheOldestMessagesIfThatIsThePolicy) {
  CoreScript s(With([](CoreOptions& o) {
    o.max_send_buffer = 3;
    o.overflow = OverflowPolicy::kDropOldest;
  }));
  for (int round = 0; round < 2; ++round) {
    for (const char* event : {"a", "b", "c", "d", "e"}) s.Send("admin", event);
    s.Opened();
    for (const char* event : {"c", "d", "e"}) {
      s.ExpectFrame(absl::StrCat(R"([null,"$)", event, round, R"(","admin",")", event, R"(",{}])"));
    }
    s.ExpectNoFrame().Disconnect().ExpectClose(1000).Closed(1000);
  }
  EXPECT_EQ(s.stats().dropped_messages, 4);
}

TEST(SocketCoreTest, KeepsNoMessageInABufferOfZero) {
  for (const OverflowPolicy policy : {OverflowPolicy::kFail, OverflowPolicy::kDropOldest}) {
    CoreOptions options = CoreScript::Options();
    options.max_send_buffer = 0;
    options.overflow = policy;
    CoreScript s(options);
    s.Send("admin", "a").ExpectDone("a", StatusCode::kResourceExhausted);
  }
}

TEST(SocketCoreTest, DropsWhatWaitedOnDisconnect) {
  CoreScript s;
  s.Send("admin", "a").Connect().ExpectDial().Disconnect().ExpectAbandon();
  EXPECT_EQ(s.stats().dropped_messages, 1);
  s.ExpectLog("1 messages dropped").Send("admin", "b").Opened();
  s.ExpectFrame(R"([null,"$b","admin","b",{}])").ExpectNoFrame();
}

TEST(SocketCoreTest, RefusesMessagesWhileTheNetworkDoesNotKeepUp) {
  CoreScript s(With([](CoreOptions& o) { o.max_backlog = 10; }));
  s.Opened();
  s.driver().Stall();
  s.Send("admin", "a").ExpectFrame(R"([null,"$a","admin","a",{}])").Send("admin", "b");
  s.ExpectDone("b", StatusCode::kResourceExhausted, "network").ExpectNoFrame();
}

// --- registrations

TEST(SocketCoreTest, TellsAllHandlersOfAnEventInTheOrderOfRegistration) {
  CoreScript s;
  std::string order;
  s.On("room:1", "msg", [&](CoreScript&) { order += "a"; });
  s.On("room:1", "msg", [&](CoreScript&) { order += "b"; }).Opened().Joined("room:1").Forget();
  s.Frame(R"([null,null,"room:1","msg",{}])");
  s.ExpectStory({"room:1 msg {}", "room:1 msg {}"});
  EXPECT_EQ(order, "abab");  // the script calls all handlers of a name each time
}

TEST(SocketCoreTest, TellsAHandlerThatIsAddedMeanwhileOfTheNextMessageOnly) {
  CoreScript s;
  s.Opened().Joined("room:1");
  s.On("room:1", "msg", [](CoreScript& script) { script.On("room:1", "msg"); }).Forget();
  s.Frame(R"([null,null,"room:1","msg",{}])").ExpectStory({"room:1 msg {}"});
  s.Frame(R"([null,null,"room:1","msg",{}])").ExpectStory({"room:1 msg {}", "room:1 msg {}"});
}

TEST(SocketCoreTest, TellsNobodyWhoHasUnregistered) {
  CoreScript s;
  s.On("room:1", "msg").On("room:1", "msg").Opened().Joined("room:1").Off("room:1", "msg").Forget();
  s.Frame(R"([null,null,"room:1","msg",{}])").ExpectSilence();
}

TEST(SocketCoreTest, UnregistersOneHandlerByItsRef) {
  CoreScript s;
  s.Opened().Joined("room:1").Forget();
  SocketCore& core = s.driver().core();
  const ChannelId channel = s.channel("room:1");
  core.On(channel, "msg", Ref{1001});
  core.On(channel, "msg", Ref{1002});
  core.On(channel, Hook::kError, Ref{1003});
  core.On(Hook::kClose, Ref{1004});
  std::vector<Ref> told;
  s.driver().SetListener([&](const Action& action) {
    const auto* dispatch = std::get_if<Dispatch>(&action);
    if (dispatch != nullptr && dispatch->binding.value > 1000) told.push_back(dispatch->binding);
  });
  core.Off(channel, Ref{1001});
  s.Frame(R"([null,null,"room:1","msg",{}])");
  core.Off(channel, Ref{1003});
  core.Off(Ref{1004});
  s.Lost();
  EXPECT_EQ(told, std::vector<Ref>{Ref{1002}});
}

TEST(SocketCoreTest, TellsThoseWhoHearAllEventsOfAChannelOfTheApplicationsOwn) {
  CoreScript s;
  s.OnMessage("room:1").On("room:1", "msg").Opened().Joined("room:1").Forget();
  s.Frame(R"([null,null,"room:1","msg",{"n":1}])");
  s.Frame(R"(["$room:1",null,"room:1","presence_state",{}])");
  s.Frame(R"(["1","1","room:1","stale",{}])").Frame(R"([null,null,"room:2","other",{}])");
  s.Push("room:1", "p").ExpectFrame(R"(["$room:1","$p","room:1","p",{}])");
  s.Reply("$room:1", "$p", "room:1").ExpectDone("p", "ok");
  s.ExpectStory({R"(room:1 msg {"n":1})", R"(room:1 msg {"n":1})", "room:1 presence_state {}"});
}

TEST(SocketCoreTest, TellsAHandlerOfOneRefOnlyOfThat) {
  CoreScript s;
  s.Opened().Joined("room:1").Push("room:1", "a").Push("room:1", "b");
  s.ExpectFrame(R"(["$room:1","$a","room:1","a",{}])");
  s.ExpectFrame(R"(["$room:1","$b","room:1","b",{}])");
  const Ref b = *ParseRef(s.ref("$b"));
  s.driver().core().On(s.channel("room:1"), "phx_reply", Ref{1001}, b);
  int told = 0;
  s.driver().SetListener([&](const Action& action) {
    const auto* dispatch = std::get_if<Dispatch>(&action);
    if (dispatch != nullptr && dispatch->binding == Ref{1001}) ++told;
  });
  s.Reply("$room:1", "$a", "room:1");
  EXPECT_EQ(told, 0);
  s.Reply("$room:1", "$b", "room:1");
  EXPECT_EQ(told, 1);
}

TEST(SocketCoreTest, NamesWhatWasRegisteredOnARemovedChannel) {
  CoreScript s;
  SocketCore& core = s.driver().core();
  const ChannelId channel = core.AddChannel("room:1");
  core.On(channel, "msg", Ref{1001});
  core.On(channel, Hook::kJoin, Ref{1002});
  EXPECT_EQ(core.Remove(s.driver().now(), channel), (std::vector<Ref>{Ref{1001}, Ref{1002}}));
  while (core.PollAction().has_value()) {
  }
}

TEST(SocketCoreTest, GivesTheNumberOfAChannelToAnotherOnceNoActionNamesIt) {
  CoreScript s;
  SocketCore& core = s.driver().core();
  const ChannelId first = core.AddChannel("a");
  core.Remove(s.driver().now(), first);
  const ChannelId second = core.AddChannel("b");
  EXPECT_NE(second, first);
  while (core.PollAction().has_value()) {
  }
  EXPECT_EQ(core.AddChannel("c"), first);
}

// --- handlers that do things

TEST(SocketCoreTest, LetsAHandlerLeaveAnotherChannelDuringALoss) {
  CoreScript s;
  s.Opened().Joined("a").Joined("b").Joined("c").Forget();
  s.When("a error(connection lost)", [](CoreScript& script) { script.Leave("b"); });
  s.Lost().ExpectState("b", ChannelState::kClosed).ExpectHeard("b close(left)");
  s.Advance(10ms).Open().Rejoined("a").Rejoined("c").ExpectNoFrame();
}

TEST(SocketCoreTest, LetsAHandlerRemoveItsOwnChannel) {
  CoreScript s;
  s.Opened().Joined("a").Joined("b").Forget();
  s.On("a", "msg", [](CoreScript& script) { script.Remove("a"); }).Push("a", "p");
  s.ExpectFrame(R"(["$a","$p","a","p",{}])").Frame(R"([null,null,"a","msg",{}])");
  s.ExpectFrame(R"(["$a","$l","a","phx_leave",{}])").ExpectDone("p", StatusCode::kCancelled);
  s.Frame(R"([null,null,"a","msg",{}])").Forget().Joined("a");
}

TEST(SocketCoreTest, LetsAHandlerRemoveEveryChannelDuringALoss) {
  CoreScript s;
  s.Opened().Joined("a").Joined("b").Push("b", "p").Forget();
  s.When("done p", [](CoreScript& script) { script.Remove("a").Remove("b"); });
  s.Lost().ExpectDone("p", StatusCode::kUnavailable).Advance(10ms).Open().ExpectNoFrame();
}

TEST(SocketCoreTest, LetsAHandlerDisconnect) {
  for (const std::string when : {"socket open", "a join {}", "done join a", "a msg {}"}) {
    CoreScript s;
    s.On("a", "msg").When(when, [](CoreScript& script) { script.Disconnect(); });
    s.Join("a").Connect().Open().Frame(R"([null,null,"a","msg",{}])");
    if (s.driver().invariants().open() != 0) {
      const auto ref = std::to_string(s.driver().refs().Next().value - 1);
      s.Reply(ref, ref, "a").Frame(R"([null,null,"a","msg",{}])");
    }
    s.ExpectClose(1000).Closed(1000).Advance(1h).ExpectNoTransport().Forget();
  }
}

TEST(SocketCoreTest, LetsAHandlerDisconnectInsteadOfReconnecting) {
  CoreScript s;
  s.Opened().Joined("a");
  s.When("a error(connection lost)", [](CoreScript& script) { script.Disconnect(); });
  s.Lost().Advance(1h).ExpectNoTransport().ExpectNoDeadline();
}

TEST(SocketCoreTest, LetsAHandlerDisconnectADialThatIsNotCarriedOutYet) {
  CoreScript s;
  s.Opened().Disconnect().ExpectClose(1000);
  s.When("socket close(1006, CANCELLED, reconnect in 0)",
         [](CoreScript& script) { script.Disconnect(); });
  s.Connect().ExpectDial().ExpectAbandon().Advance(2s).ExpectAbandon().ExpectNoDeadline();
}

TEST(SocketCoreTest, LetsAHandlerConnectWhenThePolicySaysStop) {
  CoreScript s(
      With([](CoreOptions& o) { o.should_reconnect = [](const SocketClosed&) { return false; }; }));
  s.When("socket close(1000, clean, no reconnect)", [](CoreScript& script) { script.Connect(); });
  s.Opened().Closed(1000).ExpectDial().ExpectConnection(ConnectionState::kConnecting);
}

TEST(SocketCoreTest, LetsAHandlerPushFromTheOutcomeOfAPush) {
  CoreScript s;
  int again = 0;
  s.When("done p", [&](CoreScript& script) {
    if (++again < 5) script.Push("a", "p");
  });
  s.Opened().Joined("a").Push("a", "p");
  for (int i = 0; i < 5; ++i) {
    const std::string ref = absl::StrCat("$p", i);
    s.ExpectFrame(absl::StrCat(R"(["$a",")", ref, R"(","a","p",{}])")).Reply("$a", ref, "a");
  }
  s.ExpectNoFrame();
}

// What was pushed in reaction to a loss waits for the rejoin.
TEST(SocketCoreTest, LetsAHandlerPushAgainWhatTheLossFailed) {
  CoreScript s;
  s.When("done p", [](CoreScript& script) { script.Push("a", "q"); });
  s.Opened().Joined("a").Push("a", "p").ExpectFrame(R"(["$a","$p","a","p",{}])").Lost();
  s.ExpectDone("p", StatusCode::kUnavailable).ExpectPending("q").Advance(10ms).Open();
  s.Rejoined("a").ExpectFrame(R"(["$a","$q","a","q",{}])");
}

// --- counting and logging

TEST(SocketCoreTest, CountsWhatItDoes) {
  CoreScript s;
  s.Connect().ExpectDial().Lost().Advance(10ms).Open().Joined("room:1");
  s.Frame("[]").Frame(R"(["0",null,"room:1","msg",{}])");
  const SocketStats& stats = s.stats();
  EXPECT_EQ(stats.connects, 1);
  EXPECT_EQ(stats.failed_connects, 1);
  EXPECT_EQ(stats.frames_sent, 1);
  EXPECT_EQ(stats.bytes_sent, std::string_view(R"(["7","7","room:1","phx_join",{}])").size());
  EXPECT_EQ(stats.frames_received, 3);
  EXPECT_EQ(stats.malformed_frames, 1);
  EXPECT_EQ(stats.stale_messages, 1);
}

TEST(SocketCoreTest, CountsWhatIsUnderWay) {
  CoreScript s;
  s.Send("admin", "one").Join("room:1").Push("room:1", "a").Push("room:1", "b");
  EXPECT_EQ(s.stats().messages_buffered, 1);
  EXPECT_EQ(s.stats().pushes_buffered, 2);
  EXPECT_EQ(s.stats().pushes_in_flight, 0);
  s.Opened().Forget();
  EXPECT_EQ(s.stats().messages_buffered, 0);
  EXPECT_EQ(s.stats().pushes_buffered, 2);
  s.Lost().Advance(10ms).ExpectDial();
  EXPECT_EQ(s.stats().lost_connections, 1);
  EXPECT_EQ(s.stats().reconnects, 1);
  s.driver().Open();
  s.Rejoined("room:1").Forget();
  EXPECT_EQ(s.stats().pushes_buffered, 0);
  EXPECT_EQ(s.stats().pushes_in_flight, 2);
  s.Disconnect().Forget();
  EXPECT_EQ(s.stats().pushes_in_flight, 0);
  EXPECT_EQ(s.stats().lost_connections, 1);
  EXPECT_EQ(s.stats().connects, 2);
}

TEST(SocketCoreTest, LogsOnlyIfSomebodyWantsIt) {
  const auto logs = [](bool logging, LogLevel level) {
    CoreOptions options = CoreScript::Options();
    options.logging = logging;
    options.log_level = level;
    CoreScript s(options);
    int records = 0;
    s.driver().SetListener([&](const Action& action) {
      const auto* log = std::get_if<Log>(&action);
      if (log == nullptr) return;
      ++records;
      EXPECT_GE(log->level, level);
    });
    s.Connect();
    s.driver().Open();
    s.Join("a").Frame("nonsense").Lost();
    return records;
  };
  EXPECT_EQ(logs(false, LogLevel::kDebug), 0);
  EXPECT_GT(logs(true, LogLevel::kDebug), logs(true, LogLevel::kWarning));
  EXPECT_GT(logs(true, LogLevel::kWarning), 0);
  EXPECT_EQ(logs(true, LogLevel::kError), 0);
}

// --- with faults

TEST(SocketCoreTest, RecoversWhateverGoesWrong) {
  CheckFaults([](CoreScript& s) {
    s.Send("admin", "a").Join("a").Connect().Join("b").Open().Forget();
    s.Join("c").Forget().Push("a", "p").Advance(40s).Forget().Reconnect().Forget();
    s.Disconnect().Forget().Connect().Forget().Advance(1s).Remove("b").Join("b").Forget();
  });
}

}  // namespace
}  // namespace phx::core
