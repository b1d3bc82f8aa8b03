#include "mockserver/long_poll_sessions.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "mockserver/long_poll_port.h"
#include "mockserver/time_point.h"

namespace phx::mock {
namespace {

using std::chrono::seconds;

constexpr TimePoint kNow{std::chrono::hours(1)};

class FakeSession final : public LongPollCallee {
 public:
  void Post(LongPollCall call) override { calls.push_back(call.kind); }
  std::vector<LongPollCall::Kind> calls;
};

TEST(LongPollSessionsTest, ATokenNamesTheTopicThatItWasSignedFor) {
  LongPollSessions sessions(1);
  const std::string topic = sessions.MakeTopic(kNow);
  const std::string token = sessions.Sign(topic, kNow);
  EXPECT_EQ(token.substr(0, 8), "SFMyNTY.");
  EXPECT_EQ(sessions.Verify(token, kNow, seconds(1)), topic);
  EXPECT_NE(sessions.MakeTopic(kNow), topic);
}

TEST(LongPollSessionsTest, TokensThatWereTamperedWithAreNone) {
  const LongPollSessions sessions(1);
  const std::string token = sessions.Sign("phx:lp:x", kNow);
  for (const std::string& wrong :
       {std::string(), std::string("garbage"), std::string("SFMyNTY."), std::string("SFMyNTY.."),
        token.substr(0, token.size() - 1), token + "A", "SFMyNTY.A" + token.substr(8)}) {
    EXPECT_EQ(sessions.Verify(wrong, kNow, seconds(1)), std::nullopt) << wrong;
  }
}

TEST(LongPollSessionsTest, TokensExpire) {
  const LongPollSessions sessions(1);
  const std::string token = sessions.Sign("phx:lp:x", kNow);
  EXPECT_TRUE(sessions.Verify(token, kNow + seconds(2), seconds(2)).has_value());
  EXPECT_FALSE(sessions.Verify(token, kNow + std::chrono::milliseconds(2001), seconds(2)));
}

TEST(LongPollSessionsTest, FindsSessionsWhileTheyLive) {
  LongPollSessions sessions(1);
  auto session = std::make_shared<FakeSession>();
  sessions.Add("a", session);
  EXPECT_EQ(sessions.Find("a"), session);
  EXPECT_EQ(sessions.Find("b"), nullptr);
  session.reset();
  EXPECT_EQ(sessions.Find("a"), nullptr);
  EXPECT_EQ(sessions.count(), 1U);
  sessions.Remove("a");
  EXPECT_EQ(sessions.count(), 0U);
}

TEST(LongPollSessionsTest, ForgettingTellsTheSessionsAndInvalidatesTheirTokens) {
  LongPollSessions sessions(1);
  const auto session = std::make_shared<FakeSession>();
  sessions.Add("a", session);
  const std::string token = sessions.Sign("a", kNow);
  sessions.Forget();
  EXPECT_EQ(session->calls, std::vector{LongPollCall::Kind::kForget});
  EXPECT_EQ(sessions.Find("a"), nullptr);
  EXPECT_EQ(sessions.Verify(token, kNow, seconds(1)), std::nullopt);
  EXPECT_TRUE(sessions.Verify(sessions.Sign("a", kNow), kNow, seconds(1)).has_value());
}

}  // namespace
}  // namespace phx::mock
