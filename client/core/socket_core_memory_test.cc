// What the core allocates: nothing for a message in a steady flow, and nothing for ever.
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/core/options.h"
#include "client/core/socket_core.h"
#include "client/wire/json_serializer_v2.h"
#include "client/wire/ref_counter.h"
#include "gtest/gtest.h"
#include "testing/allocation_counter.h"

namespace phx::core {
namespace {

using ::phx::test::AllocationCounter;
using namespace std::chrono_literals;

constexpr std::string_view kTopic = "room:1";

// A core with one joined channel, and no more around it than must be.
class SocketCoreMemoryTest : public ::testing::Test {
 protected:
  SocketCoreMemoryTest() : core_(Options(), refs_, 1) {
    core_.Connect(now_);
    Drain();
    core_.OnTransportOpen(now_, 1, std::make_shared<const OpenInfo>(), false);
    channel_ = core_.AddChannel(std::string(kTopic));
    Join();
  }

  static std::shared_ptr<const CoreOptions> Options() {
    CoreOptions options;
    options.serializer = std::make_shared<const wire::JsonSerializerV2>();
    options.heartbeat_interval = 0s;
    options.max_joins_in_flight = 1;
    options.max_push_buffer = 1'000'000;
    options.max_send_buffer = 1'000'000;
    return std::make_shared<const CoreOptions>(std::move(options));
  }

  void Join() {
    core_.Join(now_, channel_, ++last_push_, 10s);
    Drain();
    join_ref_ = last_ref_;
    Answer(join_ref_);
    Drain();
  }

  // Takes all actions, as the network that has room for everything.
  void Drain() {
    while (const std::optional<Action> action = core_.PollAction()) {
      if (std::holds_alternative<PushDone>(*action)) ++done_;
      if (std::holds_alternative<Dispatch>(*action)) ++heard_;
      if (const auto* changed = std::get_if<ChannelChanged>(&*action)) {
        last_ref_ = changed->join_ref;
      }
    }
    core_.OnBacklog(0);
  }

  void Frame(std::string_view text) {
    core_.OnTransportFrame(now_, 1, {wire::FrameType::kText, text});
    Drain();
  }

  Ref Push(Duration timeout = 10s) {
    const Ref ref =
        core_.Push(now_, channel_, ++last_push_, "new_msg",
                   wire::Payload::JsonText(wire::Text::Borrow(R"({"body":"hi"})")), timeout);
    Drain();
    return ref;
  }

  void Answer(Ref ref) {
    frame_.clear();
    absl::StrAppend(&frame_, "[\"", join_ref_.value, "\",\"", ref.value,
                    R"(","room:1","phx_reply",{"response":{},"status":"ok"}])");
    Frame(frame_);
  }

  RefCounter refs_;
  SocketCore core_;
  TimePoint now_{1h};
  ChannelId channel_ = 0;
  PushId last_push_ = 0;
  Ref last_ref_;
  Ref join_ref_;
  std::uint64_t done_ = 0;
  std::uint64_t heard_ = 0;
  std::string frame_;
};

TEST_F(SocketCoreMemoryTest, AllocatesNothingForAPushAndItsReply) {
  for (int i = 0; i < 1000; ++i) Answer(Push());
  const AllocationCounter counter;
  for (int i = 0; i < 1000; ++i) Answer(Push());
  EXPECT_EQ(counter.allocations(), 0);
  EXPECT_EQ(done_, 2000);
}

TEST_F(SocketCoreMemoryTest, AllocatesNothingForManyPushesInFlight) {
  std::vector<Ref> refs(200);
  const auto play = [&] {
    for (Ref& ref : refs) ref = Push();
    for (const Ref ref : refs) Answer(ref);
  };
  for (int i = 0; i < 20; ++i) play();
  const AllocationCounter counter;
  for (int i = 0; i < 20; ++i) play();
  EXPECT_EQ(counter.allocations(), 0);
}

TEST_F(SocketCoreMemoryTest, AllocatesNothingForAMessageThatIsHeard) {
  core_.On(channel_, "new_msg", refs_.Next());
  core_.On(Hook::kMessage, refs_.Next());
  constexpr std::string_view kBroadcast = R"([null,null,"room:1","new_msg",{"body":"hi"}])";
  Frame(kBroadcast);
  const AllocationCounter counter;
  for (int i = 0; i < 1000; ++i) Frame(kBroadcast);
  EXPECT_EQ(counter.allocations(), 0);
  EXPECT_EQ(heard_, 2 * 1001);
}

TEST_F(SocketCoreMemoryTest, KeepsNothingOfPushesThatNobodyAnswered) {
  for (int i = 0; i < 1000; ++i) Push(1s);
  now_ += 2s;
  core_.OnDeadline(now_);
  Drain();
  const AllocationCounter counter;
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 10'000; ++i) Push(1s);
    now_ += 2s;
    core_.OnDeadline(now_);
    Drain();
  }
  EXPECT_EQ(done_, 101'000);
  EXPECT_LT(counter.bytes(), 64 * 1024);
}

TEST_F(SocketCoreMemoryTest, KeepsNothingOfABurst) {
  const AllocationCounter counter;
  core_.OnTransportClosed(now_, 1, {.status = absl::UnavailableError("lost")});
  Drain();
  for (int i = 0; i < 20'000; ++i) {
    Push(0s);
    ASSERT_TRUE(core_.Send(now_, {.topic = "admin", .event = "ping"}).ok());
  }
  EXPECT_GT(counter.bytes(), 1'000'000);
  core_.Disconnect(now_, {});
  Drain();
  EXPECT_EQ(done_, 20'000);
  EXPECT_EQ(core_.NextDeadline(), std::nullopt);
  EXPECT_LT(counter.bytes(), 64 * 1024);
}

TEST_F(SocketCoreMemoryTest, KeepsNothingOfChannelsThatWereRemoved) {
  const auto play = [&] {
    const ChannelId channel = core_.AddChannel("other");
    core_.On(channel, "msg", refs_.Next());
    core_.Join(now_, channel, ++last_push_, 10s);
    core_.Push(now_, channel, ++last_push_, "p", {}, 10s);
    Drain();
    core_.Remove(now_, channel);
    Drain();
  };
  for (int i = 0; i < 100; ++i) play();
  const AllocationCounter counter;
  for (int i = 0; i < 2'000; ++i) play();
  EXPECT_LT(counter.bytes(), 1024);
}

TEST_F(SocketCoreMemoryTest, KeepsNothingOfConnectionsThatAreGone) {
  Generation generation = 1;
  const auto play = [&] {
    core_.OnTransportClosed(now_, generation, {.status = absl::UnavailableError("lost")});
    Drain();
    now_ += 10s;
    core_.OnDeadline(now_);
    Drain();
    core_.OnTransportOpen(now_, ++generation, std::make_shared<const OpenInfo>(), false);
    Drain();
  };
  for (int i = 0; i < 100; ++i) play();
  const AllocationCounter counter;
  for (int i = 0; i < 2'000; ++i) play();
  EXPECT_LT(counter.bytes(), 1024);
}

// Channels that ask again and again for a turn, while a join that is never answered has it.
TEST_F(SocketCoreMemoryTest, KeepsNothingOfJoinsThatWaitedInVain) {
  std::vector<ChannelId> channels = {core_.AddChannel("slow")};
  core_.Join(now_, channels.back(), ++last_push_, Duration::max());
  for (int i = 0; i < 100; ++i) {
    channels.push_back(core_.AddChannel(absl::StrCat("busy:", i)));
    core_.Join(now_, channels.back(), ++last_push_, 1s);
  }
  const auto play = [&] {
    now_ += 100ms;
    core_.OnDeadline(now_);
    Drain();
  };
  for (int i = 0; i < 1000; ++i) play();
  const AllocationCounter counter;
  for (int i = 0; i < 5000; ++i) play();
  EXPECT_LT(counter.bytes(), 4096);
}

}  // namespace
}  // namespace phx::core
