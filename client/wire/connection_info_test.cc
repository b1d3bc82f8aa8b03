#include "client/wire/connection_info.h"

#include <set>
#include <string_view>

#include "gtest/gtest.h"

namespace phx {
namespace {

// "timed out while resolving example.com", "... while connecting to example.com".
TEST(ConnectionInfoTest, EveryStageReadsDifferentlyBeforeAHostName) {
  std::set<std::string_view> words;
  for (const ConnectStage stage : {ConnectStage::kResolving, ConnectStage::kConnecting,
                                   ConnectStage::kSecuring, ConnectStage::kUpgrading}) {
    words.insert(ToString(stage));
  }
  EXPECT_EQ(words.size(), 4);
  EXPECT_FALSE(words.contains(""));
  EXPECT_TRUE(words.contains("connecting to"));
}

}  // namespace
}  // namespace phx
