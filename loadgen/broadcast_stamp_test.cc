#include "loadgen/broadcast_stamp.h"

#include <limits>

#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

constexpr BroadcastStamp kLongest = {.run = std::numeric_limits<std::uint64_t>::max(),
                                     .sender = std::numeric_limits<std::uint64_t>::max(),
                                     .sequence = std::numeric_limits<std::uint64_t>::max(),
                                     .intended = Duration::max()};

TEST(BroadcastStampTest, SurvivesAWayThroughAServer) {
  const BroadcastStamp stamp = {
      .run = 9, .sender = 7, .sequence = 123, .intended = Duration(4'567'890)};
  const std::string text = FormatStamp(stamp, 100);
  EXPECT_EQ(text.size(), 100);
  EXPECT_EQ(FindStamp(text), stamp);
  EXPECT_EQ(FindStamp(R"({"from":"server", "body": {"data" : ")" + text + "\"}}"), stamp);
}

TEST(BroadcastStampTest, EveryStampFitsTheLeastSize) {
  EXPECT_EQ(FindStamp(FormatStamp(kLongest, kStampSize)), kLongest);
}

TEST(BroadcastStampTest, OtherPayloadsHaveNone) {
  for (const char* payload : {"", "{}", "loadgen:", "loadgen:1:2", "loadgen:1:2:", "loadgen:1:2:3:",
                              "loadgen:1:2:3:4", "loadgen:a:2:3:4:", R"({"data":"xxxx"})"}) {
    EXPECT_EQ(FindStamp(payload), std::nullopt) << payload;
  }
}

}  // namespace
}  // namespace phx::loadgen
