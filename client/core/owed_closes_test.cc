#include "client/core/owed_closes.h"

#include "gtest/gtest.h"

namespace phx::core {
namespace {

TEST(OwedClosesTest, AreTakenAsOftenAsTheyWereAdded) {
  OwedCloses owed;
  EXPECT_FALSE(owed.Take("room:1"));
  owed.Add("room:1");
  owed.Add("room:1");
  EXPECT_TRUE(owed.Take("room:1"));
  EXPECT_TRUE(owed.Take("room:1"));
  EXPECT_FALSE(owed.Take("room:1"));
}

TEST(OwedClosesTest, BelongToATopic) {
  OwedCloses owed;
  owed.Add("room:1");
  EXPECT_FALSE(owed.Take("room:2"));
  EXPECT_TRUE(owed.Take("room:1"));
}

TEST(OwedClosesTest, AreForgottenWithTheConnection) {
  OwedCloses owed;
  owed.Add("room:1");
  owed.Clear();
  EXPECT_FALSE(owed.Take("room:1"));
}

}  // namespace
}  // namespace phx::core
