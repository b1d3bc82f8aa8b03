#include "client/wire/masking_key_source.h"

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <set>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace phx::wire {
namespace {

std::vector<MaskingKey> Draw(std::size_t count) {
  std::vector<MaskingKey> keys;
  for (std::size_t i = 0; i < count; ++i) keys.push_back(NextMaskingKey());
  return keys;
}

// Of 2000 random keys two are equal by chance once in two thousand runs; three pairs never.
TEST(MaskingKeySourceTest, KeysDiffer) {
  const std::vector<MaskingKey> keys = Draw(2000);
  EXPECT_GE(std::set<MaskingKey>(keys.begin(), keys.end()).size(), keys.size() - 2);
}

TEST(MaskingKeySourceTest, EveryBitIsUsed) {
  MaskingKey ones{};
  MaskingKey zeros{};
  for (const MaskingKey& key : Draw(200)) {
    for (std::size_t i = 0; i < key.size(); ++i) {
      ones[i] |= key[i];
      zeros[i] |= static_cast<unsigned char>(~key[i]);
    }
  }
  EXPECT_EQ(ones, (MaskingKey{0xFF, 0xFF, 0xFF, 0xFF}));
  EXPECT_EQ(zeros, (MaskingKey{0xFF, 0xFF, 0xFF, 0xFF}));
}

TEST(MaskingKeySourceTest, ThreadsDrawDifferentKeys) {
  std::vector<MaskingKey> there;
  std::thread([&there] { there = Draw(8); }).join();
  EXPECT_NE(Draw(8), there);
}

// A child process starts with a copy of its parent's memory, drawn keys included.
TEST(MaskingKeySourceTest, ForkedChildDrawsKeysOfItsOwn) {
  NextMaskingKey();  // so that there is a block to inherit
  std::array<int, 2> ends;
  ASSERT_EQ(pipe(ends.data()), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const MaskingKey key = NextMaskingKey();
    const bool is_written = write(ends[1], key.data(), key.size()) == sizeof(key);
    _exit(is_written ? 0 : 1);
  }
  MaskingKey theirs{};
  ASSERT_EQ(read(ends[0], theirs.data(), theirs.size()), sizeof(theirs));
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_NE(NextMaskingKey(), theirs);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace phx::wire
