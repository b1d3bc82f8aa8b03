#include "tools/fuzz/mutator.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace phx::fuzz {
namespace {

TEST(MutatorTest, RepeatsItselfForTheSameSeed) {
  Mutator first({"[1,2]", "{}"}, 7);
  Mutator second({"[1,2]", "{}"}, 7);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(first.Next(), second.Next());
}

TEST(MutatorTest, MakesManyDifferentInputs) {
  Mutator mutator({"[1,2]", "{}"}, 7);
  std::set<std::string> inputs;
  for (int i = 0; i < 1000; ++i) inputs.insert(mutator.Next());
  EXPECT_GT(inputs.size(), 500);
}

TEST(MutatorTest, MakesSomethingOutOfNothing) {
  Mutator mutator({}, 7);
  std::set<std::string> inputs;
  for (int i = 0; i < 1000; ++i) inputs.insert(mutator.Next());
  EXPECT_GT(inputs.size(), 100);
}

TEST(MutatorTest, CombinesInputs) {
  Mutator mutator({"aaaa", "bbbb"}, 7);
  bool combined = false;
  for (int i = 0; i < 1000 && !combined; ++i) {
    const std::string input = mutator.Next();
    combined = input.find('a') != std::string::npos && input.find('b') != std::string::npos;
  }
  EXPECT_TRUE(combined);
}

}  // namespace
}  // namespace phx::fuzz
