// What the core allocates: nothing for a message in a steady flow, and nothing for ever.
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/core/joined_core.h"
#include "gtest/gtest.h"
#include "testing/allocation_counter.h"

namespace phx::core {
namespace {

using ::phx::test::AllocationCounter;
using namespace std::chrono_literals;

// A core with one joined channel, where one join at a time is under way.
struct SocketCoreMemoryTest : ::testing::Test, JoinedCore {
  SocketCoreMemoryTest() : JoinedCore(/*max_joins_in_flight=*/1) {}

  const ChannelId channel = Join("room:1");
};

TEST_F(SocketCoreMemoryTest, AllocatesNothingForAPushAndItsReply) {
  for (int i = 0; i < 1000; ++i) Answer(channel, Push(channel));
  const AllocationCounter counter;
  for (int i = 0; i < 1000; ++i) Answer(channel, Push(channel));
  EXPECT_EQ(counter.allocations(), 0);
  EXPECT_EQ(done, 2000);
}

TEST_F(SocketCoreMemoryTest, AllocatesAndKeepsNothingForACast) {
  for (int i = 0; i < 100; ++i) Cast(channel);
  const AllocationCounter counter;
  for (int i = 0; i < 1000; ++i) Cast(channel);
  EXPECT_EQ(counter.allocations(), 0);
  EXPECT_EQ(core.pushes_in_flight(), 0);
  EXPECT_EQ(core.NextDeadline(), std::nullopt);
  EXPECT_EQ(core.stats().frames_sent, 1101);
}

TEST_F(SocketCoreMemoryTest, AllocatesNothingForManyPushesInFlight) {
  std::vector<Ref> sent(200);
  const auto play = [&] {
    for (Ref& ref : sent) ref = Push(channel);
    for (const Ref ref : sent) Answer(channel, ref);
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
  Hear(kBroadcast);
  const AllocationCounter counter;
  for (int i = 0; i < 1000; ++i) Hear(kBroadcast);
  EXPECT_EQ(counter.allocations(), 0);
  EXPECT_EQ(heard, 2 * 1001);
}

TEST_F(SocketCoreMemoryTest, HoldsNoBuffersWhileItRests) {
  std::vector<std::unique_ptr<JoinedCore>> cores;
  std::vector<ChannelId> channels;
  for (int i = 0; i < 10; ++i) {
    cores.push_back(std::make_unique<JoinedCore>());
    channels.push_back(cores.back()->Join("room:1"));
    cores.back()->core.Rest();
  }
  std::vector<Ref> sent(100);
  const auto play = [&](JoinedCore& joined, ChannelId room) {
    for (Ref& ref : sent) ref = joined.Push(room);
    for (const Ref ref : sent) joined.Answer(room, ref);
    joined.core.Rest();
  };
  play(*cores[0], channels[0]);
  const AllocationCounter counter;
  for (std::size_t i = 0; i < cores.size(); ++i) play(*cores[i], channels[i]);
  EXPECT_LT(counter.bytes(), 4096);
}

TEST_F(SocketCoreMemoryTest, KeepsNothingOfPushesThatNobodyAnswered) {
  for (int i = 0; i < 1000; ++i) Push(channel, 1s);
  now += 2s;
  core.OnDeadline(now);
  Drain();
  const AllocationCounter counter;
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 10'000; ++i) Push(channel, 1s);
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
    Push(channel, 0s);
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
