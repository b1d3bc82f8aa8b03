#include "client/wire/json_string.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace phx::wire {
namespace {

using ::nlohmann::json;

std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonString(text, out);
  return out;
}

TEST(AppendJsonStringTest, EscapesQuotesBackslashesAndControlCharactersOnly) {
  EXPECT_EQ(Quoted(""), "\"\"");
  EXPECT_EQ(Quoted("room:1"), "\"room:1\"");
  EXPECT_EQ(Quoted("\"\\/"), "\"\\\"\\\\/\"");
  EXPECT_EQ(Quoted("a\nb\x1f"), "\"a\\u000ab\\u001f\"");
  EXPECT_EQ(Quoted("\x7f\u00e9\u2028\U0001f642"), "\"\x7f\u00e9\u2028\U0001f642\"");
  EXPECT_EQ(Quoted(std::string_view("\0", 1)), "\"\\u0000\"");
}

TEST(AppendJsonStringTest, EveryByteComesBack) {
  for (int byte = 0; byte < 0x80; ++byte) {
    const std::string text = {'a', static_cast<char>(byte), 'b'};
    EXPECT_EQ(json::parse(Quoted(text)).get<std::string>(), text) << byte;
  }
}

TEST(AppendJsonStringTest, LongTextsOfAnySizeComeBack) {
  for (std::size_t size = 0; size < 70; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      text[at] = '"';
      EXPECT_EQ(json::parse(Quoted(text)).get<std::string>(), text);
    }
  }
}

TEST(AppendJsonStringTest, AppendsToWhatIsThere) {
  std::string out = "before";
  AppendJsonString("a", out);
  EXPECT_EQ(out, "before\"a\"");
}

bool IsSpecial(char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }

TEST(FindSpecialTest, StopsAtTheFirstSpecialByteWhereverItStands) {
  for (int byte = 0; byte < 256; ++byte) {
    for (std::size_t at = 0; at < 20; ++at) {
      std::string text(20, 'x');
      text[at] = static_cast<char>(byte);
      const std::size_t expected = IsSpecial(text[at]) ? at : text.size();
      EXPECT_EQ(FindSpecial(text, 0), expected) << byte << " at " << at;
    }
  }
}

TEST(FindSpecialTest, LooksNeitherBeforeItsStartNorBehindTheText) {
  const std::string text = R"("aaaaaaaa"aaa")";
  EXPECT_EQ(FindSpecial(text, 0), 0);
  EXPECT_EQ(FindSpecial(text, 1), 9);
  EXPECT_EQ(FindSpecial(text, 10), 13);
  EXPECT_EQ(FindSpecial(text, 14), 14);
  EXPECT_EQ(FindSpecial(std::string_view(text).substr(0, 9), 1), 9);
  EXPECT_EQ(FindSpecial("", 0), 0);
}

// Searching eight bytes at a time marks bytes wrongly above a special one, never below.
TEST(FindSpecialTest, AgreesWithAByteByByteSearch) {
  const std::string bytes = "\x01\x1f\x20\x21\"\x23\x5b\\\x5d\x7f\x80\xa2\xdc\xff";
  std::uint32_t random = 1;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (int length = i % 24; length > 0; --length) {
      random = random * 1664525 + 1013904223;
      text.push_back(random % 4 == 0 ? bytes[(random >> 8) % bytes.size()] : '\x7e');
    }
    std::size_t expected = 0;
    while (expected < text.size() && !IsSpecial(text[expected])) ++expected;
    ASSERT_EQ(FindSpecial(text, 0), expected)
        << json(text).dump(-1, ' ', true, json::error_handler_t::replace);
  }
}

}  // namespace
}  // namespace phx::wire
