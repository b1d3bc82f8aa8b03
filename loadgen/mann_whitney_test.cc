#include "loadgen/mann_whitney.h"

#include <vector>

#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using Sample = std::vector<double>;

TEST(MannWhitneyTest, AgreesWithTheFormulaWithoutTies) {
  // U = 0, mean 12.5, variance 5 * 5 * 11 / 12: z = 12 / 4.787 = 2.507.
  EXPECT_NEAR(MannWhitneyP(Sample{1, 2, 3, 4, 5}, Sample{6, 7, 8, 9, 10}), 0.01219, 0.00001);
}

TEST(MannWhitneyTest, CorrectsForTies) {
  // Ranks of the first: 1.5, 1.5, 4, 4; U = 1, mean 8; ties 6 + 24 + 6.
  // Variance 16 / 12 * (9 - 36 / 56): z = 6.5 / 3.338 = 1.947.
  EXPECT_NEAR(MannWhitneyP(Sample{1, 1, 2, 2}, Sample{2, 3, 3, 4}), 0.0515, 0.0005);
}

TEST(MannWhitneyTest, IsTheSameBothWays) {
  const Sample a = {3, 1, 4, 1, 5, 9, 2, 6};
  const Sample b = {5, 3, 5, 8, 9, 7, 9, 3};
  EXPECT_DOUBLE_EQ(MannWhitneyP(a, b), MannWhitneyP(b, a));
  EXPECT_GT(MannWhitneyP(a, b), 0.05);
}

TEST(MannWhitneyTest, EqualSamplesDoNotDiffer) {
  const Sample same(20, 7.0);
  EXPECT_EQ(MannWhitneyP(same, same), 1);
  const Sample spread = {1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(MannWhitneyP(spread, spread), 1);
}

}  // namespace
}  // namespace phx::loadgen
