#include "client/internal/push_state.h"

#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace phx::internal {
namespace {

TEST(StatusFilterTest, AdmitsAnyStatusUnlessItNamesOne) {
  const StatusFilter any;
  EXPECT_TRUE(any.Admits("ok"));
  EXPECT_TRUE(any.Admits("of my own"));
  EXPECT_TRUE(any.Admits(""));
}

TEST(StatusFilterTest, AdmitsTheStatusThatItNames) {
  for (const std::string status : {"ok", "error", "timeout", "of my own", "*", ""}) {
    const StatusFilter filter(status);
    EXPECT_TRUE(filter.Admits(status)) << status;
    EXPECT_FALSE(filter.Admits(status + "?")) << status;
    EXPECT_FALSE(filter.Admits("another")) << status;
  }
}

TEST(StatusFilterTest, KeepsItsOwnCopyOfTheStatus) {
  std::string status = "of my own";
  StatusFilter filter(status);
  status.assign(status.size(), '?');
  const StatusFilter moved = std::move(filter);
  EXPECT_TRUE(moved.Admits("of my own"));
}

TEST(KeptJoinTest, HasANameThatIsNoPushs) {
  KeptJoin kept;
  EXPECT_EQ(KeptJoin::Of(kept.id()), &kept);
  const PushPtr push(new PushState("phx_join", {}));
  EXPECT_EQ(KeptJoin::Of(push->id()), nullptr);
}

}  // namespace
}  // namespace phx::internal
