#include "client/wire/ref_counter.h"

#include <cstddef>
#include <set>
#include <thread>
#include <vector>

#include "client/wire/ref.h"
#include "gtest/gtest.h"

namespace phx {
namespace {

TEST(RefCounterTest, CountsFromOne) {
  RefCounter refs;
  EXPECT_EQ(refs.Next(), Ref{1});
  EXPECT_EQ(refs.Next(), Ref{2});
  EXPECT_EQ(refs.Next(), Ref{3});
}

TEST(RefCounterTest, GivesNoRefTwiceWhateverTheThread) {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kDraws = 2000;
  RefCounter refs;
  std::vector<std::vector<Ref>> drawn(kThreads);
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (std::vector<Ref>& mine : drawn) {
    threads.emplace_back([&refs, &mine] {
      for (std::size_t i = 0; i < kDraws; ++i) mine.push_back(refs.Next());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<Ref> all;
  for (const std::vector<Ref>& mine : drawn) {
    for (std::size_t i = 1; i < mine.size(); ++i) EXPECT_LT(mine[i - 1], mine[i]);
    all.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(all.size(), kThreads * kDraws);
  EXPECT_EQ(refs.Next(), Ref{kThreads * kDraws + 1});
}

}  // namespace
}  // namespace phx
