// That an operation of the core takes as many instructions however much the core has to keep.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "client/core/crowded_core.h"
#include "gtest/gtest.h"
#include "testing/execution_count.h"

namespace phx::core {
namespace {

using ::phx::test::Countable;
using ::phx::test::CountedPart;
using ::phx::test::CountExecution;

std::optional<double> InstructionsOf(const std::function<void()>& operation) {
  constexpr int kOperations = 8;
  for (int i = 0; i < 100; ++i) operation();
  const std::optional<std::int64_t> count =
      CountExecution(Countable::kInstructions, [&](CountedPart& part) {
        part.Begin();
        for (int i = 0; i < kOperations; ++i) operation();
        part.End();
      });
  if (!count.has_value()) return std::nullopt;
  return static_cast<double>(*count) / kOperations;
}

TEST(SocketCoreCostTest, AnOperationCostsTheSameHoweverMuchThereIsToKeep) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer adds instructions of its own";
#endif
#ifndef __OPTIMIZE__
  GTEST_SKIP() << "takes a minute where code is not optimised: --config=opt";
#endif
  for (const CrowdedOperation& operation : CrowdedOperations()) {
    SCOPED_TRACE(operation.what);
    const std::optional<double> few = InstructionsOf(operation.make(100));
    if (!few.has_value()) GTEST_SKIP() << "this system does not let a process trace another";
    const std::optional<double> many = InstructionsOf(operation.make(10'000));
    ASSERT_TRUE(many.has_value());
    EXPECT_GT(*few, 100);
    EXPECT_LT(*many, 1.5 * *few);  // a few digits more, a heap that is deeper
  }
}

}  // namespace
}  // namespace phx::core
