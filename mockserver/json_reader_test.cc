#include "mockserver/json_reader.h"

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace phx::mock {
namespace {

// Whether `text` is one JSON value, and nothing else.
bool Accepts(std::string_view text) {
  JsonReader reader(text);
  JsonValue value;
  return reader.ReadValue(value) && reader.AtEnd();
}

bool IsPlain(std::string_view text) {
  JsonReader reader(text);
  JsonValue value;
  EXPECT_TRUE(reader.ReadValue(value)) << text;
  return value.plain;
}

TEST(JsonReaderTest, AcceptsEveryKindOfValue) {
  for (const std::string_view text :
       {"null", "true", "false", "0", "-1", "12.5", "1e5", "1E-5", "-0.0", R"("")", R"("é😀")", "[]",
        "{}", "[1,[2,{\"a\":[]}]]", " \t\r\n{ \"a\" : [ 1 , 2 ] } "}) {
    EXPECT_TRUE(Accepts(text)) << text;
  }
}

TEST(JsonReaderTest, AcceptsNumbersOfAnyPrecision) {
  EXPECT_TRUE(Accepts("123456789012345678901234567890"));
  EXPECT_TRUE(Accepts(std::string(5000, '9')));
  EXPECT_TRUE(Accepts("5e-324"));
  EXPECT_TRUE(Accepts("1e-400"));
  EXPECT_TRUE(Accepts("1.7976931348623157e308"));
}

TEST(JsonReaderTest, RefusesFloatsBeyondADouble) {
  EXPECT_FALSE(Accepts("1e400"));
  EXPECT_FALSE(Accepts("-1e309"));
  EXPECT_FALSE(Accepts("1" + std::string(400, '0') + ".0"));
}

TEST(JsonReaderTest, RefusesWhatIsNoNumber) {
  for (const std::string_view text : {"01", "-", "+1", ".5", "1.", "1.e5", "1e", "1e+", "0x10",
                                      "NaN", "Infinity", "-01", "--1"}) {
    EXPECT_FALSE(Accepts(text)) << text;
  }
}

TEST(JsonReaderTest, RefusesBadStrings) {
  for (const std::string_view text : {R"(")", R"("\")", R"("\x")", R"("\u12")", R"("\u12g4")",
                                      "\"a\tb\"", "\"a\nb\"", "\"\x01\"", "'a'"}) {
    EXPECT_FALSE(Accepts(text)) << text;
  }
}

TEST(JsonReaderTest, RefusesHalvesOfSurrogatePairs) {
  EXPECT_TRUE(Accepts(R"("\ud83d\ude00")"));
  EXPECT_FALSE(Accepts(R"("\ud83d")"));
  EXPECT_FALSE(Accepts(R"("\ud83dx")"));
  EXPECT_FALSE(Accepts(R"("\ud83d\u0041")"));
  EXPECT_FALSE(Accepts(R"("\ude00")"));
}

TEST(JsonReaderTest, RefusesBadStructure) {
  for (const std::string_view text :
       {"",          " ",       "[",        "]",          "{",     "[1,]",          "[,1]",
        "[1 2]",     "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{1:2}", "{\"a\" 1}",     "[1}",
        "{\"a\":1]", "[]]",     "nul",      "tru",        "nulll", "\xEF\xBB\xBF[]"}) {
    EXPECT_FALSE(Accepts(text)) << text;
  }
}

TEST(JsonReaderTest, ReadsDeepNestingWithoutRecursion) {
  constexpr int kDepth = 1'000'000;
  std::string text;
  for (int i = 0; i != kDepth; ++i) text += i % 2 == 0 ? "[" : R"({"a":)";
  text += "1";
  for (int i = kDepth - 1; i >= 0; --i) text += i % 2 == 0 ? "]" : "}";
  EXPECT_TRUE(Accepts(text));
  text.back() = '}';
  EXPECT_FALSE(Accepts(text));
}

TEST(JsonReaderTest, TellsWhatIsTooDeepToBeGoneThrough) {
  const auto is_too_deep = [](std::size_t depth) {
    const std::string text = std::string(depth, '[') + std::string(depth, ']') + ",5";
    JsonReader reader(text);
    JsonValue value;
    EXPECT_TRUE(reader.ReadValue(value) && reader.Consume(',') && reader.ReadValue(value));
    return reader.was_too_deep();
  };
  EXPECT_FALSE(is_too_deep(1));
  EXPECT_FALSE(is_too_deep(JsonReader::kMaxDepth));
  EXPECT_TRUE(is_too_deep(JsonReader::kMaxDepth + 1));
}

TEST(JsonReaderTest, FindsSpecialCharactersAtEveryOffset) {
  for (std::size_t length = 0; length != 40; ++length) {
    const std::string plain(length, 'x');
    const auto with = [&](const char* middle) {
      return absl::StrCat("\"", plain, middle, plain, "\"");
    };
    EXPECT_TRUE(Accepts(with(""))) << length;
    EXPECT_FALSE(Accepts(absl::StrCat("\"", plain))) << length;
    EXPECT_FALSE(Accepts(with("\x1F"))) << length;
    EXPECT_TRUE(Accepts(with("\\n"))) << length;
    EXPECT_TRUE(Accepts(with("\x7F\xC3\xA9"))) << length;
  }
}

TEST(JsonReaderTest, SaysWhichTextIsGivenBackAsItStands) {
  EXPECT_TRUE(IsPlain(R"({"a":1,"b":{"a":2},"c":[{"a":1},{"a":2}],"d":"\n"})"));
  EXPECT_FALSE(IsPlain(R"({"a":1,"a":2})"));
  EXPECT_FALSE(IsPlain(R"([{"x":{"a":1,"b":2,"a":3}}])"));
  EXPECT_FALSE(IsPlain(R"({"a":1,"\u0061":2})"));
  EXPECT_FALSE(IsPlain(R"({"a":-0})"));
  EXPECT_FALSE(IsPlain("-0"));
  EXPECT_TRUE(IsPlain("-0.0"));
  EXPECT_TRUE(IsPlain("-0e0"));
  EXPECT_FALSE(IsPlain(R"("a\nb")"));
}

TEST(JsonReaderTest, FindsDuplicatesBehindManyKeys) {
  // Where it does not track the keys any more it must say "perhaps", never "no".
  for (const int count : {2, 40, 48, 49, 200}) {
    std::string text = "{";
    for (int i = 0; i != count; ++i) absl::StrAppend(&text, "\"key", i, "\":1,");
    EXPECT_FALSE(IsPlain(text + R"("key1":2})")) << count;
  }
}

TEST(JsonReaderTest, GivesEachValueOfAnArrayInTurn) {
  JsonReader reader(R"( [ "a\"b" , {"x":[1]} , 5 ] )");
  JsonValue value;
  ASSERT_TRUE(reader.Consume('['));
  ASSERT_TRUE(reader.ReadValue(value));
  EXPECT_EQ(value.kind, JsonValue::Kind::kString);
  EXPECT_EQ(value.inner(), R"(a\"b)");
  EXPECT_FALSE(value.plain);
  ASSERT_TRUE(reader.Consume(','));
  ASSERT_TRUE(reader.ReadValue(value));
  EXPECT_EQ(value.kind, JsonValue::Kind::kObject);
  EXPECT_EQ(value.text, R"({"x":[1]})");
  ASSERT_TRUE(reader.Consume(','));
  ASSERT_TRUE(reader.ReadValue(value));
  EXPECT_EQ(value.text, "5");
  EXPECT_TRUE(reader.Consume(']'));
  EXPECT_TRUE(reader.AtEnd());
}

// nlohmann's parser as an independent judge of the grammar, over all small mutations of a message.
TEST(JsonReaderTest, AgreesWithAnotherParserOnMutatedText) {
  const std::string seed = R"(["1",null,"t","e",{"a":[1,-2.5e3,true],"b":"\u00e9\\","c":{}}])";
  constexpr std::string_view kReplacements = "\"\\{}[],:0-+.eEu \tntf1";
  int accepted = 0;
  for (std::size_t i = 0; i != seed.size(); ++i) {
    for (const char replacement : kReplacements) {
      std::string text = seed;
      text[i] = replacement;
      const bool is_json = nlohmann::json::accept(text);
      EXPECT_EQ(Accepts(text), is_json) << text;
      accepted += is_json ? 1 : 0;
      EXPECT_EQ(Accepts(seed.substr(0, i)), nlohmann::json::accept(seed.substr(0, i)));
    }
  }
  EXPECT_GT(accepted, 50);
}

}  // namespace
}  // namespace phx::mock
