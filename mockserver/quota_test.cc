#include "mockserver/quota.h"

#include <optional>

#include "gtest/gtest.h"

namespace phx::mock {
namespace {

TEST(QuotaTest, RefusesOneMoreUntilAShareIsGivenBack) {
  Quota quota(2);
  Quota::Share first = quota.Take();
  const Quota::Share second = quota.Take();
  EXPECT_NE(first, nullptr);
  EXPECT_NE(second, nullptr);
  EXPECT_EQ(quota.Take(), nullptr);
  EXPECT_EQ(quota.used(), 2U);
  EXPECT_EQ(quota.refused(), 1U);
  first.reset();
  EXPECT_EQ(quota.used(), 1U);
  EXPECT_NE(quota.Take(), nullptr);
}

TEST(QuotaTest, OfNothingRefusesAllAndWithoutALimitNone) {
  Quota nothing(0);
  EXPECT_EQ(nothing.Take(), nullptr);
  Quota unlimited(std::nullopt);
  EXPECT_NE(unlimited.Take(), nullptr);
}

}  // namespace
}  // namespace phx::mock
