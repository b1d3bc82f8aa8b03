#include "client/core/connection_core.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/core/action.h"
#include "client/core/log_level.h"
#include "client/core/options.h"
#include "client/core/states.h"
#include "client/wire/connection_info.h"
#include "client/wire/json_serializer_v1.h"
#include "client/wire/json_serializer_v2.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/core_script.h"

namespace phx::core {
namespace {

using ::phx::test::CoreScript;
using namespace std::chrono_literals;

constexpr char kHeartbeat[] = R"([null,"$beat","phoenix","heartbeat",{}])";

CoreOptions With(void (*change)(CoreOptions&)) {
  CoreOptions options = CoreScript::Options();
  change(options);
  return options;
}

// Expects that the socket dials in `wait`, and not before.
void ExpectDialAfter(CoreScript& s, Duration wait,
                     CoreScript::Where where = CoreScript::Where::Here()) {
  s.Advance(wait - 1ns).ExpectNoTransport(where);
  s.Advance(1ns).ExpectDial(where);
}

// --- connect

TEST(ConnectionCoreTest, DialsOnceHoweverOftenItIsTold) {
  CoreScript s;
  s.ExpectConnection(ConnectionState::kClosed).ExpectNoDeadline();
  s.Connect().ExpectDial().ExpectConnection(ConnectionState::kConnecting);
  s.Connect().ExpectNoTransport();
  s.driver().Open();
  s.ExpectConnection(ConnectionState::kOpen).ExpectStory({"socket open"});
  s.Connect().ExpectNoTransport();
}

TEST(ConnectionCoreTest, ReportsEachFailedAttemptAndWhenTheNextOneComes) {
  CoreScript s;
  s.Connect().ExpectDial().Refused(503);
  s.ExpectConnection(ConnectionState::kClosed);
  s.ExpectStory({"socket error(UNAVAILABLE, HTTP 503, reconnect in 10ms)"});
  ExpectDialAfter(s, 10ms);
  s.Refused(403);
  s.ExpectStory({"socket error(PERMISSION_DENIED, HTTP 403, reconnect in 50ms)"});
  EXPECT_EQ(s.stats().failed_connects, 2);
  EXPECT_EQ(s.stats().connects, 0);
}

TEST(ConnectionCoreTest, WaitsLongerAfterEachFailure) {
  CoreScript s;
  s.Connect().ExpectDial().Lost("connection refused");
  for (const Duration wait :
       {10ms, 50ms, 100ms, 150ms, 200ms, 250ms, 500ms, 1000ms, 2000ms, 5000ms, 5000ms}) {
    ExpectDialAfter(s, wait);
    s.Lost("connection refused");
  }
}

// One timer, and one attempt for each failure, however the failure is told.
TEST(ConnectionCoreTest, DialsAServerThatIsDownNoMoreThanTwelveTimesInTenSeconds) {
  CoreScript s;
  s.Connect();
  int dials = 0;
  for (Duration passed = 0s; passed < 10s; passed += 1ms) {
    if (s.driver().invariants().dialling() != 0) {
      ++dials;
      s.ExpectDial().Lost("connection refused");
    }
    s.Advance(1ms);
  }
  EXPECT_LE(dials, 12);
  EXPECT_GE(dials, 10);
}

TEST(ConnectionCoreTest, DoesNotShortenTheWaitForAnotherConnect) {
  CoreScript s;
  s.Connect().ExpectDial().Lost();
  ExpectDialAfter(s, 10ms);
  s.Lost().Connect().ExpectNoTransport();
  ExpectDialAfter(s, 50ms);
}

TEST(ConnectionCoreTest, GivesUpAnAttemptThatTakesTooLong) {
  CoreScript s(With([](CoreOptions& o) { o.connect_timeout = 3s; }));
  s.Connect().ExpectDial();
  s.driver().core().OnTransportStage(1, ConnectStage::kSecuring, "10.0.0.1:443");
  s.Advance(3s - 1ns).ExpectNoTransport();
  s.Advance(1ns).ExpectAbandon();
  s.ExpectStory({"socket error(DEADLINE_EXCEEDED, TLS handshake with, reconnect in 10ms)"});
  s.ExpectLog("ws://localhost/socket/websocket: no success within 3s");
  s.ExpectLog("10.0.0.1:443");
  ExpectDialAfter(s, 10ms);
}

TEST(ConnectionCoreTest, SaysHowFarAnAttemptGotOnlyIfItIsThePresentOne) {
  CoreScript s;
  s.Connect().ExpectDial().Lost();
  ExpectDialAfter(s, 10ms);
  s.driver().core().OnTransportStage(1, ConnectStage::kUpgrading, "old host");
  s.driver().core().OnTransportStage(2, ConnectStage::kConnecting, "new host");
  s.Advance(10s).ExpectAbandon().ExpectLog("new host").Advance(50ms).ExpectDial();
}

TEST(ConnectionCoreTest, TakesItsWaitsFromTheUser) {
  CoreScript s(
      With([](CoreOptions& o) { o.reconnect_after = [](int tries) { return tries * 3s; }; }));
  s.Connect().ExpectDial().Lost();
  ExpectDialAfter(s, 3s);
  s.Lost();
  ExpectDialAfter(s, 6s);
}

TEST(ConnectionCoreTest, FallsBackToTheTableWhenTheUsersFunctionThrows) {
  CoreScript s(With([](CoreOptions& o) {
    o.reconnect_after = [](int) -> Duration { throw std::runtime_error("no idea"); };
  }));
  s.Connect().ExpectDial().Lost();
  ExpectDialAfter(s, 10ms);
}

TEST(ConnectionCoreTest, WaitsForEverIfThatIsWhatTheUserWants) {
  CoreScript s(With([](CoreOptions& o) {
    o.reconnect_after = [](int) { return Duration::max(); };
    o.jitter = 0.5;
  }));
  s.Connect().ExpectDial().Lost();
  s.Advance(24h * 365).ExpectNoTransport();
  s.Reconnect().ExpectDial();
}

// --- Retry-After

TransportClosed RefusedFor(std::chrono::seconds retry_after) {
  return {
      .info = {1006, ""}, .status = absl::UnavailableError("HTTP 503"), .retry_after = retry_after};
}

TEST(ConnectionCoreTest, LeavesAServerAloneForAsLongAsItAsks) {
  CoreScript s;
  s.Connect().ExpectDial();
  s.driver().Closed(RefusedFor(30s));
  s.ExpectStory({"socket error(UNAVAILABLE, reconnect in 30.01s)"});
  ExpectDialAfter(s, 30s + 10ms);
  s.Lost();  // without the header
  ExpectDialAfter(s, 50ms);
}

TEST(ConnectionCoreTest, LeavesAServerAloneThatEndsAConnectionSo) {
  CoreScript s;  // by long polling
  s.Opened();
  s.driver().Closed(RefusedFor(7s));
  ExpectDialAfter(s, 7s + 10ms);
}

TEST(ConnectionCoreTest, DoesNotWaitLongerForAServerThanTheUserWants) {
  CoreScript s(With([](CoreOptions& o) { o.max_retry_after = 1min; }));
  s.Connect().ExpectDial();
  s.driver().Closed(RefusedFor(1h));
  ExpectDialAfter(s, 1min + 10ms);
  CoreScript deaf(With([](CoreOptions& o) { o.max_retry_after = Duration::zero(); }));
  deaf.Connect().ExpectDial();
  deaf.driver().Closed(RefusedFor(1h));
  ExpectDialAfter(deaf, 10ms);
}

TEST(ConnectionCoreTest, TakesAnyNumberOfSecondsThatATransportSays) {
  for (const std::chrono::seconds endless :
       {std::chrono::seconds::max(), std::chrono::seconds(24h * 365 * 1000)}) {
    CoreScript s(With([](CoreOptions& o) { o.max_retry_after = 1min; }));
    s.Connect().ExpectDial();
    s.driver().Closed(RefusedFor(endless));
    ExpectDialAfter(s, 1min + 10ms);
  }
  CoreScript s;
  s.Connect().ExpectDial();
  s.driver().Closed(RefusedFor(std::chrono::seconds::min()));
  ExpectDialAfter(s, 10ms);
}

TEST(ConnectionCoreTest, ReconnectDoesNotWaitForWhatTheServerAsks) {
  CoreScript s;
  s.Connect().ExpectDial();
  s.driver().Closed(RefusedFor(30s));
  s.Reconnect().ExpectDial();
}

TEST(ConnectionCoreTest, WaitsForEverAlsoWhenTheServerAsksForMore) {
  CoreScript s(
      With([](CoreOptions& o) { o.reconnect_after = [](int) { return Duration::max(); }; }));
  s.Connect().ExpectDial();
  s.driver().Closed(RefusedFor(30s));
  s.Advance(24h * 365).ExpectNoTransport();
}

TEST(ConnectionCoreTest, SpreadsTheClientsOfARestartedServer) {
  std::set<Duration> waits;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CoreScript s(With([](CoreOptions& o) {
                   o.jitter = 0.5;
                   o.reconnect_after = [](int) { return 10s; };
                 }),
                 seed);
    s.Opened().Closed(1012);
    const Duration wait = *s.driver().core().NextDeadline() - s.driver().now();
    EXPECT_GE(wait, 5s);
    EXPECT_LT(wait, 15s);
    waits.insert(wait);
  }
  EXPECT_EQ(waits.size(), 100);
}

// --- closed by the peer

class EveryCloseCodeTest : public ::testing::TestWithParam<int> {};

// Cowboy ends an idle connection with 1000, Bandit with 1002; a broadcast "disconnect" is 1000,
// 1001 or 1011, depending on the version; a drain is 1012. The intent decides, not the code.
TEST_P(EveryCloseCodeTest, IsFollowedByAReconnect) {
  CoreScript s;
  s.Opened().Joined("room:1").Forget();
  s.Closed(GetParam());
  s.ExpectConnection(ConnectionState::kClosed);
  s.ExpectStory({"room:1 error(connection lost)",
                 absl::StrCat("socket close(", GetParam(), ", clean, reconnect in 10ms)")});
  ExpectDialAfter(s, 10ms);
  s.driver().Open();
  s.Rejoined("room:1");
}

INSTANTIATE_TEST_SUITE_P(ConnectionCoreTest, EveryCloseCodeTest,
                         ::testing::Values(1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009,
                                           1011, 1012, 1013, 3410, 4000, 4999));

TEST(ConnectionCoreTest, ReconnectsAfterALostConnectionAndSaysWhy) {
  CoreScript s;
  s.Opened().Lost("connection reset by peer");
  s.ExpectStory({"socket open", "socket close(1006, UNAVAILABLE, reconnect in 10ms)"});
  s.ExpectLog("connection reset by peer; next try in 10ms");
  ExpectDialAfter(s, 10ms);
}

TEST(ConnectionCoreTest, AsksWhetherToReconnect) {
  CoreScript s(With([](CoreOptions& o) {
    o.should_reconnect = [](const SocketClosed& closed) {
      EXPECT_EQ(closed.reconnect_in, 10ms);
      return closed.info.code != 1000;
    };
  }));
  s.Opened().Closed(1011).Advance(10ms).ExpectDial();
  s.driver().Open();
  s.ExpectHeard("socket close(1011, clean, reconnect in 10ms)");
  s.Advance(30s).ExpectFrame(kHeartbeat).Reply("", "$beat", "phoenix");  // proved: 10 ms again
  s.Closed(1000).ExpectHeard("socket close(1000, clean, no reconnect)");
  s.ExpectNoDeadline().Advance(1h).ExpectNoTransport();
  // A closed connection is no reason to ignore Connect().
  s.Connect().ExpectDial();
}

TEST(ConnectionCoreTest, AsksWhetherToReconnectAfterAFailedAttemptToo) {
  CoreScript s(With([](CoreOptions& o) {
    o.should_reconnect = [](const SocketClosed& closed) {
      return closed.status.code() != absl::StatusCode::kPermissionDenied;
    };
  }));
  s.Connect().ExpectDial().Refused(503).Advance(10ms).ExpectDial().Refused(403);
  s.ExpectHeard("socket error(PERMISSION_DENIED, HTTP 403, no reconnect)");
  s.Advance(1h).ExpectNoTransport();
  s.Reconnect().ExpectNoTransport();  // nobody wants to be connected any more
}

TEST(ConnectionCoreTest, ReconnectsWhenThePolicyThrows) {
  CoreScript s(With([](CoreOptions& o) {
    o.should_reconnect = [](const SocketClosed&) -> bool { throw std::runtime_error("no idea"); };
  }));
  s.Opened().Closed(1000);
  ExpectDialAfter(s, 10ms);
}

// --- the back-off starts over

// A server that accepts and crashes is not helped by a client that comes back at once.
TEST(ConnectionCoreTest, GoesOnBackingOffWhenAConnectionHasMerelyOpened) {
  CoreScript s;
  s.Opened();
  for (const Duration wait : {10ms, 50ms, 100ms, 150ms, 200ms}) {
    s.Advance(50ms).Closed(1011);
    ExpectDialAfter(s, wait);
    s.driver().Open();
  }
}

TEST(ConnectionCoreTest, StartsOverAfterAnAnsweredHeartbeat) {
  CoreScript s;
  s.Connect().ExpectDial().Lost().Advance(10ms).ExpectDial().Lost().Advance(50ms).Open();
  s.Advance(30s).ExpectFrame(kHeartbeat).Reply("", "$beat", "phoenix");
  s.Lost();
  ExpectDialAfter(s, 10ms);
}

TEST(ConnectionCoreTest, StartsOverAfterAnAnsweredJoin) {
  CoreScript s;
  s.Connect().ExpectDial().Lost().Advance(10ms).ExpectDial().Lost().Advance(50ms).Open();
  s.Joined("room:1").Lost();
  ExpectDialAfter(s, 10ms);
}

TEST(ConnectionCoreTest, StartsOverAfterDisconnect) {
  CoreScript s;
  s.Connect().ExpectDial().Lost().Advance(10ms).ExpectDial().Lost().Disconnect();
  s.Connect().ExpectDial().Lost();
  ExpectDialAfter(s, 10ms);
}

// --- disconnect

TEST(ConnectionCoreTest, ClosesWithTheHandshake) {
  CoreScript s;
  s.Opened().Disconnect({4000, "bye"});
  s.ExpectClose(4000, "bye").ExpectConnection(ConnectionState::kClosing);
  s.ExpectStory({"socket open"});
  s.Closed(4000, "bye").ExpectConnection(ConnectionState::kClosed);
  s.ExpectStory({"socket close(4000 \"bye\", clean, no reconnect)"});
  s.ExpectNoDeadline();
}

TEST(ConnectionCoreTest, AbandonsAPeerThatNeverAnswersTheClose) {
  CoreScript s(With([](CoreOptions& o) { o.close_timeout = 2s; }));
  s.Opened().Disconnect().ExpectClose(1000);
  s.Advance(2s - 1ns).ExpectNoTransport().ExpectConnection(ConnectionState::kClosing);
  s.Advance(1ns).ExpectAbandon().ExpectConnection(ConnectionState::kClosed);
  s.ExpectHeard("socket close(1006, DEADLINE_EXCEEDED, no reconnect)");
  s.ExpectNoDeadline();
}

TEST(ConnectionCoreTest, SaysHowAConnectionEndedThatWasLostWhileItClosed) {
  CoreScript s;
  s.Opened().Disconnect().ExpectClose(1000).Lost();
  s.ExpectStory({"socket open", "socket close(1006, UNAVAILABLE, no reconnect)"});
}

// --- status

TEST(ConnectionCoreTest, SaysWhatItWaitsForAndUntilWhen) {
  using Kind = SocketStatus::Kind;
  CoreScript s;
  s.OnStatus().ExpectStatus(Kind::kDisconnected);
  s.Connect().ExpectDial().ExpectStatus(Kind::kConnecting, 10s);
  s.Lost().ExpectStatus(Kind::kWaitingToReconnect, 10ms);
  s.ExpectStory({"socket status(connecting)", "socket status(waiting to reconnect)",
                 "socket error(UNAVAILABLE, reconnect in 10ms)"});
  s.Advance(4ms).ExpectStatus(Kind::kWaitingToReconnect, 6ms);
  s.Advance(6ms).ExpectDial().ExpectStatus(Kind::kConnecting, 10s);
  s.driver().Open();
  s.ExpectStatus(Kind::kOpen).Advance(1s).ExpectStatus(Kind::kOpen);
  s.ExpectStory({"socket status(connecting)", "socket status(open)", "socket open"});
  s.Disconnect().ExpectClose(1000).ExpectStatus(Kind::kClosing, 2s);
  s.Closed(1000).ExpectStatus(Kind::kDisconnected);
  s.ExpectStory({"socket status(closing)", "socket status(disconnected)",
                 "socket close(1000, clean, no reconnect)"});
}

TEST(ConnectionCoreTest, SaysThatItIsDisconnectedBeforeItSaysThatTheCloseWasNotAnswered) {
  CoreScript s(With([](CoreOptions& o) { o.close_timeout = 2s; }));
  s.OnStatus().Opened().Forget().Disconnect().ExpectClose(1000).Advance(2s).ExpectAbandon();
  s.ExpectStory({"socket status(closing)", "socket status(disconnected)",
                 "socket close(1006, DEADLINE_EXCEEDED, no reconnect)"});
}

TEST(ConnectionCoreTest, SaysThatItWaitsAfterALoss) {
  using Kind = SocketStatus::Kind;
  CoreScript s;
  s.OnStatus().Opened().Forget().Lost().ExpectStatus(Kind::kWaitingToReconnect, 10ms);
  s.ExpectStory({"socket status(waiting to reconnect)",
                 "socket close(1006, UNAVAILABLE, reconnect in 10ms)"});
}

TEST(ConnectionCoreTest, SaysThatItIsDisconnectedWhenThePolicySaysStop) {
  CoreScript s(
      With([](CoreOptions& o) { o.should_reconnect = [](const SocketClosed&) { return false; }; }));
  s.Opened().Lost().ExpectStatus(SocketStatus::Kind::kDisconnected);
}

TEST(ConnectionCoreTest, StaysDisconnectedWhateverItWasDoing) {
  const std::vector<void (*)(CoreScript&)> states = {
      [](CoreScript&) {},
      [](CoreScript& s) { s.Connect(); },
      [](CoreScript& s) { s.Connect().Lost(); },
      [](CoreScript& s) { s.Connect().Lost().Advance(10ms).Lost().Advance(50ms); },
      [](CoreScript& s) { s.Opened(); },
      [](CoreScript& s) { s.Opened().Joined("room:1"); },
      [](CoreScript& s) { s.Opened().Advance(30s); },
      [](CoreScript& s) { s.Opened().Closed(1000); },
      [](CoreScript& s) { s.Opened().Disconnect(); },
      [](CoreScript& s) { s.Opened().Advance(40s); },
  };
  for (const auto& reach : states) {
    CoreScript s;
    reach(s);
    s.Disconnect().Forget();
    s.Advance(2s).Forget();  // a close that nobody answers ends here
    s.Advance(1h).ExpectNoTransport().ExpectNoFrame().ExpectSilence();
    s.ExpectConnection(ConnectionState::kClosed).ExpectNoDeadline();
  }
}

TEST(ConnectionCoreTest, IgnoresWhatAnAbandonedAttemptStillSays) {
  CoreScript s;
  s.Connect().ExpectDial().Disconnect().ExpectAbandon();
  s.driver().Open(1, false);
  s.driver().Frame(1, {wire::FrameType::kText, R"([null,null,"room:1","msg",{}])"});
  s.driver().Closed(1, {.status = absl::UnavailableError("reset")});
  s.ExpectSilence().ExpectConnection(ConnectionState::kClosed).ExpectNoDeadline();
  EXPECT_EQ(s.stats().connects, 0);
  EXPECT_EQ(s.stats().frames_received, 0);
}

TEST(ConnectionCoreTest, ReportsNoErrorAfterDisconnect) {
  CoreScript s;
  s.Connect().ExpectDial().Disconnect().ExpectAbandon();
  s.driver().Closed(1, {.status = absl::UnavailableError("operation aborted")});
  s.ExpectSilence();
}

// However it ends: what was asked for is no trouble.
TEST(ConnectionCoreTest, WarnsOfNothingAfterDisconnect) {
  const auto warnings_of = [](const std::function<void(CoreScript&)>& play) {
    CoreScript s;
    int warnings = 0;
    s.driver().SetListener([&](const Action& action) {
      const auto* log = std::get_if<Log>(&action);
      if (log != nullptr && log->level >= LogLevel::kWarning) ++warnings;
    });
    play(s);
    return warnings;
  };
  const auto open = [](CoreScript& s) {
    s.Connect();
    s.driver().Open();
  };
  EXPECT_EQ(warnings_of([](CoreScript& s) { s.Connect().Disconnect(); }), 0);
  EXPECT_EQ(warnings_of([open](CoreScript& s) {
              open(s);
              s.Disconnect().Closed(1000);
            }),
            0);
  EXPECT_EQ(warnings_of([open](CoreScript& s) {
              open(s);
              s.Disconnect().Lost("aborted");
            }),
            0);
  EXPECT_EQ(warnings_of([open](CoreScript& s) {
              open(s);
              s.Disconnect().Advance(2s);
            }),
            0);
  EXPECT_EQ(warnings_of([open](CoreScript& s) {
              open(s);
              s.Lost("reset");
            }),
            1);
}

TEST(ConnectionCoreTest, HearsNothingFromAConnectionThatIsClosing) {
  CoreScript s;
  s.Opened().Joined("room:1").On("room:1", "msg").Disconnect().ExpectClose(1000).Forget();
  s.driver().Frame(1, {wire::FrameType::kText, R"([null,null,"room:1","msg",{}])"});
  s.ExpectSilence();
}

TEST(ConnectionCoreTest, DisconnectsTwiceAsOnce) {
  CoreScript s;
  s.Opened().Disconnect().ExpectClose(1000).Disconnect().ExpectNoTransport();
  s.Closed(1000);
  s.ExpectStory({"socket open", "socket close(1000, clean, no reconnect)"});
}

// --- connect while the old connection closes

TEST(ConnectionCoreTest, DialsAtOnceWhileTheOldConnectionCloses) {
  CoreScript s;
  s.Opened().Forget().Disconnect().ExpectClose(1000).Connect().ExpectDial();
  s.ExpectConnection(ConnectionState::kConnecting);
  s.ExpectStory({"socket close(1006, CANCELLED, reconnect in 0)"});
  s.driver().Open();
  s.ExpectStory({"socket open"});
  s.driver().Closed(1, {.info = {1000, ""}, .was_clean = true});  // the old one, at last
  s.ExpectSilence().ExpectConnection(ConnectionState::kOpen);
  s.ExpectDeadlineIn(30s);
}

TEST(ConnectionCoreTest, AbandonsTheOldConnectionInTimeAlsoWhenANewOneIsOpen) {
  CoreScript s;
  s.Opened().Disconnect().ExpectClose(1000).Connect().Open();
  s.Advance(2s).ExpectAbandon().ExpectConnection(ConnectionState::kOpen);
  s.ExpectStory({"socket open", "socket close(1006, CANCELLED, reconnect in 0)", "socket open"});
}

TEST(ConnectionCoreTest, ClosesEachConnectionOfARapidSequence) {
  CoreScript s;
  s.Opened().Disconnect({1000, "first"}).ExpectClose(1000, "first");
  s.Connect().Open().Disconnect({1000, "second"});
  s.ExpectAbandon().ExpectClose(1000, "second");
  s.driver().Closed(1, {.info = {1000, ""}, .was_clean = true});
  s.ExpectConnection(ConnectionState::kClosing);
  s.Closed(1000).ExpectConnection(ConnectionState::kClosed).ExpectNoDeadline();
}

// --- reconnect on demand

TEST(ConnectionCoreTest, ReconnectsOnDemandWithoutWaitingAnyLonger) {
  CoreScript s;
  s.Connect().ExpectDial();
  for (int i = 0; i < 20; ++i) s.Lost().Advance(5s).ExpectDial();
  s.Lost().Reconnect().ExpectDial().Lost();
  ExpectDialAfter(s, 10ms);  // the back-off started over
}

TEST(ConnectionCoreTest, ReplacesAnOpenConnectionOnDemand) {
  CoreScript s;
  s.Opened().Joined("room:1").Forget().Reconnect();
  s.ExpectClose(1000, "reconnect");
  s.ExpectStory({"room:1 error(connection lost)", "socket close(1006, CANCELLED, reconnect in 0)"});
  s.Open().Rejoined("room:1");
  s.driver().Closed(1, {.info = {1000, ""}, .was_clean = true});
  s.ExpectState("room:1", ChannelState::kJoined);
}

TEST(ConnectionCoreTest, StartsTheAttemptUnderWayAfreshOnDemand) {
  CoreScript s;
  s.Connect().ExpectDial().Advance(9s).Reconnect().ExpectAbandon().ExpectDial();
  s.Advance(9s).ExpectNoTransport();  // the connect timeout started over
  s.ExpectSilence();
}

TEST(ConnectionCoreTest, DoesNotReconnectWhoDoesNotWishToBeConnected) {
  CoreScript s;
  s.Reconnect().ExpectNoTransport().ExpectNoDeadline();
  s.Opened().Disconnect().ExpectClose(1000).Closed(1000);
  s.Reconnect().ExpectNoTransport().ExpectNoDeadline();
}

TEST(ConnectionCoreTest, AbandonsTheConnectionThatStillClosesWhenTheNextOneMust) {
  CoreScript s;
  s.Opened().Reconnect().ExpectClose(1000, "reconnect").Open();
  s.Reconnect().ExpectAbandon().ExpectClose(1000, "reconnect").ExpectDial();
}

// --- heartbeats

TEST(ConnectionCoreTest, BeatsFirstOneIntervalAfterTheOpening) {
  CoreScript s;
  s.Opened().Advance(30s - 1ns).ExpectNoFrame();
  s.Advance(1ns).ExpectFrame(kHeartbeat);
}

TEST(ConnectionCoreTest, BeatsInVersionOneToo) {
  CoreScript s(With(
      [](CoreOptions& o) { o.serializer = std::make_shared<const wire::JsonSerializerV1>(); }));
  s.Opened().Advance(30s);
  s.ExpectFrame(R"({"topic":"phoenix","event":"heartbeat","payload":{},"ref":"$beat"})");
  s.Reply("", "$beat", "phoenix").Advance(29s).ExpectConnection(ConnectionState::kOpen);
}

TEST(ConnectionCoreTest, BeatsAgainOneIntervalAfterEachReply) {
  CoreScript s;
  s.Opened();
  for (int i = 0; i < 5; ++i) {
    const std::string beat = absl::StrCat("$beat", i);
    s.Advance(30s).ExpectFrame(absl::StrCat("[null,\"", beat, R"(","phoenix","heartbeat",{}])"));
    s.Advance(2s).Reply("", beat, "phoenix").ExpectDeadlineIn(30s);
  }
}

TEST(ConnectionCoreTest, BeatsWhateverElseIsGoingOn) {
  CoreScript s;
  s.Opened().Joined("room:1");
  for (int second = 1; second <= 30; ++second) {
    s.Frame(R"([null,null,"room:1","msg",{}])").Push("room:1", absl::StrCat("p", second));
    s.Frame(R"(["$room:1",null,"room:1","msg",{}])");
    s.driver().Advance(1s);
    if (second < 30) s.Forget();
  }
  s.ExpectFrame(R"(["$room:1","$p","room:1","p30",{}])").ExpectFrame(kHeartbeat);
}

TEST(ConnectionCoreTest, SaysWhenAJoinMayHoldUpAHeartbeatForTooLong) {
  CoreScript s;
  s.Opened().Join("room:1", 12s).ExpectLog("a join may take 12s");
  s.ExpectFrame(R"(["$room:1","$room:1","room:1","phx_join",{}])");
}

// A server runs a join in the process that answers heartbeats, which may hold them up.
TEST(ConnectionCoreTest, SurvivesAJoinThatHoldsTheHeartbeatUpForLessThanItsTimeout) {
  CoreScript s;
  s.Opened().Advance(28s).Join("room:1", 60s);
  s.ExpectFrame(R"(["$room:1","$room:1","room:1","phx_join",{}])");
  s.Advance(2s).ExpectFrame(kHeartbeat).Advance(10s - 1ns).ExpectNoTransport();
  s.Reply("$room:1", "$room:1", "room:1").Reply("", "$beat", "phoenix");
  s.ExpectConnection(ConnectionState::kOpen).ExpectState("room:1", ChannelState::kJoined);
  s.ExpectDeadlineIn(30s);
}

TEST(ConnectionCoreTest, TellsOfEachHeartbeatInOrder) {
  CoreScript s;
  s.OnHeartbeat().Opened().ExpectStory({"socket open"});
  s.Advance(30s).ExpectFrame(kHeartbeat).ExpectStory({"socket heartbeat(sent)"});
  s.Advance(25ms).Reply("", "$beat", "phoenix").ExpectStory({"socket heartbeat(ok, 25ms)"});
  EXPECT_EQ(s.stats().last_round_trip, 25ms);
  s.ForgetName("$beat").Advance(30s).ExpectFrame(kHeartbeat);
  s.Advance(10s - 1ns).ExpectStory({"socket heartbeat(sent)"});
  s.Advance(1ns).ExpectClose(1000, "heartbeat timeout");
  s.ExpectStory({"socket heartbeat(timeout)",
                 R"(socket close(1006 "heartbeat timeout", UNAVAILABLE, reconnect in 10ms))"});
  EXPECT_EQ(s.stats().heartbeats_sent, 2);
  EXPECT_EQ(s.stats().heartbeats_timed_out, 1);
}

TEST(ConnectionCoreTest, TellsNothingMoreOfAHeartbeatWhoseConnectionIsLost) {
  CoreScript s;
  s.OnHeartbeat().Opened().Advance(30s).ExpectFrame(kHeartbeat).Lost();
  s.ExpectHeard("socket heartbeat(sent)").Advance(10ms).ExpectDial();
  s.driver().Open();
  s.Forget().Reply("", "$beat", "phoenix").Advance(20s).ExpectSilence();
  EXPECT_EQ(s.stats().heartbeats_timed_out, 0);
}

TEST(ConnectionCoreTest, KnowsTheAnswerByItsRefAlone) {
  CoreScript s;
  s.Opened().Advance(30s).ExpectFrame(kHeartbeat);
  s.Frame(R"(["1","$beat","whatever","phx_reply",{"status":"error","response":[]}])");
  s.ExpectDeadlineIn(30s);
}

// An empty "ok" to something else is no sign that the server has read the heartbeat.
TEST(ConnectionCoreTest, TakesNoOtherReplyForTheAnswer) {
  CoreScript s;
  s.Opened()
      .Joined("room:1")
      .Push("room:1", "p")
      .ExpectFrame(R"(["$room:1","$p","room:1","p",{}])");
  s.Advance(30s).ExpectFrame(kHeartbeat);
  s.Reply("$room:1", "$p", "room:1").Frame(R"([null,null,"phoenix","phx_reply",{"status":"ok"}])");
  s.Frame(R"([null,"$beat","phoenix","other",{"status":"ok"}])");
  s.Advance(10s).ExpectClose(1000, "heartbeat timeout");
}

TEST(ConnectionCoreTest, GivesUpAConnectionWhoseHeartbeatIsNotAnswered) {
  CoreScript s(With([](CoreOptions& o) { o.heartbeat_timeout = 5s; }));
  s.Opened().Joined("room:1").Forget();
  s.Advance(30s).ExpectFrame(kHeartbeat);
  s.Advance(5s - 1ns).ExpectNoTransport();
  s.Advance(1ns).ExpectClose(1000, "heartbeat timeout");
  s.ExpectConnection(ConnectionState::kClosed);
  s.ExpectStory({"room:1 error(heartbeat timeout)",
                 "socket close(1006 \"heartbeat timeout\", UNAVAILABLE, reconnect in 10ms)"});
  ExpectDialAfter(s, 10ms);
  // Nobody ever answers the close of the old connection.
  s.driver().Open();
  s.Advance(2s).ExpectAbandon().ExpectConnection(ConnectionState::kOpen);
  s.Rejoined("room:1");
}

// phoenix.js took the echo of its own close for the server's wish, and stayed offline.
TEST(ConnectionCoreTest, ReconnectsWhenThePeerEchoesTheCloseOfAHeartbeatTimeout) {
  CoreScript s(With([](CoreOptions& o) {
    o.should_reconnect = [](const SocketClosed& closed) { return closed.info.code != 1000; };
  }));
  s.Opened().Advance(30s).ExpectFrame(kHeartbeat).Advance(10s);
  s.ExpectClose(1000, "heartbeat timeout").Closed(1000, "heartbeat timeout");
  ExpectDialAfter(s, 10ms);
}

TEST(ConnectionCoreTest, StaysClosedAfterAHeartbeatTimeoutIfThePolicySaysSo) {
  CoreScript s(
      With([](CoreOptions& o) { o.should_reconnect = [](const SocketClosed&) { return false; }; }));
  s.Opened().Advance(30s).ExpectFrame(kHeartbeat).Advance(10s);
  s.ExpectClose(1000, "heartbeat timeout").ExpectConnection(ConnectionState::kClosed);
  s.ExpectHeard("socket close(1006 \"heartbeat timeout\", UNAVAILABLE, no reconnect)");
  s.Advance(2s).ExpectAbandon().ExpectNoDeadline();
}

TEST(ConnectionCoreTest, ForgetsTheHeartbeatOfTheOldConnection) {
  CoreScript s;
  s.Opened().Advance(30s).ExpectFrame(kHeartbeat).Lost().Advance(10ms).Open();
  s.Advance(29s).Reply("", "$beat", "phoenix");  // of the old connection, hence of nothing
  s.Advance(1s).ExpectFrame(R"([null,"$next","phoenix","heartbeat",{}])");
  s.Reply("", "$next", "phoenix").Advance(29s).ExpectConnection(ConnectionState::kOpen);
}

TEST(ConnectionCoreTest, SendsNoHeartbeatAfterDisconnect) {
  CoreScript s;
  s.Opened().Disconnect().ExpectClose(1000).Closed(1000).Advance(90s).ExpectNoFrame();
}

TEST(ConnectionCoreTest, LeavesHeartbeatsToATransportThatHasItsOwn) {
  CoreScript s;
  s.Connect().Open(/*skip_heartbeat=*/true).ExpectNoDeadline().Advance(1h).ExpectNoFrame();
}

TEST(ConnectionCoreTest, SendsNoHeartbeatsWithAnIntervalOfZero) {
  CoreScript s(With([](CoreOptions& o) { o.heartbeat_interval = 0s; }));
  s.Opened().ExpectNoDeadline().Advance(1h).ExpectNoFrame();
}

// A serializer that cannot even write a heartbeat.
class NoHeartbeats final : public wire::Serializer {
 public:
  std::string_view version() const override { return v2_.version(); }
  absl::StatusOr<wire::FrameType> Encode(const wire::Message& message,
                                         std::string& out) const override {
    if (message.event == "heartbeat") throw std::runtime_error("out of order");
    return v2_.Encode(message, out);
  }
  absl::StatusOr<wire::Message> Decode(wire::FrameView frame) const override {
    return v2_.Decode(frame);
  }

 private:
  wire::JsonSerializerV2 v2_;
};

TEST(ConnectionCoreTest, ReplacesAConnectionThatCannotBeKeptAlive) {
  CoreScript s(With([](CoreOptions& o) { o.serializer = std::make_shared<const NoHeartbeats>(); }));
  s.Opened().Advance(30s).ExpectClose(1000, "heartbeat could not be sent").ExpectNoFrame();
  s.ExpectLog("serializer threw: out of order");
  ExpectDialAfter(s, 10ms);
}

TEST(ConnectionCoreTest, FindsTheLossTheSameWhicheverWayItIsFound) {
  const auto play = [](void (*lose)(CoreScript&)) {
    CoreScript s;
    s.Opened().Joined("room:1").Push("room:1", "p", {}, 0s).Forget();
    lose(s);
    s.Forget().Advance(10ms).Forget();
    s.driver().Open();
    s.Rejoined("room:1").ExpectDone("p", absl::StatusCode::kUnavailable);
    s.Forget().Advance(2s).Forget();
  };
  play([](CoreScript& s) { s.Lost(); });
  play([](CoreScript& s) { s.Closed(1000); });
  play([](CoreScript& s) {
    s.driver().Advance(30s);  // the heartbeat, which nobody answers
    s.driver().Advance(10s);
  });
  play([](CoreScript& s) { s.Reconnect(); });
}

// --- the fallback (transport_choice_test.cc has the choice itself)

CoreOptions WithFallback() {
  return With([](CoreOptions& o) {
    o.fallback = FallbackPolicy{.health_timeout = 2500ms, .max_unhealthy = 3, .memory = 30min};
  });
}

TEST(ConnectionFallbackTest, AFirstAttemptThatFailsIsFollowedByTheFallback) {
  CoreScript s(WithFallback());
  s.Connect().ExpectDial().Refused(502);
  s.Advance(10ms).ExpectFallback().ExpectLog("falling back");
  s.driver().Open(/*skip_heartbeat=*/true);
  s.ExpectConnection(ConnectionState::kOpen).ExpectDeadlineIn(30min);
}

// The network swallows the handshake.
TEST(ConnectionFallbackTest, AFirstAttemptIsGivenUpAfterTheHealthTimeout) {
  CoreScript s(WithFallback());
  s.Connect().ExpectDial().Advance(2500ms - 1ns).ExpectNoTransport();
  s.Advance(1ns).ExpectAbandon();
  s.ExpectHeard("socket error(DEADLINE_EXCEEDED, reconnect in 10ms)");
  s.Advance(10ms).ExpectFallback();
}

// The network lets the handshake through, and nothing after it.
TEST(ConnectionFallbackTest, AConnectionThatOpensAndIsSilentIsFollowedByTheFallback) {
  CoreScript s(WithFallback());
  s.Opened().ExpectFrame(kHeartbeat);
  s.Advance(2500ms).ExpectClose(1000, "heartbeat timeout");
  s.Advance(10ms).ExpectFallback();
}

// It must not open and close for ever.
TEST(ConnectionFallbackTest, AConnectionThatDiesBeforeItsFirstAnswerIsFollowedByTheFallback) {
  CoreScript s(WithFallback());
  s.Opened().ExpectFrame(kHeartbeat).Closed(1006);
  s.Advance(10ms).ExpectFallback();
}

TEST(ConnectionFallbackTest, TheAnswerToTheFirstHeartbeatEndsTheTrial) {
  CoreScript s(WithFallback());
  s.Opened().ExpectFrame(kHeartbeat).Reply("", "$beat", "phoenix").ExpectDeadlineIn(30s);
}

TEST(ConnectionFallbackTest, AnAnsweredJoinEndsTheTrialToo) {
  CoreScript s(WithFallback());
  s.Opened().ExpectFrame(kHeartbeat).Joined("room:1");
  s.ExpectDeadlineIn(10s);  // the heartbeat has the time of any other
  s.Advance(5s).Reply("", "$beat", "phoenix").ExpectConnection(ConnectionState::kOpen);
}

TEST(ConnectionFallbackTest, AfterAHealthyConnectionOneFailedReconnectIsNoReason) {
  CoreScript s(WithFallback());
  s.Opened().ExpectFrame(kHeartbeat).Reply("", "$beat", "phoenix").Lost();
  s.Advance(10ms).ExpectDial().Refused(503);
  s.Advance(50ms).ExpectDial().Refused(503);
  s.Advance(100ms).ExpectDial().Refused(503);
  s.Advance(150ms).ExpectFallback();
}

TEST(ConnectionFallbackTest, AfterAHealthyConnectionDiallingHasAllItsTime) {
  CoreScript s(WithFallback());
  s.Opened().ExpectFrame(kHeartbeat).Reply("", "$beat", "phoenix").Lost();
  s.Advance(10ms).ExpectDial().Advance(10s - 1ns).ExpectNoTransport().Advance(1ns).ExpectAbandon();
}

TEST(ConnectionFallbackTest, ARequestThatCannotBeMadeIsNoReason) {
  CoreScript s(WithFallback());
  s.Connect().ExpectDial();
  s.driver().Closed({.info = {1006, ""}, .status = absl::InvalidArgumentError("a bad header")});
  s.Advance(10ms).ExpectDial();
}

TEST(ConnectionFallbackTest, TheFirstTransportIsTriedAgainWhenTheMemoryEnds) {
  CoreScript s(WithFallback());
  s.Connect().ExpectDial().Refused(502).Advance(10ms).ExpectFallback();
  s.driver().Open(/*skip_heartbeat=*/true);
  s.Forget().Joined("room:1");
  s.Advance(30min - 1ns).ExpectNoTransport();
  s.Advance(1ns).ExpectClose(1000, "reconnect").ExpectDial();
  s.ExpectHeard("room:1 error(connection lost)");
  s.ExpectLog("trying the first transport again");
}

TEST(ConnectionFallbackTest, AFirstTransportWithoutHeartbeatsHasNoneAfterItsTrialEither) {
  CoreScript s(WithFallback());
  s.Connect().ExpectDial();
  s.driver().Open(/*skip_heartbeat=*/true);
  s.ExpectFrame(kHeartbeat).Reply("", "$beat", "phoenix").ExpectNoDeadline();
}

TEST(ConnectionFallbackTest, WithoutAPolicyThereIsNoTrial) {
  CoreScript s;
  s.Opened().ExpectNoFrame().ExpectDeadlineIn(30s).Lost();
  s.Advance(10ms).ExpectDial().Refused(502);
  s.Advance(50ms).ExpectDial();
}

}  // namespace
}  // namespace phx::core
