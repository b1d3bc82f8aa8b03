#include "client/core/status.h"

#include <string_view>

#include "gtest/gtest.h"

namespace phx {
namespace {

TEST(SocketStatusTest, IsAPhoenixStateAndMore) {
  using Kind = SocketStatus::Kind;
  const struct {
    Kind kind;
    ConnectionState state;
    std::string_view text;
  } cases[] = {{Kind::kDisconnected, ConnectionState::kClosed, "disconnected"},
               {Kind::kConnecting, ConnectionState::kConnecting, "connecting"},
               {Kind::kOpen, ConnectionState::kOpen, "open"},
               {Kind::kClosing, ConnectionState::kClosing, "closing"},
               {Kind::kWaitingToReconnect, ConnectionState::kClosed, "waiting to reconnect"}};
  for (const auto& example : cases) {
    EXPECT_EQ(SocketStatus{.kind = example.kind}.state(), example.state) << example.text;
    EXPECT_EQ(ToString(example.kind), example.text);
  }
}

TEST(ChannelStatusTest, IsAPhoenixStateAndMore) {
  using Kind = ChannelStatus::Kind;
  const struct {
    Kind kind;
    ChannelState state;
    std::string_view text;
  } cases[] = {{Kind::kClosed, ChannelState::kClosed, "closed"},
               {Kind::kJoining, ChannelState::kJoining, "joining"},
               {Kind::kJoined, ChannelState::kJoined, "joined"},
               {Kind::kWaitingForSocket, ChannelState::kErrored, "waiting for the socket"},
               {Kind::kWaitingToRejoin, ChannelState::kErrored, "waiting to rejoin"},
               {Kind::kRefused, ChannelState::kErrored, "refused"},
               {Kind::kLeaving, ChannelState::kLeaving, "leaving"},
               {Kind::kRemoved, ChannelState::kRemoved, "removed"}};
  for (const auto& example : cases) {
    EXPECT_EQ(ChannelStatus{.kind = example.kind}.state(), example.state) << example.text;
    EXPECT_EQ(ToString(example.kind), example.text);
  }
}

}  // namespace
}  // namespace phx
