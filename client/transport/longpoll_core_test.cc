#include "client/transport/longpoll_core.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/core/time.h"
#include "client/transport/longpoll_options.h"
#include "client/wire/close_info.h"
#include "client/wire/connection_info.h"
#include "client/wire/frame.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::string TextOf(const LongPollAction& action) {
  struct Visitor {
    std::string operator()(const StartPoll&) const { return "poll"; }
    std::string operator()(const StartPost&) const { return "post"; }
    std::string operator()(const StopPolling&) const { return "stop polling"; }
    std::string operator()(const SessionOpened&) const { return "opened"; }
    std::string operator()(const DeliverFrame& deliver) const {
      return absl::StrCat("deliver ", deliver.frame.data);
    }
    std::string operator()(const SessionClosed& end) const {
      return absl::StrCat("closed ", end.closed.info.code, end.closed.was_clean ? " clean" : "");
    }
  };
  return std::visit(Visitor(), action);
}

HttpResponse Json(std::string body) { return {.status = 200, .body = std::move(body)}; }

const HttpResponse kSession = Json(R"({"messages":[],"status":410,"token":"T1"})");
const HttpResponse kOtherSession = Json(R"({"messages":[],"status":410,"token":"T2"})");
const HttpResponse kNothing = Json(R"({"messages":[],"status":204,"token":"T1"})");
const HttpResponse kTaken = Json(R"({"status":200})");
const HttpResponse kGone = Json(R"({"status":410})");

class LongPollCoreTest : public ::testing::Test {
 protected:
  explicit LongPollCoreTest(LongPollToken token = LongPollToken::kAutomatic)
      : core_({.token = token, .poll_timeout = seconds(20), .post_timeout = seconds(15)}) {}

  // What the core wants done now. The last end and opening are kept.
  std::vector<std::string> Actions() {
    std::vector<std::string> texts;
    while (std::optional<LongPollAction> action = core_.PollAction()) {
      texts.push_back(TextOf(*action));
      if (auto* end = std::get_if<SessionClosed>(&*action)) closed_ = std::move(end->closed);
      if (auto* opened = std::get_if<SessionOpened>(&*action)) opened_ = std::move(*opened);
    }
    return texts;
  }

  void Open() {
    core_.Open();
    EXPECT_THAT(Actions(), ElementsAre("poll"));
    core_.OnPolled(now_, kSession);
    EXPECT_THAT(Actions(), ElementsAre("poll", "opened"));
  }

  void Send(const std::string& text) { core_.Send({wire::FrameType::kText, text}); }

  // Sends a frame, which is posted.
  void Post(const std::string& text) {
    Send(text);
    core_.Flush(now_);
    EXPECT_THAT(Actions(), ElementsAre("post"));
    EXPECT_EQ(core_.batch().body, text);
  }

  // Makes sure that the server has known the token.
  void Prove() {
    core_.OnPolled(now_, kNothing);
    EXPECT_THAT(Actions(), ElementsAre("poll"));
  }

  std::string message() const { return std::string(closed_.status.message()); }

  LongPollCore core_;
  TimePoint now_;
  TransportClosed closed_;
  std::optional<SessionOpened> opened_;
};

// --- the session

TEST_F(LongPollCoreTest, ThePollWithoutATokenMakesTheSession) {
  core_.Open();
  EXPECT_EQ(core_.header_token(), "");
  EXPECT_EQ(core_.query_token(), "");
  EXPECT_THAT(Actions(), ElementsAre("poll"));
  core_.OnPolled(now_, kSession);
  EXPECT_THAT(Actions(), ElementsAre("poll", "opened"));
  EXPECT_EQ(core_.header_token(), "T1");
  EXPECT_EQ(core_.query_token(), "");
}

TEST_F(LongPollCoreTest, TheOpeningDoesNotTellTheToken) {
  Open();
  EXPECT_EQ(opened_->response.status, 200);
  EXPECT_EQ(opened_->response.body, "");
}

TEST_F(LongPollCoreTest, ARefusalFailsTheAttempt) {
  core_.Open();
  core_.OnPolled(now_, Json(R"({"status":403})"));
  EXPECT_THAT(Actions(), ElementsAre("poll", "closed 1008"));
  EXPECT_EQ(closed_.status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(closed_.response.status, 200);
}

TEST_F(LongPollCoreTest, AnHttpErrorFailsTheAttempt) {
  core_.Open();
  core_.OnPolled(now_, HttpResponse{.status = 404, .reason = "Not Found"});
  EXPECT_THAT(Actions(), ElementsAre("poll", "closed 1006"));
  EXPECT_EQ(closed_.status, absl::UnavailableError("HTTP 404 Not Found"));
  EXPECT_EQ(closed_.response.status, 404);
}

TEST_F(LongPollCoreTest, ASessionWithoutATokenIsNone) {
  core_.Open();
  core_.OnPolled(now_, Json(R"({"status":410})"));
  EXPECT_THAT(Actions(), ElementsAre("poll", "closed 1006"));
}

TEST_F(LongPollCoreTest, ALostConnectionFailsTheAttempt) {
  core_.Open();
  core_.OnPolled(now_, absl::UnavailableError("refused"));
  EXPECT_THAT(Actions(), ElementsAre("poll", "closed 1006"));
  EXPECT_EQ(closed_.status, absl::UnavailableError("refused"));
}

// --- polling

TEST_F(LongPollCoreTest, FramesAreDeliveredInOrderAndPollingGoesOnAtOnce) {
  Open();
  core_.OnPolled(now_, Json(R"({"messages":["[1]","[2]"],"status":200,"token":"T1"})"));
  EXPECT_THAT(Actions(), ElementsAre("poll", "deliver [1]", "deliver [2]"));
}

TEST_F(LongPollCoreTest, AnEmptyPollIsRepeated) {
  Open();
  core_.OnPolled(now_, kNothing);
  EXPECT_THAT(Actions(), ElementsAre("poll"));
}

TEST_F(LongPollCoreTest, ANewTokenReplacesTheOld) {
  Open();
  core_.OnPolled(now_, Json(R"({"messages":[],"status":204,"token":"T9"})"));
  EXPECT_EQ(core_.header_token(), "T9");
}

// A restarted node makes a new session of the poll; what was sent into the old one is lost, and the
// channels have to join again.
TEST_F(LongPollCoreTest, AForgottenSessionIsAnErrorNotANewSession) {
  Open();
  Prove();
  core_.OnPolled(now_, kOtherSession);
  EXPECT_THAT(Actions(), ElementsAre("closed 3410"));
  EXPECT_EQ(closed_.info.reason, "session_gone");
  EXPECT_EQ(closed_.status.code(), absl::StatusCode::kUnavailable);
}

TEST_F(LongPollCoreTest, AForgottenSessionIsAnErrorAfterATakenPost) {
  Open();
  Post("[1]");
  core_.OnPosted(now_, kTaken);
  core_.OnPolled(now_, kOtherSession);
  EXPECT_THAT(Actions(), ElementsAre("closed 3410"));
}

struct BadAnswer {
  HttpResponse response;
  std::string end;
};

class LongPollBadAnswerTest : public LongPollCoreTest,
                              public ::testing::WithParamInterface<BadAnswer> {};

TEST_P(LongPollBadAnswerTest, EndsTheSessionWithItsCode) {
  Open();
  Prove();
  core_.OnPolled(now_, GetParam().response);
  EXPECT_THAT(Actions(), ElementsAre(GetParam().end));
  EXPECT_FALSE(closed_.status.ok());
}

INSTANTIATE_TEST_SUITE_P(All, LongPollBadAnswerTest,
                         ::testing::Values(BadAnswer{Json(R"({"status":403})"), "closed 1008"},
                                           BadAnswer{Json(R"({"status":500})"), "closed 1011"},
                                           BadAnswer{Json(R"({"status":299})"), "closed 1011"},
                                           BadAnswer{Json("<html>"), "closed 1011"},
                                           BadAnswer{HttpResponse{.status = 500}, "closed 1011"},
                                           BadAnswer{HttpResponse{.status = 502,
                                                                  .body = R"({"status":200})"},
                                                     "closed 1011"},
                                           BadAnswer{HttpResponse{.status = 403}, "closed 1008"}));

TEST_F(LongPollCoreTest, ALostPollIsAnAbnormalEnd) {
  Open();
  core_.OnPolled(now_, absl::UnavailableError("reset"));
  EXPECT_THAT(Actions(), ElementsAre("closed 1006"));
}

TEST_F(LongPollCoreTest, ASilentPollTimesOut) {
  Open();
  EXPECT_EQ(core_.NextDeadline(), now_ + seconds(20));
  core_.OnDeadline(now_ + seconds(20) - milliseconds(1));
  EXPECT_THAT(Actions(), IsEmpty());
  core_.OnDeadline(now_ + seconds(20));
  EXPECT_THAT(Actions(), ElementsAre("closed 1005"));
  EXPECT_EQ(closed_.info.reason, "timeout");
  EXPECT_EQ(message(), "the poll was not answered within 20s");
  EXPECT_EQ(core_.NextDeadline(), std::nullopt);
}

TEST_F(LongPollCoreTest, EachPollHasItsOwnTimeout) {
  Open();
  now_ += seconds(10);
  Prove();
  EXPECT_EQ(core_.NextDeadline(), now_ + seconds(20));
}

// The opening is bounded by the socket's connect timeout.
TEST_F(LongPollCoreTest, TheFirstPollHasNoTimeoutOfItsOwn) {
  core_.Open();
  EXPECT_EQ(core_.NextDeadline(), std::nullopt);
}

// --- posting

TEST_F(LongPollCoreTest, NothingIsSentBeforeTheOpening) {
  core_.Open();
  Send("[1]");
  core_.Flush(now_);
  EXPECT_THAT(Actions(), ElementsAre("poll"));
  EXPECT_EQ(core_.buffered_amount(), 0U);
}

TEST_F(LongPollCoreTest, FramesOfOneTurnLeaveInOnePost) {
  Open();
  Send("[1]");
  Send("[2]");
  EXPECT_THAT(Actions(), IsEmpty());
  core_.Flush(now_);
  EXPECT_THAT(Actions(), ElementsAre("post"));
  EXPECT_EQ(core_.batch(), (LongPollBatch{"application/x-ndjson", "[1]\n[2]"}));
}

// Two at once could overtake each other.
TEST_F(LongPollCoreTest, OnePostIsUnderWayAndTheRestWaits) {
  Open();
  Post("[1]");
  Send("[2]");
  core_.Flush(now_);
  Send("[3]");
  core_.Flush(now_);
  EXPECT_THAT(Actions(), IsEmpty());
  EXPECT_EQ(core_.batch().body, "[1]");
  EXPECT_EQ(core_.buffered_amount(), 9U);
  core_.OnPosted(now_, kTaken);
  EXPECT_THAT(Actions(), ElementsAre("post"));
  EXPECT_EQ(core_.batch().body, "[2]\n[3]");
  core_.OnPosted(now_, kTaken);
  EXPECT_THAT(Actions(), IsEmpty());
  EXPECT_EQ(core_.buffered_amount(), 0U);
}

TEST_F(LongPollCoreTest, ManySendsOfOneTurnGoInPostsOf100InOrder) {
  Open();
  for (int i = 0; i < 150; ++i) Send(absl::StrCat("[", i, "]"));
  core_.Flush(now_);
  EXPECT_THAT(Actions(), ElementsAre("post"));
  EXPECT_THAT(core_.batch().body, StartsWith("[0]\n[1]"));
  EXPECT_TRUE(core_.batch().body.ends_with("[99]"));
  core_.OnPosted(now_, kTaken);
  EXPECT_THAT(Actions(), ElementsAre("post"));
  EXPECT_THAT(core_.batch().body, StartsWith("[100]\n[101]"));
  core_.OnPosted(now_, kTaken);
  EXPECT_THAT(Actions(), IsEmpty());
}

// A POST that is swallowed must not keep all later ones waiting for ever.
TEST_F(LongPollCoreTest, ASwallowedPostEndsTheSessionAlthoughPollsAreAnswered) {
  Open();
  Post("[1]");
  EXPECT_EQ(core_.NextDeadline(), now_ + seconds(15));
  now_ += seconds(10);
  Prove();
  now_ += seconds(5);
  core_.OnDeadline(now_);
  EXPECT_THAT(Actions(), ElementsAre("closed 1005"));
  EXPECT_EQ(message(), "the POST was not answered within 15s");
}

TEST_F(LongPollCoreTest, ATakenPostHasNoDeadlineAnyMore) {
  Open();
  Post("[1]");
  core_.OnPosted(now_, kTaken);
  EXPECT_EQ(core_.NextDeadline(), now_ + seconds(20));
}

TEST_F(LongPollCoreTest, AForgottenSessionIsHeardOfByAPost) {
  Open();
  Prove();
  Post("[1]");
  core_.OnPosted(now_, kGone);
  EXPECT_THAT(Actions(), ElementsAre("closed 3410"));
}

TEST_F(LongPollCoreTest, StatusesOfAPostEndTheSession) {
  Open();
  Post("[1]");
  core_.OnPosted(now_, Json(R"({"status":408})"));
  EXPECT_THAT(Actions(), ElementsAre("closed 1011"));
  EXPECT_THAT(message(), HasSubstr("408"));
}

// --- the token's place

// A server before 1.8.10 takes the first poll for that of a new client.
TEST_F(LongPollCoreTest, AServerThatReadsNoHeaderGetsTheTokenInTheQuery) {
  Open();
  core_.OnPolled(now_, kOtherSession);
  EXPECT_THAT(Actions(), ElementsAre("poll"));
  EXPECT_EQ(core_.header_token(), "T2");
  EXPECT_EQ(core_.query_token(), "T2");
}

TEST_F(LongPollCoreTest, ARefusedPostIsRepeatedWhenThePollHasToldWhy) {
  Open();
  Post("[1]");
  core_.OnPosted(now_, kGone);
  EXPECT_THAT(Actions(), IsEmpty());
  core_.OnPolled(now_, kOtherSession);
  EXPECT_THAT(Actions(), ElementsAre("poll", "post"));
  EXPECT_EQ(core_.batch().body, "[1]");
  EXPECT_EQ(core_.query_token(), "T2");
}

TEST_F(LongPollCoreTest, APostThatIsRefusedAfterThePollIsRepeatedAtOnce) {
  Open();
  Post("[1]");
  core_.OnPolled(now_, kOtherSession);
  EXPECT_THAT(Actions(), ElementsAre("poll"));
  core_.OnPosted(now_, kGone);
  EXPECT_THAT(Actions(), ElementsAre("post"));
  core_.OnPosted(now_, kGone);  // the repeated one
  EXPECT_THAT(Actions(), ElementsAre("closed 3410"));
}

TEST_F(LongPollCoreTest, ARefusedPostIsTheEndIfThePollWasUnderstood) {
  Open();
  Post("[1]");
  core_.OnPosted(now_, kGone);
  core_.OnPolled(now_, Json(R"({"messages":["[7]"],"status":200,"token":"T1"})"));
  EXPECT_THAT(Actions(), ElementsAre("poll", "deliver [7]", "closed 3410"));
}

TEST_F(LongPollCoreTest, ATokenThatIsForgottenTwiceIsTheEnd) {
  Open();
  core_.OnPolled(now_, kOtherSession);
  EXPECT_THAT(Actions(), ElementsAre("poll"));
  core_.OnPolled(now_, Json(R"({"status":410,"token":"T3"})"));
  EXPECT_THAT(Actions(), ElementsAre("closed 3410"));
}

class LongPollHeaderTest : public LongPollCoreTest {
 protected:
  LongPollHeaderTest() : LongPollCoreTest(LongPollToken::kHeader) {}
};

TEST_F(LongPollHeaderTest, TheTokenIsNeverPutIntoAUrl) {
  Open();
  core_.OnPolled(now_, kOtherSession);
  EXPECT_THAT(Actions(), ElementsAre("closed 3410"));
  EXPECT_EQ(core_.query_token(), "");
}

class LongPollBothTest : public LongPollCoreTest {
 protected:
  LongPollBothTest() : LongPollCoreTest(LongPollToken::kHeaderAndQuery) {}
};

TEST_F(LongPollBothTest, TheTokenIsInBothPlacesFromTheBeginning) {
  Open();
  EXPECT_EQ(core_.header_token(), "T1");
  EXPECT_EQ(core_.query_token(), "T1");
  core_.OnPolled(now_, kOtherSession);
  EXPECT_THAT(Actions(), ElementsAre("closed 3410"));
}

// --- closing

TEST_F(LongPollCoreTest, CloseWithNothingToSendEndsAtOnce) {
  Open();
  core_.Close(now_, {1000, "bye"});
  EXPECT_THAT(Actions(), ElementsAre("stop polling", "closed 1000 clean"));
  EXPECT_EQ(closed_.info, (wire::CloseInfo{1000, "bye"}));
  EXPECT_TRUE(closed_.status.ok());
}

TEST_F(LongPollCoreTest, CloseLetsOutWhatWasSent) {
  Open();
  Post("[1]");
  Send("[2]");
  core_.Flush(now_);
  core_.Close(now_, {});
  EXPECT_THAT(Actions(), ElementsAre("stop polling"));
  Send("[3]");
  core_.OnPosted(now_, kTaken);
  EXPECT_THAT(Actions(), ElementsAre("post"));
  EXPECT_EQ(core_.batch().body, "[2]");
  core_.OnPosted(now_, kTaken);
  EXPECT_THAT(Actions(), ElementsAre("closed 1000 clean"));
}

TEST_F(LongPollCoreTest, CloseSendsWhatWasNotFlushedYet) {
  Open();
  Send("[1]");
  core_.Close(now_, {});
  EXPECT_THAT(Actions(), ElementsAre("stop polling", "post"));
  core_.OnPosted(now_, kTaken);
  EXPECT_THAT(Actions(), ElementsAre("closed 1000 clean"));
}

TEST_F(LongPollCoreTest, ThePollThatWasStoppedDeliversNothing) {
  Open();
  Post("[1]");
  core_.Close(now_, {});
  core_.OnPolled(now_, Json(R"({"messages":["[7]"],"status":200,"token":"T1"})"));
  EXPECT_THAT(Actions(), ElementsAre("stop polling"));
  EXPECT_EQ(core_.NextDeadline(), now_ + seconds(15));
}

TEST_F(LongPollCoreTest, ALossWhileClosingIsNotClean) {
  Open();
  Post("[1]");
  core_.Close(now_, {});
  core_.OnPosted(now_, absl::UnavailableError("reset"));
  EXPECT_THAT(Actions(), ElementsAre("stop polling", "closed 1006"));
}

TEST_F(LongPollCoreTest, CloseGivesUpAPostOfWhichNobodyWillSayHowToSendIt) {
  Open();
  Post("[1]");
  core_.OnPosted(now_, kGone);
  core_.Close(now_, {});
  EXPECT_THAT(Actions(), ElementsAre("stop polling", "closed 1000"));
}

TEST_F(LongPollCoreTest, CloseBeforeTheOpeningGivesTheAttemptUp) {
  core_.Open();
  core_.Close(now_, {});
  EXPECT_THAT(Actions(), ElementsAre("poll", "stop polling", "closed 1006"));
  EXPECT_EQ(closed_.status.code(), absl::StatusCode::kCancelled);
}

TEST_F(LongPollCoreTest, NothingHappensAfterTheEnd) {
  Open();
  Post("[1]");
  core_.OnPolled(now_, absl::UnavailableError("reset"));
  EXPECT_THAT(Actions(), ElementsAre("closed 1006"));
  core_.OnPosted(now_, kTaken);
  core_.OnPolled(now_, kNothing);
  Send("[2]");
  core_.Flush(now_);
  core_.Close(now_, {});
  core_.OnDeadline(now_ + seconds(100));
  EXPECT_THAT(Actions(), IsEmpty());
}

}  // namespace
}  // namespace phx
