#include "loadgen/user_template.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::ordered_json;
using Placeholder = UserTemplate::Placeholder;

const std::vector<std::string>& Columns() {
  static const std::vector<std::string> kColumns = {"token", "room"};
  return kColumns;
}

UserTemplate TextOf(std::string_view text) {
  const auto result = UserTemplate::OfText(text, Columns());
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *result : UserTemplate();
}

std::string Expanded(std::string_view text) {
  const std::vector<std::string> row = {"t-1", "lobby"};
  return TextOf(text).Expand(
      {.connection = 12, .user = 5, .channel = 3, .data = "xxx", .row = row});
}

TEST(UserTemplateTest, PutsTheUsersValuesInPlaceOfPlaceholders) {
  EXPECT_EQ(Expanded("room:{connection}:{channel}"), "room:12:3");
  EXPECT_EQ(Expanded("{user}{user}-{data}"), "55-xxx");
  EXPECT_EQ(Expanded("{room}/{token}"), "lobby/t-1");
}

TEST(UserTemplateTest, TextWithoutPlaceholdersIsConstant) {
  EXPECT_TRUE(TextOf("lobby").is_constant());
  EXPECT_EQ(TextOf("a}b").constant(), "a}b");
  EXPECT_FALSE(TextOf("{channel}").is_constant());
  EXPECT_TRUE(TextOf("").is_constant());
  EXPECT_EQ(UserTemplate::Constant("{x").constant(), "{x");
}

TEST(UserTemplateTest, DoubledBracesAreBraces) {
  EXPECT_EQ(Expanded("{{connection}"), "{connection}");
  EXPECT_EQ(Expanded("a{{b"), "a{b");
}

TEST(UserTemplateTest, KnowsItsPlaceholders) {
  EXPECT_TRUE(TextOf("{connection}").Has(Placeholder::kConnection));
  EXPECT_FALSE(TextOf("{connection}").Has(Placeholder::kChannel));
  EXPECT_FALSE(TextOf("{token}").Has(Placeholder::kConnection));
}

TEST(UserTemplateTest, InJsonEveryStringIsATemplateAndTheRestStays) {
  const Json json =
      Json::parse(R"({"z":"{token}","a":[1,true,null,2.5,"{connection}"],"{user}":{},"list":[]})");
  const auto result = UserTemplate::OfJson(json, Columns());
  ASSERT_TRUE(result.ok()) << result.status();
  const std::vector<std::string> row = {"q\"\\\n\xc3\xa9", ""};
  EXPECT_EQ(result->Expand({.connection = 9, .row = row}),
            R"({"z":"q\"\\\n)"
            "\xc3\xa9"
            R"(","a":[1,true,null,2.5,"9"],"{user}":{},"list":[]})");
}

TEST(UserTemplateTest, LiteralTextOfJsonIsEscapedOnce) {
  const Json json = {{"say", "\"{channel}\"\t"}};
  EXPECT_EQ(UserTemplate::OfJson(json, {})->Expand({.channel = 4}), R"({"say":"\"4\"\t"})");
}

TEST(UserTemplateTest, RefusesWhatItCannotExpandAndSaysWhatThereIs) {
  const absl::Status unknown = UserTemplate::OfText("room:{usr}", Columns()).status();
  EXPECT_THAT(unknown.message(),
              HasSubstr("unknown placeholder {usr}; there are {connection}, {user}, {channel}, "
                        "{data}, {token}, {room}, and {{ for a brace"));
  EXPECT_THAT(UserTemplate::OfText("room:{channel", {}).status().message(),
              HasSubstr("a { without a }"));
  EXPECT_FALSE(UserTemplate::OfJson(Json::parse(R"({"a":["{b}"]})"), {}).ok());
}

}  // namespace
}  // namespace phx::loadgen
