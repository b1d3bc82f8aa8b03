#include "client/core/spare.h"

#include <cstddef>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace phx::core {
namespace {

// A kind of its own for each test.
template <int kTest>
struct Buffers {
  std::vector<int> numbers;
};

TEST(SpareTest, HandsOnWhatWasGiven) {
  Buffers<1> busy;
  busy.numbers.reserve(100);
  const int* const memory = busy.numbers.data();
  Spare<Buffers<1>>::Give(busy);
  EXPECT_EQ(busy.numbers.capacity(), 0U);
  Buffers<1> next;
  Spare<Buffers<1>>::Take(next);
  EXPECT_EQ(next.numbers.data(), memory);
}

TEST(SpareTest, HasNothingUnlessItWasGiven) {
  Buffers<2> busy;
  Spare<Buffers<2>>::Take(busy);
  EXPECT_EQ(busy.numbers.capacity(), 0U);
}

TEST(SpareTest, HandsOnOnce) {
  Buffers<3> busy;
  busy.numbers.reserve(100);
  Spare<Buffers<3>>::Give(busy);
  Buffers<3> first;
  Spare<Buffers<3>>::Take(first);
  Buffers<3> second;
  Spare<Buffers<3>>::Take(second);
  EXPECT_EQ(first.numbers.capacity(), 100U);
  EXPECT_EQ(second.numbers.capacity(), 0U);
}

TEST(SpareTest, KeepsNoMoreThanSome) {
  constexpr std::size_t kMost = Spare<Buffers<4>>::kMost;
  for (std::size_t i = 1; i <= kMost + 5; ++i) {
    Buffers<4> busy;
    busy.numbers.reserve(i);
    Spare<Buffers<4>>::Give(busy);
    EXPECT_EQ(busy.numbers.capacity(), 0U);
  }
  for (std::size_t i = kMost; i >= 1; --i) {
    Buffers<4> next;
    Spare<Buffers<4>>::Take(next);
    EXPECT_EQ(next.numbers.capacity(), i);
  }
  Buffers<4> last;
  Spare<Buffers<4>>::Take(last);
  EXPECT_EQ(last.numbers.capacity(), 0U);
}

TEST(SpareTest, IsEachThreadsOwn) {
  Buffers<5> busy;
  busy.numbers.reserve(100);
  std::thread([&] { Spare<Buffers<5>>::Give(busy); }).join();
  Buffers<5> next;
  Spare<Buffers<5>>::Take(next);
  EXPECT_EQ(next.numbers.capacity(), 0U);
}

}  // namespace
}  // namespace phx::core
