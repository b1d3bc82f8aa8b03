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

struct PushTableTest : ::testing::Test {
  PushTable::Index Buffer(PushId id, std::string_view event = "e") {
    return table.AddBuffered(buffered, id, 1, 5s, {.event = event, .payload = {}});
  }
  PushTable::Index Send(PushId id, std::uint64_t ref) {
    return table.AddInFlight(sent, id, 1, 5s, Ref{ref});
  }

  PushTable table;
  PushTable::List buffered;
  PushTable::List sent;
};

TEST_F(PushTableTest, KeepsBufferedPushesInTheOrderOfTheirMaking) {
  Buffer(1);
  const auto second = Buffer(2);
  Buffer(3);
  EXPECT_THAT(Ids(table, buffered), ElementsAre(1, 2, 3));
  table.Remove(buffered, second);
  EXPECT_THAT(Ids(table, buffered), ElementsAre(1, 3));
  Buffer(4);
  EXPECT_THAT(Ids(table, buffered), ElementsAre(1, 3, 4));
}

TEST_F(PushTableTest, RemovesFromEitherEnd) {
  const auto first = Buffer(1);
  Buffer(2);
  const auto last = Buffer(3);
  table.Remove(buffered, first);
  table.Remove(buffered, last);
  EXPECT_THAT(Ids(table, buffered), ElementsAre(2));
  table.Remove(buffered, buffered.first);
  EXPECT_THAT(Ids(table, buffered), IsEmpty());
  EXPECT_EQ(buffered.last, PushTable::kNone);
}

TEST_F(PushTableTest, FindsWhatIsInFlightByRef) {
  const auto index = Send(1, 17);
  EXPECT_EQ(table.Find(Ref{17}), index);
  EXPECT_EQ(table.Find(Ref{18}), PushTable::kNone);
  EXPECT_EQ(table.Find(Ref{}), PushTable::kNone);
  EXPECT_EQ(table.in_flight(), 1);
  table.Remove(sent, index);
  EXPECT_EQ(table.Find(Ref{17}), PushTable::kNone);
  EXPECT_EQ(table.in_flight(), 0);
}

TEST_F(PushTableTest, FindsEachOfManyWhateverTheirRefs) {
  for (const std::uint64_t step : {1, 256, 1 << 20}) {
    std::vector<PushTable::Index> indices;
    for (std::uint64_t i = 1; i <= 1000; ++i) indices.push_back(Send(i, i * step));
    for (std::uint64_t i = 1; i <= 1000; i += 3) table.Remove(sent, indices[i - 1]);
    for (std::uint64_t i = 1; i <= 1000; ++i) {
      ASSERT_EQ(table.Find(Ref{i * step}), i % 3 == 1 ? PushTable::kNone : indices[i - 1]);
    }
    while (sent.first != PushTable::kNone) table.Remove(sent, sent.first);
    EXPECT_EQ(table.in_flight(), 0);
  }
}

TEST_F(PushTableTest, HandsBackWhatWasBuffered) {
  const std::unique_ptr<BufferedPush> push = table.TakeBuffered(buffered, Buffer(1, "shout"));
  EXPECT_EQ(push->event, "shout");
  EXPECT_THAT(Ids(table, buffered), IsEmpty());
}

TEST_F(PushTableTest, KnowsAStaleTimerFromOneThatStands) {
  const auto index = Buffer(1);
  const auto serial = table.at(index).serial;
  EXPECT_TRUE(table.IsLive(index, serial));
  table.Remove(buffered, index);
  EXPECT_FALSE(table.IsLive(index, serial));
  ASSERT_EQ(Buffer(2), index);  // the record is used again
  EXPECT_FALSE(table.IsLive(index, serial));
  EXPECT_TRUE(table.IsLive(index, table.at(index).serial));
}

TEST_F(PushTableTest, TakesNoFreeRecordForALiveOne) {
  const auto index = Buffer(1);
  table.Remove(buffered, index);
  EXPECT_FALSE(table.IsLive(index, 0));
  EXPECT_FALSE(table.IsLive(index + 1, 0));
}

TEST_F(PushTableTest, KeepsOldTimersStaleWhenABurstIsOver) {
  std::vector<std::pair<PushTable::Index, std::uint32_t>> timers;
  for (PushId id = 1; id <= 4 * PushTable::kKept; ++id) {
    const auto index = Send(id, id);
    timers.emplace_back(index, table.at(index).serial);
  }
  while (sent.first != PushTable::kNone) table.Remove(sent, sent.first);
  const auto index = Send(1, 1'000'000);
  for (const auto& [old_index, serial] : timers) EXPECT_FALSE(table.IsLive(old_index, serial));
  EXPECT_EQ(table.Find(Ref{1'000'000}), index);
}

TEST_F(PushTableTest, SharesItsRecordsBetweenLists) {
  PushTable::List other;
  Buffer(1);
  table.AddBuffered(other, 2, 2, 5s, {});
  Send(3, 9);
  EXPECT_THAT(Ids(table, buffered), ElementsAre(1));
  EXPECT_THAT(Ids(table, other), ElementsAre(2));
  EXPECT_THAT(Ids(table, sent), ElementsAre(3));
  EXPECT_EQ(table.at(other.first).channel, 2);
}

TEST_F(PushTableTest, DoesNotRestWhileAPushHasNoOutcome) {
  Buffer(1);
  Send(2, 10);
  table.Remove(buffered, buffered.first);
  table.Rest();
  EXPECT_THAT(Ids(table, sent), ElementsAre(2));
  EXPECT_EQ(table.Find(Ref{10}), sent.first);
}

TEST_F(PushTableTest, HandsItsMemoryOnWhenItRests) {
  const PushTable::Index index = Send(1, 10);
  const PushTable::Record* const record = &table.at(index);
  table.Remove(sent, index);
  table.Rest();
  PushTable next;
  PushTable::List list;
  const PushTable::Index reused = next.AddInFlight(list, 2, 1, 5s, Ref{10});
  EXPECT_EQ(&next.at(reused), record);
  EXPECT_EQ(next.Find(Ref{10}), reused);
  EXPECT_EQ(table.Find(Ref{10}), PushTable::kNone);
}

TEST_F(PushTableTest, KnowsATimerForStaleAfterARest) {
  const PushTable::Index index = Send(1, 10);
  const std::uint32_t serial = table.at(index).serial;
  table.Remove(sent, index);
  table.Rest();
  EXPECT_FALSE(table.IsLive(index, serial));
  EXPECT_EQ(Send(2, 11), index);
  EXPECT_FALSE(table.IsLive(index, serial));
}

}  // namespace
}  // namespace phx::core
