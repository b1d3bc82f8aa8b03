// What one diff costs, in allocations: as much with 100,000 present as with 10.
#include <cstdint>
#include <string>

#include "client/presence/presence_tracker.h"
#include "client/presence/test_presences.h"
#include "gtest/gtest.h"
#include "testing/allocation_counter.h"

namespace phx::test {
namespace {

constexpr Ref kJoin{3};

std::string User(int i) { return "user-" + std::to_string(i); }

// Who is present, and what a diff costs then.
class Crowd {
 public:
  explicit Crowd(int count) {
    PresenceState everybody;
    for (int i = 0; i < count; ++i) everybody.Set(User(i), Entry({"ref-" + std::to_string(i)}));
    tracker_.OnState(kJoin, everybody);
  }

  // Allocations that applying `diff` makes.
  std::int64_t CostOf(const PresenceDiff& diff) {
    const AllocationCounter counter;
    const auto changes = tracker_.OnDiff(kJoin, diff);
    const std::int64_t allocations = counter.allocations();
    EXPECT_TRUE(changes.has_value() && !changes->empty());
    return allocations;
  }

 private:
  PresenceTracker tracker_{/*max_pending_diffs=*/10};
};

// phoenix.js copied everybody for each diff, and kept a core busy with 3,000 users (phoenix#3509).
TEST(PresenceCostTest, ADiffCostsWhatItNamesHoweverManyArePresent) {
  Crowd few(10);
  Crowd many(100'000);
  for (const char* diff : {"+user-1: new", "-user-2: ref-2", "+user-3: new; -user-3: ref-3"}) {
    const std::int64_t cost = many.CostOf(Diff(diff));
    EXPECT_EQ(cost, few.CostOf(Diff(diff))) << diff;
    EXPECT_LT(cost, 100) << diff;
  }
}

}  // namespace
}  // namespace phx::test
