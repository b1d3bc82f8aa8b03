#include "client/net/linger.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "client/net/io_result.h"
#include "client/net/io_runner.h"
#include "client/net/stream_pair.h"
#include "gtest/gtest.h"

namespace phx::net {
namespace {

constexpr std::chrono::hours kLong{1};

class LingerTest : public ::testing::Test {
 protected:
  // Waits until the stream says something else than that there is nothing yet.
  IoResult NextOf(Stream& stream) {
    std::string buffer(1000, '\0');
    for (;;) {
      IoResult result = stream.TryRead(buffer);
      if (!result.would_block()) return result;
      bool is_ready = false;
      stream.AsyncWaitReadable([&is_ready](auto) { is_ready = true; });
      io_.RunUntil("the other end", [&is_ready] { return is_ready; });
    }
  }

  test::IoRunner io_;
  test::StreamPair pair_{io_};
};

TEST_F(LingerTest, PeerGetsEverythingAndThenTheEnd) {
  ASSERT_EQ(pair_.client().TryWrite("good bye").bytes, 8);
  CloseGently(std::move(pair_.client()), kLong);
  EXPECT_EQ(pair_.Read(pair_.server(), 100), "good bye");
  EXPECT_EQ(NextOf(pair_.server()).outcome, IoOutcome::kEof);
}

TEST_F(LingerTest, EndsWhenThePeerHasClosed) {
  CloseGently(std::move(pair_.client()), kLong);
  EXPECT_EQ(NextOf(pair_.server()).outcome, IoOutcome::kEof);
  pair_.server().Close();
  io_.RunToEnd();
}

// Closing with bytes unread, or bytes that come later, would be answered by RST.
TEST_F(LingerTest, WhatThePeerStillSendsIsNoErrorToIt) {
  ASSERT_EQ(pair_.server().TryWrite("unread").bytes, 6);
  CloseGently(std::move(pair_.client()), kLong);
  ASSERT_EQ(pair_.server().TryWrite("late").bytes, 4);
  io_.RunReady();
  ASSERT_EQ(pair_.server().TryWrite("later").bytes, 5);
  io_.RunReady();
  EXPECT_EQ(NextOf(pair_.server()).outcome, IoOutcome::kEof);
}

TEST_F(LingerTest, PatienceEnds) {
  CloseGently(std::move(pair_.client()), std::chrono::milliseconds(1));
  io_.RunToEnd();  // although the peer keeps its side open
  EXPECT_EQ(NextOf(pair_.server()).outcome, IoOutcome::kEof);
}

TEST_F(LingerTest, FormerWaitsAreEnded) {
  bool is_aborted = false;
  pair_.client().AsyncWaitWritable([&is_aborted](auto) { is_aborted = true; });
  CloseGently(std::move(pair_.client()), kLong);
  pair_.server().Close();
  io_.RunToEnd();
  EXPECT_TRUE(is_aborted);
}

TEST_F(LingerTest, ClosedStreamNeedsNothing) {
  pair_.client().Close();
  CloseGently(std::move(pair_.client()), kLong);
  io_.RunToEnd();
}

}  // namespace
}  // namespace phx::net
