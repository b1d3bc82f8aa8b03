#include "client/core/context.h"

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "client/core/action.h"
#include "client/core/log_level.h"
#include "client/core/options.h"
#include "client/wire/json_serializer_v1.h"
#include "client/wire/json_serializer_v2.h"
#include "gtest/gtest.h"

namespace phx::core {
namespace {

using namespace std::chrono_literals;

// Writes half of a message whose event is "bad", and throws.
class Throwing final : public wire::Serializer {
 public:
  std::string_view version() const override { return "2.0.0"; }
  absl::StatusOr<wire::FrameType> Encode(const wire::Message& message,
                                         std::string& out) const override {
    out += "half";
    if (message.event == "bad") throw std::runtime_error("no more");
    out += "whole";
    return wire::FrameType::kText;
  }
  absl::StatusOr<wire::Message> Decode(wire::FrameView /*frame*/) const override {
    return wire::Message();
  }
};

class ContextTest : public ::testing::Test {
 protected:
  template <typename Serializer>
  static std::shared_ptr<const CoreOptions> OptionsWith() {
    CoreOptions options;
    options.serializer = std::make_shared<const Serializer>();
    return std::make_shared<const CoreOptions>(std::move(options));
  }

  RefCounter refs_;
};

TEST_F(ContextTest, QueuesWhatItSendsForTheOpenConnection) {
  Context context(OptionsWith<wire::JsonSerializerV2>(), "ws://localhost", refs_, 1);
  context.open = 7;
  ASSERT_TRUE(context.Send({.topic = "t", .event = "e"}).ok());
  const std::optional<Action> action = context.actions.Poll();
  ASSERT_TRUE(action.has_value());
  const auto& frame = std::get<SendFrame>(*action);
  EXPECT_EQ(frame.generation, 7);
  EXPECT_EQ(context.actions.FrameOf(frame).data, R"([null,null,"t","e",{}])");
  EXPECT_EQ(context.stats.frames_sent, 1);
  EXPECT_EQ(context.stats.bytes_sent, frame.size);
  EXPECT_EQ(context.backlog, frame.size);
}

TEST_F(ContextTest, LeavesNoHalfAFrameBehindWhenTheSerializerThrows) {
  Context context(OptionsWith<Throwing>(), "ws://localhost", refs_, 1);
  context.open = 1;
  EXPECT_EQ(context.Send({.topic = "t", .event = "bad"}).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(context.actions.frame_bytes(), "");
  EXPECT_EQ(context.stats.frames_sent, 0);
  EXPECT_FALSE(context.actions.Poll().has_value());
}

TEST_F(ContextTest, GivesEachChannelOneTimer) {
  Context context(OptionsWith<wire::JsonSerializerV2>(), "ws://localhost", refs_, 1);
  const auto is_live = [&](const TimerKey& key) { return context.IsLive(key); };
  context.StartChannelTimer(3, 1s);
  context.StartChannelTimer(3, 2s);
  context.StartChannelTimer(4, 3s);
  EXPECT_FALSE(context.timers.PopDue(context.now + 1s, is_live).has_value());
  EXPECT_EQ(context.timers.PopDue(context.now + 2s, is_live)->index, 3);
  context.StopChannelTimer(4);
  EXPECT_FALSE(context.timers.PopDue(context.now + 3s, is_live).has_value());
  context.StopChannelTimer(3);
  context.StopChannelTimer(99);
  EXPECT_EQ(context.NextTimer(), std::nullopt);
}

TEST_F(ContextTest, WarnsOnceOfJoinsThatMayOutlastAHeartbeat) {
  CoreOptions options;
  options.logging = true;
  const auto shared = std::make_shared<const CoreOptions>(std::move(options));
  const auto warnings = [](Context& context) {
    int count = 0;
    while (const std::optional<Action> action = context.actions.Poll()) {
      const auto* log = std::get_if<Log>(&*action);
      if (log != nullptr && log->level == LogLevel::kWarning) ++count;
    }
    return count;
  };
  Context open(shared, "ws://localhost", refs_, 1);
  open.SetBeats(true);
  open.NoteJoinTimeout(shared->push_timeout);  // as long as a heartbeat's: what the defaults are
  EXPECT_EQ(warnings(open), 0);
  open.NoteJoinTimeout(std::chrono::seconds(11));
  open.NoteJoinTimeout(std::chrono::seconds(12));
  EXPECT_EQ(warnings(open), 1);
  Context closed(shared, "ws://localhost", refs_, 1);
  closed.NoteJoinTimeout(std::chrono::seconds(11));
  closed.SetBeats(false);  // long polling
  EXPECT_EQ(warnings(closed), 0);
  closed.SetBeats(true);
  closed.SetBeats(true);
  EXPECT_EQ(warnings(closed), 1);
}

TEST_F(ContextTest, IsOwedClosesInVersionOneOnly) {
  Context v2(OptionsWith<wire::JsonSerializerV2>(), "ws://localhost", refs_, 1);
  v2.OweClose("t", Ref{1});
  EXPECT_FALSE(v2.owed_closes.Take("t"));
  Context v1(OptionsWith<wire::JsonSerializerV1>(), "ws://localhost", refs_, 1);
  v1.OweClose("t", Ref{1});
  EXPECT_TRUE(v1.owed_closes.Take("t"));
}

}  // namespace
}  // namespace phx::core
