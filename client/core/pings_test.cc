#include "client/core/pings.h"

#include <chrono>
#include <utility>

#include "absl/status/status.h"
#include "client/core/options.h"
#include "gtest/gtest.h"
#include "testing/core_script.h"

namespace phx::core {
namespace {

using ::phx::test::CheckFaults;
using ::phx::test::CoreScript;
using namespace std::chrono_literals;

constexpr char kFirst[] = R"([null,"$a","phoenix","heartbeat",{}])";
constexpr char kSecond[] = R"([null,"$b","phoenix","heartbeat",{}])";

TEST(PingsTest, MeasureTheTimeFromTheSendingToTheReply) {
  CoreScript s;
  s.Opened().Ping().ExpectFrame(kFirst).ExpectNoPing();
  s.Advance(7ms).Reply("", "$a", "phoenix").ExpectPing(7ms);
  s.Reply("", "$a", "phoenix").ExpectNoPing();
}

TEST(PingsTest, AreToldApartByTheirRefs) {
  CoreScript s;
  s.Opened().Ping().ExpectFrame(kFirst).Advance(1ms).Ping().ExpectFrame(kSecond);
  s.Advance(1ms).Reply("", "$b", "phoenix").ExpectPing(1ms);
  s.Advance(1ms).Reply("", "$a", "phoenix").ExpectPing(3ms);
}

TEST(PingsTest, LeaveTheHeartbeatsAlone) {
  CoreScript s;
  s.Opened().Advance(29s).Ping().ExpectFrame(kFirst).Reply("", "$a", "phoenix").ExpectPing(0s);
  s.Advance(1s).ExpectFrame(R"([null,"$beat","phoenix","heartbeat",{}])");
  s.Ping().ExpectFrame(kSecond).Reply("", "$beat", "phoenix").ExpectNoPing();
  s.Reply("", "$b", "phoenix").ExpectPing(0s);
}

TEST(PingsTest, FailWhileTheSocketIsNotOpen) {
  CoreScript s;
  s.Ping().ExpectPing(absl::StatusCode::kUnavailable, "not connected");
  s.Connect().ExpectDial().Ping().ExpectPing(absl::StatusCode::kUnavailable, "not connected");
  s.driver().Open();
  s.Disconnect().ExpectClose(1000).Ping();
  s.ExpectPing(absl::StatusCode::kUnavailable, "not connected");
  s.Closed(1000).Ping().ExpectPing(absl::StatusCode::kUnavailable, "not connected");
}

TEST(PingsTest, FailWithTheConnection) {
  CoreScript s;
  s.Opened().Ping().ExpectFrame(kFirst).Lost("connection reset");
  s.ExpectPing(absl::StatusCode::kUnavailable, "connection reset");
}

TEST(PingsTest, AreCancelledByDisconnect) {
  CoreScript s;
  s.Opened().Ping().ExpectFrame(kFirst).Disconnect().ExpectClose(1000);
  s.ExpectPing(absl::StatusCode::kCancelled, "Disconnect()");
}

TEST(PingsTest, TimeOutEachAtItsTime) {
  CoreOptions options = CoreScript::Options();
  options.heartbeat_timeout = 3s;
  CoreScript s(options);
  s.Opened().Ping().ExpectFrame(kFirst).Advance(1s).Ping().ExpectFrame(kSecond);
  s.Advance(2s - 1ns).ExpectNoPing().Advance(1ns);
  s.ExpectPing(absl::StatusCode::kDeadlineExceeded, "not answered within 3s");
  s.Advance(1s - 1ns).ExpectNoPing().Advance(1ns);
  s.ExpectPing(absl::StatusCode::kDeadlineExceeded);
  s.Reply("", "$a", "phoenix").ExpectNoPing();
  s.ExpectConnection(ConnectionState::kOpen);
}

TEST(PingsTest, FailWhileTheNetworkDoesNotKeepUp) {
  CoreOptions options = CoreScript::Options();
  options.max_backlog = 10;
  CoreScript s(options);
  s.Opened();
  s.driver().Stall();
  s.Ping().ExpectFrame(kFirst);
  s.Ping().ExpectPing(absl::StatusCode::kResourceExhausted, "has not taken");
}

TEST(PingsTest, MayFollowOneAnother) {
  CoreScript s;
  bool again = true;
  s.When("done ping", [&again](CoreScript& then) {
    if (std::exchange(again, false)) then.driver().Ping();
  });
  s.Opened().Ping().ExpectFrame(kFirst).Reply("", "$a", "phoenix").ExpectPing(0s);
  s.ExpectFrame(kSecond);
}

TEST(PingsTest, ProveThatTheConnectionIsGood) {
  CoreScript s;
  s.Connect().ExpectDial().Lost().Advance(10ms).ExpectDial().Lost().Advance(50ms).ExpectDial();
  s.driver().Open();
  s.Ping().ExpectFrame(kFirst).Reply("", "$a", "phoenix").ExpectPing(0s);
  s.Lost().Advance(10ms).ExpectDial();
}

TEST(PingsTest, HaveOneOutcomeWhateverGoesWrong) {
  CheckFaults([](CoreScript& s) {
    s.Opened().Ping().ExpectFrame(kFirst).Ping().ExpectFrame(kSecond);
    s.Reply("", "$a", "phoenix").ExpectPing(0s);
    s.Advance(1ms).Reply("", "$b", "phoenix").ExpectPing(1ms);
  });
}

}  // namespace
}  // namespace phx::core
