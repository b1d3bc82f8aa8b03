// That scripts fail where they should.
#include "testing/core_script.h"

#include <chrono>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "client/core/states.h"
#include "gtest/gtest-spi.h"
#include "gtest/gtest.h"

namespace phx::test {
namespace {

using namespace std::chrono_literals;

// A script in which `say` is wrong. It is right up to there.
void Play(const std::function<void(CoreScript&)>& say) {
  CoreScript s;
  s.Opened().Joined("room:1");
  say(s);
}

TEST(CoreScriptTest, PassesWhenEverythingIsAsItSays) {
  Play([](CoreScript& s) {
    s.Push("room:1", "p").ExpectFrame(R"(["$room:1","$p","room:1","p",{}])").ExpectPending("p");
    s.Reply("$room:1", "$p", "room:1", "ok", "[1]").ExpectDone("p", "ok", "[1]").ExpectPending("p");
    s.ExpectState("room:1", ChannelState::kJoined).ExpectHeard("room:1 join {}");
    s.ExpectStory({"socket open"}).ExpectSilence().ExpectDeadlineIn(30s);
    s.Disconnect().ExpectClose(1000).Advance(2s).ExpectAbandon().ExpectNoDeadline();
  });
}

TEST(CoreScriptTest, FailsAtAFrameThatIsAnother) {
  EXPECT_NONFATAL_FAILURE(Play([](CoreScript& s) {
                            s.Push("room:1", "p");
                            s.ExpectFrame(R"(["$room:1","$p","room:1","q",{}])");
                          }),
                          "frame [");
}

TEST(CoreScriptTest, FailsAtARefThatIsAnother) {
  EXPECT_NONFATAL_FAILURE(Play([](CoreScript& s) {
                            s.Push("room:1", "p");
                            s.ExpectFrame(R"(["$p","$p","room:1","p",{}])");
                          }),
                          "frame [");
}

TEST(CoreScriptTest, FailsAtAFrameThatDoesNotCome) {
  EXPECT_NONFATAL_FAILURE(Play([](CoreScript& s) { s.ExpectFrame("[]"); }), "no frame");
}

TEST(CoreScriptTest, FailsInTheEndAtAFrameThatNobodyExpected) {
  EXPECT_NONFATAL_FAILURE(Play([](CoreScript& s) { s.Push("room:1", "p"); }), "not expected");
  EXPECT_NONFATAL_FAILURE(Play([](CoreScript& s) { s.Push("room:1", "p").ExpectNoFrame(); }),
                          "expected none");
}

TEST(CoreScriptTest, FailsAtATransportThatDoesSomethingElse) {
  EXPECT_NONFATAL_FAILURE(Play([](CoreScript& s) { s.ExpectDial(); }), "nothing; expected a dial");
  EXPECT_NONFATAL_FAILURE(Play([](CoreScript& s) { s.Disconnect().ExpectClose(1001); }),
                          "close 1000; expected close 1001");
  EXPECT_NONFATAL_FAILURE(Play([](CoreScript& s) { s.Disconnect().ExpectAbandon(); }),
                          "close 1000");
  EXPECT_NONFATAL_FAILURE(Play([](CoreScript& s) { s.Disconnect().ExpectNoTransport(); }),
                          "close 1000");
  EXPECT_NONFATAL_FAILURE(Play([](CoreScript& s) { s.Disconnect(); }), "not expected: close 1000");
}

TEST(CoreScriptTest, FailsAtAStateThatIsAnother) {
  EXPECT_NONFATAL_FAILURE(
      Play([](CoreScript& s) { s.ExpectState("room:1", ChannelState::kClosed); }),
      "room:1 is joined; expected closed");
  EXPECT_NONFATAL_FAILURE(Play([](CoreScript& s) { s.ExpectConnection(ConnectionState::kClosed); }),
                          "connection open; expected closed");
}

TEST(CoreScriptTest, FailsAtAnOutcomeThatIsAnother) {
  EXPECT_NONFATAL_FAILURE(Play([](CoreScript& s) { s.ExpectJoin("room:1", "ok"); }), "no outcome");
  EXPECT_NONFATAL_FAILURE(
      Play([](CoreScript& s) { s.Leave("room:2").ExpectPending("leave room:2"); }),
      "expected none");
  const auto push = [](CoreScript& s) -> CoreScript& {
    s.Push("room:1", "p").ExpectFrame(R"(["$room:1","$p","room:1","p",{}])");
    return s.Reply("$room:1", "$p", "room:1", "ok", "[1]");
  };
  EXPECT_NONFATAL_FAILURE(Play([&](CoreScript& s) { push(s).ExpectDone("p", "error"); }), "ok [1]");
  EXPECT_NONFATAL_FAILURE(Play([&](CoreScript& s) { push(s).ExpectDone("p", "ok", "[2]"); }),
                          "ok [1]");
  EXPECT_NONFATAL_FAILURE(
      Play([&](CoreScript& s) { push(s).ExpectDone("p", absl::StatusCode::kUnavailable); }),
      "ok [1]");
}

TEST(CoreScriptTest, FailsAtWhatIsHeardAndWhatIsNot) {
  EXPECT_NONFATAL_FAILURE(Play([](CoreScript& s) { s.ExpectHeard("room:1 close(left)"); }),
                          "not heard");
  EXPECT_NONFATAL_FAILURE(Play([](CoreScript& s) { s.ExpectStory({"socket open"}); }),
                          "room:1 join {}");
  EXPECT_NONFATAL_FAILURE(Play([](CoreScript& s) { s.ExpectSilence(); }), "socket open");
  EXPECT_NONFATAL_FAILURE(Play([](CoreScript& s) { s.ExpectLog("no such line"); }), "not logged");
}

TEST(CoreScriptTest, FailsAtADeadlineThatIsAnother) {
  EXPECT_NONFATAL_FAILURE(Play([](CoreScript& s) { s.ExpectDeadlineIn(29s); }), "another");
  EXPECT_NONFATAL_FAILURE(Play([](CoreScript& s) { s.ExpectNoDeadline(); }), "there is a deadline");
}

TEST(CoreScriptTest, FailsWithWhatMustHoldAlways) {
  EXPECT_NONFATAL_FAILURE(
      Play([](CoreScript& s) { s.driver().invariants().Require(false, "the sky is blue"); }),
      "violated: the sky is blue");
}

TEST(CoreScriptTest, ShowsTheTranscriptOnceWithTheFirstFailure) {
  EXPECT_NONFATAL_FAILURE(Play([](CoreScript& s) { s.ExpectDial().ExpectDial().ExpectSilence(); }),
                          "> Connect\n    dial #1");
}

TEST(CoreScriptTest, FailsAtAChannelThatAFaultKeepsFromBeingJoined) {
  core::CoreOptions options = CoreScript::Options();
  options.should_rejoin = [](const wire::Reply&) { return false; };
  const auto play = [](CoreScript& s) {
    s.Opened().Join("room:1").ExpectFrame(R"(["$j","$j","room:1","phx_join",{}])");
    s.Reply("$j", "$j", "room:1", "error");  // which is final
  };
  ::testing::TestPartResultArray failures;
  {
    const ::testing::ScopedFakeTestPartResultReporter reporter(
        ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ALL_THREADS, &failures);
    CheckFaults(play, options);
  }
  // With each of the three faults after the last step; before that, the join is answered later.
  ASSERT_EQ(failures.size(), 3);
  EXPECT_NE(std::string(failures.GetTestPartResult(0).message()).find("room:1 is errored"),
            std::string::npos);
}

TEST(CoreScriptTest, PlaysTheScriptOnceForEachFaultAfterEachStep) {
  int played = 0;
  CheckFaults([&](CoreScript& s) {
    ++played;
    s.Opened().Joined("room:1");  // four steps
  });
  EXPECT_EQ(played, 1 + 3 * 4);
}

}  // namespace
}  // namespace phx::test
