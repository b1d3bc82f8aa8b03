#include "client/wire/json_scanner.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "client/wire/random_json.h"
#include "gtest/gtest.h"

namespace phx::wire {
namespace {

TEST(JsonScannerTest, ConsumesTheExpectedCharacterOnly) {
  JsonScanner scanner(" [ ,");
  EXPECT_FALSE(scanner.Consume(','));
  EXPECT_TRUE(scanner.Consume('['));
  EXPECT_EQ(scanner.position(), 2);
  EXPECT_EQ(scanner.Peek(), ',');
  EXPECT_FALSE(scanner.AtEnd());
  EXPECT_TRUE(scanner.Consume(','));
  EXPECT_TRUE(scanner.AtEnd());
  EXPECT_EQ(scanner.Peek(), '\0');
  EXPECT_FALSE(scanner.Consume(','));
}

TEST(JsonScannerTest, ANulByteIsNoEnd) {
  JsonScanner scanner(std::string_view("\0,", 2));
  EXPECT_FALSE(scanner.AtEnd());
  EXPECT_FALSE(scanner.Consume(','));
  EXPECT_EQ(scanner.String(), std::nullopt);
  EXPECT_FALSE(scanner.Null());
}

TEST(JsonScannerTest, AStringWithoutEscapesPointsIntoTheText) {
  const std::string text = R"( "room:1","next")";
  JsonScanner scanner(text);
  const std::optional<Text> string = scanner.String();
  ASSERT_TRUE(string.has_value());
  EXPECT_EQ(string->view().data(), text.data() + 2);
  EXPECT_EQ(*string, "room:1");
  EXPECT_EQ(scanner.Peek(), ',');
}

TEST(JsonScannerTest, AStringWithEscapesOwnsItsBytes) {
  std::string text = R"("a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude42" )";
  JsonScanner scanner(text);
  const std::optional<Text> string = scanner.String();
  text.assign(text.size(), '!');
  EXPECT_EQ(string, "a\"\\/\b\f\n\r\t\u00e9\U0001f642");
  EXPECT_TRUE(string->is_owned());
}

TEST(JsonScannerTest, RefusesWhatIsNoStringAndStaysWhereItIs) {
  for (const char* text : {"", "a", "'a'", R"(")", R"("a)", R"("a\")", R"("\)", R"("\x")",
                           R"("\u12g4")", R"("\udc00")", "\"a\nb\"", "\"\x1f\"", "null", "7"}) {
    JsonScanner scanner(text);
    EXPECT_EQ(scanner.String(), std::nullopt) << text;
    EXPECT_EQ(scanner.position(), 0) << text;
  }
}

TEST(JsonScannerTest, ANumberIsItsText) {
  for (const char* number :
       {"0", "7", "-0", "-12", "1.0", "1e3", "1E-3", "123456789012345678901"}) {
    const std::string text = std::string(" ") + number + " ,";
    JsonScanner scanner(text);
    EXPECT_EQ(scanner.StringOrNumber(), number);
    EXPECT_EQ(scanner.Peek(), ',');
  }
  JsonScanner string(R"("7",)");
  EXPECT_EQ(string.StringOrNumber(), "7");
}

TEST(JsonScannerTest, RefusesWhatIsNeitherStringNorNumberAndStaysWhereItIs) {
  for (const char* text : {"", "-", "01", "1.", ".5", "+1", "1x", "1\"", "0x10", "1e", "1e999",
                           "null", "[1]", "true", "\"a"}) {
    JsonScanner scanner(text);
    EXPECT_EQ(scanner.StringOrNumber(), std::nullopt) << text;
    EXPECT_EQ(scanner.position(), 0) << text;
  }
}

TEST(JsonScannerTest, AZeroByteIsPartOfNoNumber) {
  JsonScanner scanner(std::string_view("1\0,", 3));
  EXPECT_EQ(scanner.StringOrNumber(), std::nullopt);
}

TEST(JsonScannerTest, StepsOverNull) {
  JsonScanner scanner(" null,nul");
  EXPECT_TRUE(scanner.Null());
  EXPECT_TRUE(scanner.Consume(','));
  EXPECT_FALSE(scanner.Null());
  EXPECT_EQ(scanner.position(), 6);
}

TEST(JsonScannerTest, AValueIsTheTextThatItOccupies) {
  for (const char* value : {"{}", "[]", R"({"a":[1,{"b":"}]"}]})", R"(["\"]"])", R"("a\\")", "null",
                            "true", "-1.5", "[ { } ]"}) {
    const std::string text = std::string("\t") + value + " , 1";
    JsonScanner scanner(text);
    EXPECT_EQ(scanner.Value(), value);
    EXPECT_EQ(scanner.Peek(), ',');
  }
}

TEST(JsonScannerTest, RefusesAnUnfinishedValueAndStaysWhereItIs) {
  for (const char* text :
       {"", "]", ",", ":", "{", "[", "[[]", R"({"a":1)", R"(")", R"(["])", R"(["\"])", R"({"})"}) {
    JsonScanner scanner(text);
    EXPECT_EQ(scanner.Value(), std::nullopt) << text;
    EXPECT_EQ(scanner.position(), 0) << text;
  }
}

TEST(JsonScannerTest, ValueUpToLastTakesAllBeforeTheLastClosing) {
  JsonScanner scanner(" {\"a\":[]} ] \n");
  EXPECT_EQ(scanner.ValueUpToLast(']'), "{\"a\":[]}");
  EXPECT_TRUE(scanner.Consume(']'));
  EXPECT_TRUE(scanner.AtEnd());
}

TEST(JsonScannerTest, ValueUpToLastChecksBothEndsOfTheValue) {
  for (const char* text :
       {"", "]", " ] ", "{}", "{}}", "{]", "[]", "[}]", "{]]", "\"]", "\"a]", "\"a}]"}) {
    JsonScanner scanner(text);
    EXPECT_EQ(scanner.ValueUpToLast(']'), std::nullopt) << text;
  }
  for (const char* text : {"{}", "[]", "\"\"", "\"a\"", "1", "null"}) {
    const std::string closed = std::string(text) + "]";
    JsonScanner scanner(closed);
    EXPECT_EQ(scanner.ValueUpToLast(']'), text);
  }
}

TEST(JsonScannerTest, NestingDoesNotExhaustTheStack) {
  constexpr std::size_t kDepth = 1'000'000;
  const std::string text = std::string(kDepth, '[') + std::string(kDepth, ']');
  EXPECT_EQ(JsonScanner(text).Value(), text);
  EXPECT_EQ(JsonScanner(text.substr(1)).Value(), text.substr(1, text.size() - 2));
}

TEST(JsonScannerPropertyTest, StepsOverAnyValue) {
  test::RandomJson random(/*seed=*/7);
  for (int i = 0; i < 2000; ++i) {
    const std::string value = random.Spell(random.Value(4));
    const std::string text = value + ",\"]}";
    JsonScanner scanner(text);
    ASSERT_EQ(scanner.Value(), value);
    EXPECT_EQ(scanner.position(), value.size());
  }
}

TEST(JsonScannerPropertyTest, ReadsAnyString) {
  test::RandomJson random(/*seed=*/8);
  for (int i = 0; i < 2000; ++i) {
    const std::string string = random.String();
    const std::string text = random.Spell(string) + ",";
    JsonScanner scanner(text);
    EXPECT_EQ(scanner.String(), string) << text;
    EXPECT_EQ(scanner.Peek(), ',');
  }
}

}  // namespace
}  // namespace phx::wire
