#include "client/core/push_table.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

std::vector<PushId> Ids(const PushTable& table, const PushTable::List& list) {
  std::vector<PushId> ids;
  for (PushTable::Index i = list.first; i != PushTable::kNone; i = table.at(i).next) {
    ids.push_back(table.at(i).id);
  }
  EXPECT_EQ(ids.size(), list.size);
  return ids;
}

class PushTableTest : public ::testing::Test {
 protected:
  PushTable::Index Buffer(PushId id, std::string_view event = "e") {
    return table_.AddBuffered(buffered_, id, 1, 5s, {.event = event, .payload = {}});
  }
  PushTable::Index Send(PushId id, std::uint64_t ref) {
    return table_.AddInFlight(sent_, id, 1, 5s, Ref{ref});
  }

  PushTable table_;
  PushTable::List buffered_;
  PushTable::List sent_;
};

TEST_F(PushTableTest, KeepsBufferedPushesInTheOrderOfTheirMaking) {
  Buffer(1);
  const auto second = Buffer(2);
  Buffer(3);
  EXPECT_THAT(Ids(table_, buffered_), ElementsAre(1, 2, 3));
  table_.Remove(buffered_, second);
  EXPECT_THAT(Ids(table_, buffered_), ElementsAre(1, 3));
  Buffer(4);
  EXPECT_THAT(Ids(table_, buffered_), ElementsAre(1, 3, 4));
}

TEST_F(PushTableTest, RemovesFromEitherEnd) {
  const auto first = Buffer(1);
  Buffer(2);
  const auto last = Buffer(3);
  table_.Remove(buffered_, first);
  table_.Remove(buffered_, last);
  EXPECT_THAT(Ids(table_, buffered_), ElementsAre(2));
  table_.Remove(buffered_, buffered_.first);
  EXPECT_THAT(Ids(table_, buffered_), IsEmpty());
  EXPECT_EQ(buffered_.last, PushTable::kNone);
}

TEST_F(PushTableTest, FindsWhatIsInFlightByRef) {
  const auto index = Send(1, 17);
  EXPECT_EQ(table_.Find(Ref{17}), index);
  EXPECT_EQ(table_.Find(Ref{18}), PushTable::kNone);
  EXPECT_EQ(table_.Find(Ref{}), PushTable::kNone);
  EXPECT_EQ(table_.in_flight(), 1);
  table_.Remove(sent_, index);
  EXPECT_EQ(table_.Find(Ref{17}), PushTable::kNone);
  EXPECT_EQ(table_.in_flight(), 0);
}

TEST_F(PushTableTest, HandsBackWhatWasBuffered) {
  const std::unique_ptr<BufferedPush> push = table_.TakeBuffered(buffered_, Buffer(1, "shout"));
  EXPECT_EQ(push->event, "shout");
  EXPECT_THAT(Ids(table_, buffered_), IsEmpty());
}

TEST_F(PushTableTest, KnowsAStaleTimerFromOneThatStands) {
  const auto index = Buffer(1);
  const auto serial = table_.at(index).serial;
  EXPECT_TRUE(table_.IsLive(index, serial));
  table_.Remove(buffered_, index);
  EXPECT_FALSE(table_.IsLive(index, serial));
  ASSERT_EQ(Buffer(2), index);  // the record is used again
  EXPECT_FALSE(table_.IsLive(index, serial));
  EXPECT_TRUE(table_.IsLive(index, table_.at(index).serial));
}

TEST_F(PushTableTest, TakesNoFreeRecordForALiveOne) {
  const auto index = Buffer(1);
  table_.Remove(buffered_, index);
  EXPECT_FALSE(table_.IsLive(index, 0));
  EXPECT_FALSE(table_.IsLive(index + 1, 0));
}

TEST_F(PushTableTest, KeepsOldTimersStaleWhenABurstIsOver) {
  std::vector<std::pair<PushTable::Index, std::uint32_t>> timers;
  for (PushId id = 1; id <= 4 * PushTable::kKept; ++id) {
    const auto index = Send(id, id);
    timers.emplace_back(index, table_.at(index).serial);
  }
  while (sent_.first != PushTable::kNone) table_.Remove(sent_, sent_.first);
  const auto index = Send(1, 1'000'000);
  for (const auto& [old_index, serial] : timers) EXPECT_FALSE(table_.IsLive(old_index, serial));
  EXPECT_EQ(table_.Find(Ref{1'000'000}), index);
}

TEST_F(PushTableTest, SharesItsRecordsBetweenLists) {
  PushTable::List other;
  Buffer(1);
  table_.AddBuffered(other, 2, 2, 5s, {});
  Send(3, 9);
  EXPECT_THAT(Ids(table_, buffered_), ElementsAre(1));
  EXPECT_THAT(Ids(table_, other), ElementsAre(2));
  EXPECT_THAT(Ids(table_, sent_), ElementsAre(3));
  EXPECT_EQ(table_.at(other.first).channel, 2);
}

}  // namespace
}  // namespace phx::core
