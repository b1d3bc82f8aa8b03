#include "client/internal/stream_state.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/wire/message.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Receives by numbers, and notes what comes of it.
struct StreamStateTest : ::testing::Test {
  void Receive(StreamState& stream, int id) {
    stream.AddWaiter(
        static_cast<std::uint64_t>(id), [this, id](CompleteFrom, const MessageOutcome& outcome) {
          got.push_back(
              std::to_string(id) + " " +
              (outcome.ok() ? outcome->event.ToString() : std::string(outcome.status().message())));
        });
    stream.Serve(CompleteFrom::Destructor());
  }
  static bool Add(StreamState& stream, const std::string& event) {
    return stream.Add(CompleteFrom::Destructor(), {.topic = "room:1", .event = event});
  }

  std::vector<std::string> got;
};

TEST_F(StreamStateTest, HandsOverInOrder) {
  StreamState stream(10);
  Add(stream, "a");
  Add(stream, "b");
  Receive(stream, 1);
  Receive(stream, 2);
  Receive(stream, 3);
  EXPECT_THAT(got, ElementsAre("1 a", "2 b"));
  Add(stream, "c");
  EXPECT_THAT(got, ElementsAre("1 a", "2 b", "3 c"));
}

TEST_F(StreamStateTest, ServesThoseWhoWaitInTheOrderInWhichTheyCame) {
  StreamState stream(10);
  Receive(stream, 1);
  Receive(stream, 2);
  Add(stream, "a");
  Add(stream, "b");
  EXPECT_THAT(got, ElementsAre("1 a", "2 b"));
}

TEST_F(StreamStateTest, DropsTheOldestAndCountsIt) {
  StreamState stream(2);
  EXPECT_TRUE(Add(stream, "a"));
  EXPECT_TRUE(Add(stream, "b"));
  EXPECT_FALSE(Add(stream, "c"));
  EXPECT_EQ(stream.dropped(), 1U);
  Receive(stream, 1);
  Receive(stream, 2);
  EXPECT_THAT(got, ElementsAre("1 b", "2 c"));
  EXPECT_TRUE(Add(stream, "d"));
}

TEST_F(StreamStateTest, KeepsNothingWithACapacityOfZero) {
  StreamState stream(0);
  EXPECT_FALSE(Add(stream, "a"));
  Receive(stream, 1);
  EXPECT_THAT(got, IsEmpty());
  EXPECT_TRUE(Add(stream, "b"));
  EXPECT_THAT(got, ElementsAre("1 b"));
  EXPECT_EQ(stream.dropped(), 1U);
}

TEST_F(StreamStateTest, LetsWhatItKeptBeReceivedWhenItHasEnded) {
  StreamState stream(10);
  Add(stream, "a");
  stream.End(CompleteFrom::Destructor(), absl::CancelledError("left"));
  stream.End(CompleteFrom::Destructor(), absl::CancelledError("again"));
  Add(stream, "b");
  Receive(stream, 1);
  Receive(stream, 2);
  Receive(stream, 3);
  EXPECT_THAT(got, ElementsAre("1 a", "2 left", "3 left"));
}

TEST_F(StreamStateTest, TellsThoseWhoWaitThatItHasEnded) {
  StreamState stream(10);
  Receive(stream, 1);
  Receive(stream, 2);
  stream.End(CompleteFrom::Destructor(), absl::CancelledError("left"));
  EXPECT_THAT(got, ElementsAre("1 left", "2 left"));
}

TEST_F(StreamStateTest, CancelsOneWait) {
  StreamState stream(10);
  Receive(stream, 1);
  Receive(stream, 2);
  stream.CancelWaiter(CompleteFrom::Destructor(), 1);
  stream.CancelWaiter(CompleteFrom::Destructor(), 1);
  Add(stream, "a");
  EXPECT_THAT(got, ElementsAre("1 the wait was cancelled", "2 a"));
}

TEST_F(StreamStateTest, KeepsMessagesThatOutliveTheirFrame) {
  StreamState stream(10);
  {
    std::string frame = "an event that lies in a frame";
    stream.Add(CompleteFrom::Destructor(), {.event = wire::Text::Borrow(frame)});
    frame.assign(frame.size(), '?');
  }
  Receive(stream, 1);
  EXPECT_THAT(got, ElementsAre("1 an event that lies in a frame"));
}

}  // namespace
}  // namespace phx::internal
