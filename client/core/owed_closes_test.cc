#include "client/core/owed_closes.h"

#include "client/wire/ref.h"
#include "gtest/gtest.h"

namespace phx::core {
namespace {

TEST(OwedClosesTest, AreTakenAsOftenAsTheyWereAdded) {
  OwedCloses owed;
  EXPECT_FALSE(owed.Take("room:1"));
  owed.Add("room:1", Ref{1});
  owed.Add("room:1", Ref{2});
  EXPECT_TRUE(owed.Take("room:1"));
  EXPECT_TRUE(owed.Take("room:1"));
  EXPECT_FALSE(owed.Take("room:1"));
}

TEST(OwedClosesTest, BelongToATopic) {
  OwedCloses owed;
  owed.Add("room:1", Ref{1});
  EXPECT_FALSE(owed.Take("room:2"));
  EXPECT_TRUE(owed.Take("room:1"));
}

TEST(OwedClosesTest, AreForgivenWhereTheServerRefusedTheJoin) {
  OwedCloses owed;
  owed.Add("room:1", Ref{1});
  owed.Add("room:1", Ref{2});
  EXPECT_FALSE(owed.Has("room:1", Ref{3}));
  EXPECT_FALSE(owed.Has("room:2", Ref{1}));
  ASSERT_TRUE(owed.Has("room:1", Ref{1}));
  owed.Forgive("room:1", Ref{1});
  EXPECT_FALSE(owed.Has("room:1", Ref{1}));
  EXPECT_TRUE(owed.Take("room:1"));
  EXPECT_FALSE(owed.Take("room:1"));
}

TEST(OwedClosesTest, AreForgottenWithTheConnection) {
  OwedCloses owed;
  owed.Add("room:1", Ref{1});
  owed.Clear();
  EXPECT_FALSE(owed.Take("room:1"));
}

}  // namespace
}  // namespace phx::core
