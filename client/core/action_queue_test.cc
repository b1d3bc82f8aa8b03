#include "client/core/action_queue.h"

#include <string>
#include <variant>

#include "gtest/gtest.h"

namespace phx::core {
namespace {

void AddFrame(ActionQueue& queue, const std::string& text) {
  std::string& bytes = queue.frame_bytes();
  const std::size_t offset = bytes.size();
  bytes += text;
  queue.AddFrame(1, wire::FrameType::kText, offset);
}

std::string PollFrame(ActionQueue& queue) {
  const std::optional<Action> action = queue.Poll();
  if (!action.has_value()) return "nothing";
  return std::string(queue.FrameOf(std::get<SendFrame>(*action)).data);
}

TEST(ActionQueueTest, GivesActionsInTheirOrder) {
  ActionQueue queue;
  queue.Add(OpenTransport{1});
  queue.Add(AbandonTransport{2});
  EXPECT_EQ(std::get<OpenTransport>(*queue.Poll()).generation, 1);
  EXPECT_EQ(std::get<AbandonTransport>(*queue.Poll()).generation, 2);
  EXPECT_FALSE(queue.Poll().has_value());
  EXPECT_FALSE(queue.Poll().has_value());
}

TEST(ActionQueueTest, TakesActionsWhileOthersAreTaken) {
  ActionQueue queue;
  queue.Add(OpenTransport{1});
  EXPECT_TRUE(queue.Poll().has_value());
  queue.Add(OpenTransport{2});
  EXPECT_EQ(std::get<OpenTransport>(*queue.Poll()).generation, 2);
  EXPECT_FALSE(queue.Poll().has_value());
}

TEST(ActionQueueTest, KeepsTheBytesOfEachFrameUntilAllActionsAreTaken) {
  ActionQueue queue;
  AddFrame(queue, "one");
  AddFrame(queue, "two");
  EXPECT_EQ(PollFrame(queue), "one");
  AddFrame(queue, "a third one, made while the others are taken");
  EXPECT_EQ(PollFrame(queue), "two");
  EXPECT_EQ(PollFrame(queue), "a third one, made while the others are taken");
  EXPECT_EQ(PollFrame(queue), "nothing");
  AddFrame(queue, "four");
  EXPECT_EQ(queue.frame_bytes(), "four");
  EXPECT_EQ(PollFrame(queue), "four");
}

TEST(ActionQueueTest, GivesBackWhatABurstTook) {
  ActionQueue queue;
  const std::string large(std::size_t{1} << 20U, 'x');
  AddFrame(queue, large);
  EXPECT_EQ(PollFrame(queue).size(), large.size());
  EXPECT_EQ(PollFrame(queue), "nothing");
  EXPECT_LT(queue.frame_bytes().capacity(), large.size());
}

TEST(ActionQueueTest, GivesBackWhatAFrameThatWasGivenUpTook) {
  ActionQueue queue;
  const std::string large(std::size_t{1} << 20U, 'x');
  queue.frame_bytes().append(large);
  queue.frame_bytes().clear();  // its message could not be encoded
  EXPECT_EQ(PollFrame(queue), "nothing");
  EXPECT_LT(queue.frame_bytes().capacity(), large.size());
}

TEST(ActionQueueTest, HandsItsBuffersOnWhenItRests) {
  ActionQueue busy;
  AddFrame(busy, std::string(1000, 'x'));
  EXPECT_EQ(PollFrame(busy).size(), 1000U);
  EXPECT_EQ(PollFrame(busy), "nothing");
  const char* const memory = busy.frame_bytes().data();
  busy.Rest();
  EXPECT_FALSE(busy.has_actions());
  ActionQueue next;
  EXPECT_EQ(next.frame_bytes().data(), memory);
  EXPECT_NE(busy.frame_bytes().data(), memory);
}

TEST(ActionQueueTest, DoesNotRestWhileAnActionIsLeft) {
  ActionQueue queue;
  AddFrame(queue, "one");
  queue.Rest();
  EXPECT_EQ(PollFrame(queue), "one");
  AddFrame(queue, "two");
  queue.Rest();
  EXPECT_EQ(PollFrame(queue), "two");
  EXPECT_EQ(PollFrame(queue), "nothing");
}

}  // namespace
}  // namespace phx::core
