#include "mockserver/topic_pattern.h"

#include <vector>

#include "gtest/gtest.h"
#include "mockserver/user_socket.h"

namespace phx::mock {
namespace {

TEST(TopicPatternTest, MatchesAsPhoenixDoes) {
  EXPECT_TRUE(MatchesPattern("room:*", "room:1"));
  EXPECT_TRUE(MatchesPattern("room:*", "room:"));
  EXPECT_TRUE(MatchesPattern("room:*", "room:a:b"));
  EXPECT_FALSE(MatchesPattern("room:*", "room"));
  EXPECT_FALSE(MatchesPattern("room:*", "Room:1"));
  EXPECT_TRUE(MatchesPattern("*", ""));
  EXPECT_TRUE(MatchesPattern("lobby", "lobby"));
  EXPECT_FALSE(MatchesPattern("lobby", "lobby:1"));
  EXPECT_FALSE(MatchesPattern("a*b", "axb"));
  EXPECT_TRUE(MatchesPattern("a*b", "a*b"));
}

TEST(TopicPatternTest, TakesTheFirstRouteThatMatches) {
  const std::vector<ChannelRoute> routes = {{"room:lobby", {}}, {"room:*", {}}, {"*", {}}};
  EXPECT_EQ(FindRoute(routes, "room:lobby"), &routes[0]);
  EXPECT_EQ(FindRoute(routes, "room:2"), &routes[1]);
  EXPECT_EQ(FindRoute(routes, "else"), &routes[2]);
  EXPECT_EQ(FindRoute({}, "room:1"), nullptr);
}

}  // namespace
}  // namespace phx::mock
