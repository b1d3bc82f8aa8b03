#include "testing/execution_count.h"

#include <unistd.h>

#include <cstdint>
#include <optional>

#include "gtest/gtest.h"

namespace phx::test {
namespace {

TEST(ExecutionCountTest, CountsTheSystemCallsOfTheMarkedParts) {
  const std::optional<std::int64_t> calls =
      CountExecution(Countable::kSystemCalls, [](CountedPart& part) {
        getppid();
        part.Begin();
        getppid();
        getppid();
        part.End();
        getppid();
        part.Begin();
        getppid();
        part.End();
      });
  if (!calls.has_value()) GTEST_SKIP() << "this system does not let a process trace another";
  EXPECT_EQ(*calls, 3);
}

// Additions that cannot be left out.
void Add(int count) {
  volatile int sum = 0;
  for (int i = 0; i < count; ++i) sum = sum + i;
}

TEST(ExecutionCountTest, CountsInstructionsExactly) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer adds its own";
#endif
  const auto instructions_of = [](int count) {
    return CountExecution(Countable::kInstructions, [count](CountedPart& part) {
      part.Begin();
      Add(count);
      part.End();
    });
  };
  const std::optional<std::int64_t> none = instructions_of(0);
  if (!none.has_value()) GTEST_SKIP() << "this system does not let a process trace another";
  const std::int64_t one = *instructions_of(1001) - *instructions_of(1000);
  EXPECT_GE(one, 3);
  EXPECT_LE(one, 20);
  EXPECT_EQ(*instructions_of(1000), *instructions_of(1000));
  EXPECT_EQ(*instructions_of(2000) - *instructions_of(1000), 1000 * one);
}

TEST(ExecutionCountTest, CodeThatEndsTheProcessIsNotCounted) {
  EXPECT_EQ(CountExecution(Countable::kSystemCalls, [](CountedPart&) { _exit(3); }), std::nullopt);
}

}  // namespace
}  // namespace phx::test
