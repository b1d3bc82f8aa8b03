#include "client/transport/longpoll_batch.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/wire/frame.h"
#include "gtest/gtest.h"

namespace phx {
namespace {

using wire::FrameType;

LongPollBatch Lines(std::string body) { return {"application/x-ndjson", std::move(body)}; }
LongPollBatch Alone(std::string body) { return {"application/json", std::move(body)}; }

TEST(LongPollQueueTest, FramesBecomeLinesWithoutALineEndAtTheEnd) {
  LongPollQueue queue;
  queue.Add({FrameType::kText, "[1]"});
  queue.Add({FrameType::kText, "[2]"});
  EXPECT_EQ(queue.size(), 6U);
  EXPECT_EQ(queue.TakeBatch(), Lines("[1]\n[2]"));
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.size(), 0U);
}

TEST(LongPollQueueTest, BinaryFramesBecomePaddedBase64) {
  LongPollQueue queue;
  queue.Add({FrameType::kBinary, {"\x00\x01\xff\xfe", 4}});
  queue.Add({FrameType::kText, "[2]"});
  EXPECT_EQ(queue.TakeBatch(), Lines("AAH//g==\n[2]"));
}

// The server takes 100 lines and drops the rest.
TEST(LongPollQueueTest, A101stFrameWaitsForTheNextPost) {
  LongPollQueue queue;
  for (int i = 0; i < 150; ++i) queue.Add({FrameType::kText, absl::StrCat("[", i, "]")});
  const std::string first = queue.TakeBatch().body;
  const std::string second = queue.TakeBatch().body;
  EXPECT_EQ(std::count(first.begin(), first.end(), '\n'), 99);
  EXPECT_TRUE(first.ends_with("\n[99]"));
  EXPECT_TRUE(second.starts_with("[100]\n"));
  EXPECT_EQ(std::count(second.begin(), second.end(), '\n'), 49);
  EXPECT_TRUE(queue.empty());
}

TEST(LongPollQueueTest, ABodyIsBoundedUnlessOneFrameIsLonger) {
  LongPollQueue queue({.max_frames = 100, .max_bytes = 10});
  queue.Add({FrameType::kText, "[123456789012]"});
  queue.Add({FrameType::kText, "[12]"});
  queue.Add({FrameType::kText, "[123]"});
  queue.Add({FrameType::kText, "[4]"});
  EXPECT_EQ(queue.TakeBatch(), Lines("[123456789012]"));
  EXPECT_EQ(queue.TakeBatch(), Lines("[12]\n[123]"));
  EXPECT_EQ(queue.TakeBatch(), Lines("[4]"));
}

// As a line it would be cut in two.
TEST(LongPollQueueTest, AFrameWithRawNewlinesGoesAloneAndUnchanged) {
  LongPollQueue queue;
  queue.Add({FrameType::kText, "[1]"});
  queue.Add({FrameType::kText, "[\n2]"});
  queue.Add({FrameType::kText, "[\r3]"});
  queue.Add({FrameType::kText, "[4]"});
  EXPECT_EQ(queue.TakeBatch(), Lines("[1]"));
  EXPECT_EQ(queue.TakeBatch(), Alone("[\n2]"));
  EXPECT_EQ(queue.TakeBatch(), Alone("[\r3]"));
  EXPECT_EQ(queue.TakeBatch(), Lines("[4]"));
}

// As a line the server would take it for base64.
TEST(LongPollQueueTest, AnObjectGoesAlone) {
  LongPollQueue queue;
  queue.Add({FrameType::kText, R"({"topic":"a"})"});
  queue.Add({FrameType::kText, R"({"topic":"b"})"});
  EXPECT_EQ(queue.TakeBatch(), Alone(R"({"topic":"a"})"));
  EXPECT_EQ(queue.TakeBatch(), Alone(R"({"topic":"b"})"));
}

TEST(LongPollQueueTest, ClearedItIsEmpty) {
  LongPollQueue queue;
  queue.Add({FrameType::kText, "[1]"});
  queue.Clear();
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.size(), 0U);
}

}  // namespace
}  // namespace phx
