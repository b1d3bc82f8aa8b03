#include "client/net/shared_read_buffer.h"

#include <thread>

#include "gtest/gtest.h"

namespace phx::net {
namespace {

char* MemoryOfNext() {
  SharedReadBuffer buffer;
  return buffer.bytes().data();
}

TEST(SharedReadBufferTest, ThreadUsesOneBufferAgainAndAgain) {
  EXPECT_EQ(MemoryOfNext(), MemoryOfNext());
}

TEST(SharedReadBufferTest, BufferInUseIsNotSharedWithANestedReader) {
  SharedReadBuffer outer;
  outer.bytes().front() = 'o';
  outer.bytes().back() = 'o';
  {
    SharedReadBuffer inner;
    ASSERT_NE(inner.bytes().data(), outer.bytes().data());
    inner.bytes().front() = 'i';
  }
  EXPECT_EQ(outer.bytes().front(), 'o');
  EXPECT_EQ(outer.bytes().back(), 'o');
}

TEST(SharedReadBufferTest, ThreadsHaveBuffersOfTheirOwn) {
  SharedReadBuffer here;
  char* there = nullptr;
  std::thread([&there] {
    SharedReadBuffer buffer;
    buffer.bytes().front() = 't';
    there = buffer.bytes().data();
  }).join();
  EXPECT_NE(there, here.bytes().data());
}

}  // namespace
}  // namespace phx::net
