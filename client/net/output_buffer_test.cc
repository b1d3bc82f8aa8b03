#include "client/net/output_buffer.h"

#include <cstddef>
#include <string>

#include "client/net/io_result.h"
#include "client/net/io_runner.h"
#include "client/net/stream_pair.h"
#include "gtest/gtest.h"

namespace phx::net {
namespace {

class OutputBufferTest : public ::testing::Test {
 protected:
  test::IoRunner io_;
  test::StreamPair pair_{io_};
  OutputBuffer output_;
};

TEST_F(OutputBufferTest, WritesAllThatWasAppended) {
  EXPECT_TRUE(output_.empty());
  output_.bytes().append("one ");
  output_.bytes().append("two");
  EXPECT_EQ(output_.size(), 7);
  const IoResult result = output_.Write(pair_.client());
  EXPECT_EQ(result.outcome, IoOutcome::kDone);
  EXPECT_EQ(result.bytes, 7);
  EXPECT_TRUE(output_.empty());
  EXPECT_EQ(pair_.Read(pair_.server(), 7), "one two");
}

TEST_F(OutputBufferTest, NothingToWriteIsDone) {
  const IoResult result = output_.Write(pair_.client());
  EXPECT_EQ(result.outcome, IoOutcome::kDone);
  EXPECT_EQ(result.bytes, 0);
}

TEST_F(OutputBufferTest, KeepsWhatTheStreamDoesNotTake) {
  std::string expected;
  for (int i = 0; i < 20'000; ++i) expected += "line " + std::to_string(i) + " of many\n";
  while (expected.size() < 20'000'000) expected += expected;
  output_.bytes().append(expected);
  const IoResult result = output_.Write(pair_.client());
  EXPECT_EQ(result.outcome, IoOutcome::kWantWrite);
  EXPECT_EQ(output_.size(), expected.size() - result.bytes);
  output_.bytes().append("the end");
  expected.append("the end");
  std::string received;
  while (received.size() < expected.size()) {
    received += pair_.Read(pair_.server(), 1);
    ASSERT_NE(output_.Write(pair_.client()).outcome, IoOutcome::kError);
    ASSERT_LE(received.size() + output_.size(), expected.size());
  }
  EXPECT_TRUE(received == expected);
  EXPECT_TRUE(output_.empty());
}

TEST_F(OutputBufferTest, ErrorOfTheStreamIsReported) {
  pair_.client().Close();
  output_.bytes().append("lost");
  EXPECT_EQ(output_.Write(pair_.client()).outcome, IoOutcome::kError);
  output_.Clear();
  EXPECT_TRUE(output_.empty());
}

TEST_F(OutputBufferTest, MemoryIsPassedOnWithinTheThread) {
  output_.bytes().append(std::string(10'000, 'x'));
  const char* const memory = output_.bytes().data();
  ASSERT_EQ(output_.Write(pair_.client()).outcome, IoOutcome::kDone);
  OutputBuffer next;
  EXPECT_EQ(next.bytes().data(), memory);
  EXPECT_NE(output_.bytes().data(), memory);
}

TEST_F(OutputBufferTest, MemoryOfManyMegabytesIsGivenBack) {
  output_.bytes().resize(10'000'000);
  output_.Clear();
  EXPECT_LT(output_.bytes().capacity(), 1'000'000);
}

}  // namespace
}  // namespace phx::net
