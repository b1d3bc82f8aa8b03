#include "mockserver/long_poll_core.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "mockserver/long_poll_port.h"
#include "mockserver/ready_set.h"
#include "mockserver/session_core.h"
#include "mockserver/session_port.h"
#include "mockserver/shard.h"
#include "mockserver/time_point.h"
#include "mockserver/user_socket.h"

namespace phx::mock {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kJoin[] = R"(["1","1","room:1","phx_join",{}])";
constexpr char kSlowJoin[] = R"(["1","1","room:1","phx_join",{"delay":400}])";
constexpr char kEcho[] = R"(["1","2","room:1","echo",{"a":1}])";
constexpr char kEchoed[] = R"(["1","2","room:1","phx_reply",{"response":{"a":1},"status":"ok"}])";

// A request: what its session has told it.
class FakeCaller final : public LongPollCaller {
 public:
  void Post(LongPollReply reply) override {
    switch (reply.kind) {
      case LongPollReply::Kind::kSubscribed: heard.emplace_back("subscribed"); break;
      case LongPollReply::Kind::kNowAvailable: heard.emplace_back("now available"); break;
      case LongPollReply::Kind::kDispatched: heard.emplace_back("dispatched"); break;
      case LongPollReply::Kind::kForgotten: heard.emplace_back("forgotten"); break;
      case LongPollReply::Kind::kMessages:
        for (std::string& message : reply.messages) heard.push_back(std::move(message));
    }
  }
  std::vector<std::string> Take() { return std::exchange(heard, {}); }

  std::vector<std::string> heard;
};

class LongPollCoreTest : public ::testing::Test, public SessionHost {
 protected:
  using Kind = LongPollCall::Kind;

  LongPollCoreTest() : socket_(ReadySet().front()), core_(Options(), now_, shard_, *this) {}

  void OnChange() override {}
  std::weak_ptr<SessionPort> port() override { return {}; }

  SessionOptions Options() {
    socket_.longpoll->window = seconds(10);
    SessionOptions options;
    options.socket = &socket_;
    options.connection = 1;
    options.assigns = {{"sid", nullptr}};
    return options;
  }

  void Call(const std::shared_ptr<FakeCaller>& caller, Kind kind, std::string text = {}) {
    core_.OnCall(now_, {kind, {wire::FrameType::kText, std::move(text)}, caller});
    FinishTurn();
  }
  std::vector<std::string> Dispatch(std::string text) {
    const auto caller = std::make_shared<FakeCaller>();
    Call(caller, Kind::kDispatch, std::move(text));
    return caller->Take();
  }
  std::vector<std::string> Flush() {
    const auto caller = std::make_shared<FakeCaller>();
    Call(caller, Kind::kFlush);
    return caller->Take();
  }
  void FinishTurn() {
    shard_.FinishTurn(now_);
    core_.Flush(now_);
  }
  void AdvanceTo(TimePoint time) {
    while (core_.NextDeadline().has_value() && *core_.NextDeadline() <= time) {
      now_ = *core_.NextDeadline();
      core_.OnDeadline(now_);
      FinishTurn();
    }
    now_ = time;
  }

  TimePoint now_{};
  UserSocket socket_;
  Shard shard_;
  LongPollCore core_;
};

TEST_F(LongPollCoreTest, WhatTheSocketSendsWaitsForAPoll) {
  EXPECT_THAT(Dispatch(kJoin), ElementsAre("dispatched"));
  EXPECT_THAT(Dispatch(kEcho), ElementsAre("dispatched"));
  const std::vector<std::string> messages = Flush();
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[1], kEchoed);
  EXPECT_THAT(Flush(), IsEmpty());
}

TEST_F(LongPollCoreTest, APollThatFoundNothingIsToldWhenThereIsSomething) {
  Dispatch(kJoin);
  Flush();
  const auto poll = std::make_shared<FakeCaller>();
  Call(poll, Kind::kFlush);
  EXPECT_THAT(poll->Take(), IsEmpty());
  Dispatch(kEcho);
  EXPECT_THAT(poll->Take(), ElementsAre("now available"));
  Call(poll, Kind::kFlush);
  EXPECT_THAT(poll->Take(), ElementsAre(kEchoed));
}

TEST_F(LongPollCoreTest, MessagesOutliveAPollThatWentAway) {
  Dispatch(kJoin);
  Flush();
  auto poll = std::make_shared<FakeCaller>();
  Call(poll, Kind::kFlush);
  poll.reset();
  Dispatch(kEcho);
  EXPECT_THAT(Flush(), ElementsAre(kEchoed));
}

TEST_F(LongPollCoreTest, ASlowJoinKeepsAllRequestsWaiting) {
  const auto post = std::make_shared<FakeCaller>();
  Call(post, Kind::kDispatch, kSlowJoin);
  const auto poll = std::make_shared<FakeCaller>();
  Call(poll, Kind::kSubscribe);
  EXPECT_THAT(post->Take(), IsEmpty());
  EXPECT_THAT(poll->Take(), IsEmpty());
  AdvanceTo(now_ + milliseconds(400));
  EXPECT_THAT(post->Take(), ElementsAre("dispatched"));
  EXPECT_THAT(poll->Take(), ElementsAre("subscribed"));
}

TEST_F(LongPollCoreTest, AFrameThatCannotBeDecodedEndsItWithoutAnAnswer) {
  Dispatch(kJoin);
  EXPECT_THAT(Dispatch("{not json"), IsEmpty());
  EXPECT_TRUE(core_.is_over());
  EXPECT_THAT(Flush(), IsEmpty());
}

TEST_F(LongPollCoreTest, EndsAfterOneAndAHalfWindowsWithoutAPoll) {
  AdvanceTo(now_ + milliseconds(14'999));
  EXPECT_FALSE(core_.is_over());
  AdvanceTo(now_ + milliseconds(1));
  EXPECT_TRUE(core_.is_over());
}

TEST_F(LongPollCoreTest, APollLetsItLiveUntilTheCheckAfterTheNext) {
  AdvanceTo(TimePoint(seconds(1)));
  Flush();
  AdvanceTo(TimePoint(milliseconds(29'999)));
  EXPECT_FALSE(core_.is_over());
  AdvanceTo(TimePoint(seconds(30)));
  EXPECT_TRUE(core_.is_over());
}

TEST_F(LongPollCoreTest, ForgettingTellsThoseWhoWait) {
  const auto poll = std::make_shared<FakeCaller>();
  Call(poll, Kind::kFlush);
  const auto post = std::make_shared<FakeCaller>();
  Call(post, Kind::kDispatch, kSlowJoin);
  const auto late = std::make_shared<FakeCaller>();
  Call(late, Kind::kSubscribe);
  core_.OnCall(now_, {.kind = Kind::kForget});
  EXPECT_THAT(poll->Take(), ElementsAre("forgotten"));
  EXPECT_THAT(post->Take(), ElementsAre("forgotten"));
  EXPECT_THAT(late->Take(), ElementsAre("forgotten"));
  EXPECT_TRUE(core_.is_over());
}

}  // namespace
}  // namespace phx::mock
