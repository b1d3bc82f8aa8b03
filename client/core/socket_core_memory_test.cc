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
struct SocketCoreMemoryTest : ::testing::Test {
  SocketCoreMemoryTest() : core(Options(), refs, 1) {
    core.Connect(now);
    Drain();
    core.OnTransportOpen(now, 1, std::make_shared<const OpenInfo>(), false);
    channel = core.AddChannel(std::string(kTopic));
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
    core.Join(now, channel, ++last_push, 10s);
    Drain();
    join_ref = last_ref;
    Answer(join_ref);
    Drain();
  }

  // Takes all actions, as the network that has room for everything.
  void Drain() {
    while (const std::optional<Action> action = core.PollAction()) {
      if (std::holds_alternative<PushDone>(*action)) ++done;
      if (std::holds_alternative<Dispatch>(*action)) ++heard;
      if (const auto* changed = std::get_if<ChannelChanged>(&*action)) {
        last_ref = changed->join_ref;
      }
    }
    core.OnBacklog(0);
  }

  void Frame(std::string_view text) {
    core.OnTransportFrame(now, 1, {wire::FrameType::kText, text});
    Drain();
  }

  Ref Push(Duration timeout = 10s) {
    const Ref ref =
        core.Push(now, channel, ++last_push, "new_msg",
                  wire::Payload::JsonText(wire::Text::Borrow(R"({"body":"hi"})")), timeout);
    Drain();
    return ref;
  }

  void Answer(Ref ref) {
    frame.clear();
    absl::StrAppend(&frame, "[\"", join_ref.value, "\",\"", ref.value,
                    R"(","room:1","phx_reply",{"response":{},"status":"ok"}])");
    Frame(frame);
  }

  RefCounter refs;
  SocketCore core;
  TimePoint now{1h};
  ChannelId channel = 0;
  PushId last_push = 0;
  Ref last_ref;
  Ref join_ref;
  std::uint64_t done = 0;
  std::uint64_t heard = 0;
  std::string frame;
};

TEST_F(SocketCoreMemoryTest, AllocatesNothingForAPushAndItsReply) {
  for (int i = 0; i < 1000; ++i) Answer(Push());
  const AllocationCounter counter;
  for (int i = 0; i < 1000; ++i) Answer(Push());
  EXPECT_EQ(counter.allocations(), 0);
  EXPECT_EQ(done, 2000);
}

TEST_F(SocketCoreMemoryTest, AllocatesAndKeepsNothingForACast) {
  const auto cast = [&] {
    core.Push(now, channel, kNobody, "new_msg",
              wire::Payload::JsonText(wire::Text::Borrow(R"({"body":"hi"})")), 10s);
    Drain();
  };
  for (int i = 0; i < 100; ++i) cast();
  const AllocationCounter counter;
  for (int i = 0; i < 1000; ++i) cast();
  EXPECT_EQ(counter.allocations(), 0);
  EXPECT_EQ(core.pushes_in_flight(), 0);
  EXPECT_EQ(core.NextDeadline(), std::nullopt);
  EXPECT_EQ(core.stats().frames_sent, 1101);
}

TEST_F(SocketCoreMemoryTest, AllocatesNothingForManyPushesInFlight) {
  std::vector<Ref> sent(200);
  const auto play = [&] {
    for (Ref& ref : sent) ref = Push();
    for (const Ref ref : sent) Answer(ref);
  };
  for (int i = 0; i < 20; ++i) play();
  const AllocationCounter counter;
  for (int i = 0; i < 20; ++i) play();
  EXPECT_EQ(counter.allocations(), 0);
}

TEST_F(SocketCoreMemoryTest, AllocatesNothingForAMessageThatIsHeard) {
  core.On(channel, "new_msg", refs.Next());
  core.On(Hook::kMessage, refs.Next());
  constexpr std::string_view kBroadcast = R"([null,null,"room:1","new_msg",{"body":"hi"}])";
  Frame(kBroadcast);
  const AllocationCounter counter;
  for (int i = 0; i < 1000; ++i) Frame(kBroadcast);
  EXPECT_EQ(counter.allocations(), 0);
  EXPECT_EQ(heard, 2 * 1001);
}

TEST_F(SocketCoreMemoryTest, KeepsNothingOfPushesThatNobodyAnswered) {
  for (int i = 0; i < 1000; ++i) Push(1s);
  now += 2s;
  core.OnDeadline(now);
  Drain();
  const AllocationCounter counter;
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 10'000; ++i) Push(1s);
    now += 2s;
    core.OnDeadline(now);
    Drain();
  }
  EXPECT_EQ(done, 101'000);
  EXPECT_LT(counter.bytes(), 64 * 1024);
}

TEST_F(SocketCoreMemoryTest, KeepsNothingOfABurst) {
  const AllocationCounter counter;
  core.OnTransportClosed(now, 1, {.status = absl::UnavailableError("lost")});
  Drain();
  for (int i = 0; i < 20'000; ++i) {
    Push(0s);
    ASSERT_TRUE(core.Send(now, {.topic = "admin", .event = "ping"}).ok());
  }
  EXPECT_GT(counter.bytes(), 1'000'000);
  core.Disconnect(now, {});
  Drain();
  EXPECT_EQ(done, 20'000);
  EXPECT_EQ(core.NextDeadline(), std::nullopt);
  EXPECT_LT(counter.bytes(), 64 * 1024);
}

TEST_F(SocketCoreMemoryTest, KeepsNothingOfChannelsThatWereRemoved) {
  const auto play = [&] {
    const ChannelId other = core.AddChannel("other");
    core.On(other, "msg", refs.Next());
    core.Join(now, other, ++last_push, 10s);
    core.Push(now, other, ++last_push, "p", {}, 10s);
    Drain();
    core.Remove(now, other);
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
    core.OnTransportClosed(now, generation, {.status = absl::UnavailableError("lost")});
    Drain();
    now += 10s;
    core.OnDeadline(now);
    Drain();
    core.OnTransportOpen(now, ++generation, std::make_shared<const OpenInfo>(), false);
    Drain();
  };
  for (int i = 0; i < 100; ++i) play();
  const AllocationCounter counter;
  for (int i = 0; i < 2'000; ++i) play();
  EXPECT_LT(counter.bytes(), 1024);
}

// Channels that ask again and again for a turn, while a join that is never answered has it.
TEST_F(SocketCoreMemoryTest, KeepsNothingOfJoinsThatWaitedInVain) {
  std::vector<ChannelId> channels = {core.AddChannel("slow")};
  core.Join(now, channels.back(), ++last_push, Duration::max());
  for (int i = 0; i < 100; ++i) {
    channels.push_back(core.AddChannel(absl::StrCat("busy:", i)));
    core.Join(now, channels.back(), ++last_push, 1s);
  }
  const auto play = [&] {
    now += 100ms;
    core.OnDeadline(now);
    Drain();
  };
  for (int i = 0; i < 1000; ++i) play();
  const AllocationCounter counter;
  for (int i = 0; i < 5000; ++i) play();
  EXPECT_LT(counter.bytes(), 4096);
}

}  // namespace
}  // namespace phx::core
