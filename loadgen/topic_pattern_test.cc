#include "loadgen/topic_pattern.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using ::testing::HasSubstr;

std::string Expanded(std::string_view text) {
  const auto pattern = TopicPattern::Parse(text);
  EXPECT_TRUE(pattern.ok()) << pattern.status();
  return pattern.ok() ? pattern->Expand({.connection = 12, .channel = 3}) : "";
}

TEST(TopicPatternTest, PutsNumbersInPlaceOfPlaceholders) {
  EXPECT_EQ(Expanded("room:{connection}:{channel}"), "room:12:3");
  EXPECT_EQ(Expanded("{channel}"), "3");
  EXPECT_EQ(Expanded("{connection}{connection}-x"), "1212-x");
}

TEST(TopicPatternTest, TextWithoutPlaceholdersIsOneTopic) {
  EXPECT_EQ(Expanded("lobby"), "lobby");
  EXPECT_EQ(Expanded("a}b"), "a}b");
}

TEST(TopicPatternTest, KnowsItsPlaceholders) {
  EXPECT_TRUE(TopicPattern::Parse("{connection}")->has_connection());
  EXPECT_FALSE(TopicPattern::Parse("{connection}")->has_channel());
  EXPECT_TRUE(TopicPattern::Parse("x{channel}")->has_channel());
}

TEST(TopicPatternTest, RefusesWhatItCannotExpand) {
  EXPECT_THAT(TopicPattern::Parse("").status().message(), HasSubstr("is empty"));
  EXPECT_THAT(TopicPattern::Parse("room:{user}").status().message(),
              HasSubstr("unknown placeholder {user}"));
  EXPECT_THAT(TopicPattern::Parse("room:{channel").status().message(),
              HasSubstr("a { without a }"));
}

}  // namespace
}  // namespace phx::loadgen
