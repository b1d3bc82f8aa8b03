#include "loadgen/failure.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

TEST(FailureTest, StatusesOfTheClientHaveTheirCauses) {
  EXPECT_EQ(CauseOf(absl::DeadlineExceededError("")), Cause::kTimeout);
  EXPECT_EQ(CauseOf(absl::PermissionDeniedError("")), Cause::kRefused);
  EXPECT_EQ(CauseOf(absl::UnauthenticatedError("")), Cause::kRefused);
  EXPECT_EQ(CauseOf(absl::UnavailableError("")), Cause::kUnavailable);
  EXPECT_EQ(CauseOf(absl::FailedPreconditionError("")), Cause::kClosed);
  EXPECT_EQ(CauseOf(absl::CancelledError("")), Cause::kClosed);
  EXPECT_EQ(CauseOf(absl::ResourceExhaustedError("")), Cause::kNoRoom);
  EXPECT_EQ(CauseOf(absl::DataLossError("")), Cause::kMalformed);
  EXPECT_EQ(CauseOf(absl::InvalidArgumentError("")), Cause::kOther);
}

TEST(FailureTest, EveryFailureHasADescriptionOfItsOwn) {
  std::set<std::string> seen;
  for (std::size_t stage = 0; stage < kStageCount; ++stage) {
    for (std::size_t cause = 0; cause < kCauseCount; ++cause) {
      const std::string text = Describe(static_cast<Stage>(stage), static_cast<Cause>(cause), "");
      EXPECT_FALSE(text.empty());
      EXPECT_TRUE(seen.insert(text).second) << text;
    }
  }
}

TEST(FailureTest, NamesFitTheirValues) {
  EXPECT_EQ(ToString(Stage::kConnect), "connect");
  EXPECT_EQ(ToString(Stage::kPush), "push");
  EXPECT_EQ(ToString(Cause::kTimeout), "timeout");
  EXPECT_EQ(ToString(Cause::kOther), "other");
  EXPECT_EQ(Describe(Stage::kJoin, Cause::kRefused, ""), "joins refused by the server");
  EXPECT_EQ(Describe(Stage::kConnection, Cause::kUnavailable, "reset"), "connections lost (reset)");
}

}  // namespace
}  // namespace phx::loadgen
