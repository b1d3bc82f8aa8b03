#include "client/core/timer_queue.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

// A queue, and the serials that are live.
class Timers {
  auto IsLive() const {
    return [this](const TimerKey& key) { return live_[key.serial]; };
  }

 public:
  std::uint32_t Add(Duration at) {
    const auto serial = static_cast<std::uint32_t>(live_.size());
    live_.push_back(true);
    queue_.Add(TimePoint(at), {TimerKey::Owner::kPush, 0, serial});
    return serial;
  }
  void Cancel(std::uint32_t serial) {
    live_[serial] = false;
    queue_.OnStale(IsLive());
  }
  // The serials of the timers that fire at `now`.
  std::vector<std::uint32_t> Fire(Duration now) {
    std::vector<std::uint32_t> fired;
    while (const std::optional<TimerKey> key = queue_.PopDue(TimePoint(now), IsLive())) {
      fired.push_back(key->serial);
      Cancel(key->serial);
    }
    return fired;
  }
  std::optional<Duration> Next() {
    const std::optional<TimePoint> next = queue_.Next(IsLive());
    if (!next.has_value()) return std::nullopt;
    return next->time_since_epoch();
  }
  std::size_t size() const { return queue_.size(); }
  void Rest() { queue_.Rest(); }

 private:
  TimerQueue queue_;
  std::vector<bool> live_;  // by serial
};

TEST(TimerQueueTest, FiresTheEarliestFirst) {
  Timers timers;
  const auto b = timers.Add(2s);
  const auto a = timers.Add(1s);
  const auto c = timers.Add(3s);
  EXPECT_EQ(timers.Next(), 1s);
  EXPECT_THAT(timers.Fire(2s), ElementsAre(a, b));
  EXPECT_EQ(timers.Next(), 3s);
  EXPECT_THAT(timers.Fire(3s), ElementsAre(c));
  EXPECT_EQ(timers.Next(), std::nullopt);
}

TEST(TimerQueueTest, FiresNothingBeforeItsTime) {
  Timers timers;
  timers.Add(1s);
  EXPECT_THAT(timers.Fire(999ms), IsEmpty());
}

TEST(TimerQueueTest, FiresEqualDeadlinesInTheOrderOfTheirMaking) {
  Timers timers;
  std::vector<std::uint32_t> made(100);
  for (std::uint32_t& serial : made) serial = timers.Add(1s);
  EXPECT_EQ(timers.Fire(1s), made);
}

TEST(TimerQueueTest, KeepsTheOrderOfEqualDeadlinesThroughASweep) {
  Timers timers;
  std::vector<std::uint32_t> doomed;
  std::vector<std::uint32_t> kept;
  for (int i = 0; i < 1000; ++i) (i % 5 == 0 ? kept : doomed).push_back(timers.Add(1s));
  for (const auto serial : doomed) timers.Cancel(serial);
  EXPECT_LT(timers.size(), 1000);  // swept
  EXPECT_EQ(timers.Fire(1s), kept);
}

TEST(TimerQueueTest, SkipsWhatIsStale) {
  Timers timers;
  const auto a = timers.Add(1s);
  const auto b = timers.Add(2s);
  timers.Cancel(a);
  EXPECT_THAT(timers.Fire(5s), ElementsAre(b));
}

TEST(TimerQueueTest, HasNoDeadlineOnceNothingIsLive) {
  Timers timers;
  const auto a = timers.Add(1s);
  const auto b = timers.Add(2s);
  timers.Cancel(a);
  timers.Cancel(b);
  EXPECT_EQ(timers.Next(), std::nullopt);
  EXPECT_EQ(timers.size(), 0);
}

TEST(TimerQueueTest, StaysWithinTwiceWhatIsLiveOverAMillionTimers) {
  Timers timers;
  constexpr std::size_t kLive = 200;
  std::vector<std::uint32_t> live;
  for (int i = 0; i < 1'000'000; ++i) {
    live.push_back(timers.Add(10s + i * 1us));
    if (live.size() <= kLive) continue;
    timers.Cancel(live[live.size() - kLive - 1]);
    ASSERT_LE(timers.size(), 2 * kLive + 2);
    if (live.size() > 4 * kLive) live.erase(live.begin(), live.end() - kLive);
  }
}

TEST(TimerQueueTest, FiresThoseAddedOutOfOrderInTheirPlace) {
  Timers timers;
  const auto late = timers.Add(9s);
  const auto early = timers.Add(1s);
  const auto middle = timers.Add(5s);
  const auto last = timers.Add(9s);
  EXPECT_EQ(timers.Next(), 1s);
  timers.Cancel(early);
  EXPECT_THAT(timers.Fire(9s), ElementsAre(middle, late, last));
}

TEST(TimerQueueTest, KeepsNoPlaceForThoseThatLeftInOrder) {
  Timers timers;
  timers.Add(1s);
  const auto long_one = timers.Add(1h);
  for (int i = 0; i < 10'000; ++i) timers.Cancel(timers.Add(1h));
  EXPECT_LE(timers.size(), 64);
  EXPECT_THAT(timers.Fire(1h), ElementsAre(0, long_one));
}

TEST(TimerQueueTest, AgreesWithASortedListWhateverIsAddedAndCancelled) {
  std::minstd_rand random(42);
  Timers timers;
  std::vector<std::pair<Duration, std::uint32_t>> expected;
  Duration now = 0s;
  for (int i = 0; i < 20'000; ++i) {
    const auto dice = random() % 10;
    if (dice < 5) {
      const Duration at = now + Duration(1ms) * (random() % 50);
      expected.emplace_back(at, timers.Add(at));
    } else if (dice < 8 && !expected.empty()) {
      const std::size_t chosen = random() % expected.size();
      timers.Cancel(expected[chosen].second);
      expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(chosen));
    } else {
      now += Duration(1ms) * (random() % 10);
      std::stable_sort(expected.begin(), expected.end(),
                       [](const auto& a, const auto& b) { return a.first < b.first; });
      std::vector<std::uint32_t> due;
      while (!expected.empty() && expected.front().first <= now) {
        due.push_back(expected.front().second);
        expected.erase(expected.begin());
      }
      ASSERT_EQ(timers.Fire(now), due);
    }
    ASSERT_LE(timers.size(), std::max<std::size_t>(64, 2 * expected.size()));
    ASSERT_EQ(timers.Next().has_value(), !expected.empty());
  }
}

// The line has given its memory back while the heap has a timer.
TEST(TimerQueueTest, KeepsTheTimersOutOfOrderWhenTheLineNeedsMemoryAgain) {
  Timers other;
  other.Cancel(other.Add(1s));
  other.Rest();  // there is spare memory
  Timers timers;
  std::vector<std::uint32_t> line;
  line.reserve(1000);
  for (int i = 0; i < 1000; ++i) line.push_back(timers.Add(100s));
  const std::uint32_t early = timers.Add(1s);
  for (const std::uint32_t serial : line) timers.Cancel(serial);
  const std::uint32_t late = timers.Add(200s);
  EXPECT_THAT(timers.Fire(300s), ElementsAre(early, late));
}

TEST(TimerQueueTest, KeepsWhatIsLiveWhenItRests) {
  Timers timers;
  timers.Cancel(timers.Add(5s));
  timers.Rest();
  EXPECT_EQ(timers.Next(), std::nullopt);
  const std::uint32_t late = timers.Add(2s);
  const std::uint32_t early = timers.Add(1s);
  timers.Rest();
  EXPECT_THAT(timers.Fire(2s), ElementsAre(early, late));
  timers.Rest();
  EXPECT_THAT(timers.Fire(10s), IsEmpty());
}

}  // namespace
}  // namespace phx::core
