#include "testing/frame_pattern.h"

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace phx::test {
namespace {

using nlohmann::json;

TEST(RefNamesTest, LearnsANameAndHoldsItToThat) {
  RefNames names;
  EXPECT_TRUE(names.Match(json::parse(R"(["$a","$a","t"])"), json::parse(R"(["7","7","t"])")));
  EXPECT_EQ(names.Find("$a"), "7");
  EXPECT_FALSE(names.Match(json::parse(R"(["$a"])"), json::parse(R"(["8"])")));
  EXPECT_TRUE(names.Match(json::parse(R"(["$a","$b"])"), json::parse(R"(["7","8"])")));
}

TEST(RefNamesTest, LearnsNothingFromAFrameThatDoesNotMatch) {
  RefNames names;
  EXPECT_FALSE(names.Match(json::parse(R"(["$a","x"])"), json::parse(R"(["7","y"])")));
  EXPECT_EQ(names.Find("$a"), "");
}

TEST(RefNamesTest, LearnsAnewWhatItHasForgotten) {
  RefNames names;
  EXPECT_TRUE(names.Match(json("$a"), json("7")));
  names.Forget("$a");
  names.Forget("$b");
  EXPECT_TRUE(names.Match(json("$a"), json("8")));
}

TEST(RefNamesTest, ComparesAllOfAFrame) {
  RefNames names;
  EXPECT_TRUE(names.Match(json::parse(R"({"r":"$a","n":1})"), json::parse(R"({"n":1,"r":"7"})")));
  EXPECT_FALSE(names.Match(json::parse(R"({"r":"$a"})"), json::parse(R"({"r":"7","n":1})")));
  EXPECT_FALSE(names.Match(json::parse(R"({"n":1})"), json::parse(R"({"n":2})")));
  EXPECT_FALSE(names.Match(json::parse("[1]"), json::parse("[1,2]")));
  EXPECT_FALSE(names.Match(json::parse(R"(["$a"])"), json::parse("[null]")));
}

TEST(RefNamesTest, FillsInWhatItKnows) {
  RefNames names;
  EXPECT_TRUE(names.Match(json("$a"), json("7")));
  EXPECT_EQ(names.Fill(R"(["$a",null,"$b","$a)"), R"(["7",null,"$b","$a)");
  EXPECT_EQ(names.Fill("not JSON"), "not JSON");
}

}  // namespace
}  // namespace phx::test
