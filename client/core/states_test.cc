#include "client/core/states.h"

#include <sstream>
#include <string>

#include "gtest/gtest.h"

namespace phx {
namespace {

template <typename State>
std::string Text(State state) {
  std::ostringstream out;
  out << state;
  return out.str();
}

TEST(StatesTest, GoByPhoenixNames) {
  EXPECT_EQ(Text(ConnectionState::kConnecting), "connecting");
  EXPECT_EQ(Text(ConnectionState::kOpen), "open");
  EXPECT_EQ(Text(ConnectionState::kClosing), "closing");
  EXPECT_EQ(Text(ConnectionState::kClosed), "closed");
  EXPECT_EQ(Text(ChannelState::kClosed), "closed");
  EXPECT_EQ(Text(ChannelState::kErrored), "errored");
  EXPECT_EQ(Text(ChannelState::kJoined), "joined");
  EXPECT_EQ(Text(ChannelState::kJoining), "joining");
  EXPECT_EQ(Text(ChannelState::kLeaving), "leaving");
  EXPECT_EQ(Text(ChannelState::kRemoved), "removed");
}

}  // namespace
}  // namespace phx
