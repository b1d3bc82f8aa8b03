#include "mockserver/json_string.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace phx::mock {
namespace {

std::string Quoted(std::string_view characters) {
  std::string out;
  AppendJsonString(out, characters);
  return out;
}

TEST(JsonStringTest, EscapesAsPhoenixDoes) {
  EXPECT_EQ(Quoted("room:1"), R"("room:1")");
  EXPECT_EQ(Quoted(""), R"("")");
  EXPECT_EQ(Quoted("\x01\x1F\x7F/<>&\"\\\b\f\n\r\t"),
            "\"\\u0001\\u001F\x7F/<>&\\\"\\\\\\b\\f\\n\\r\\t\"");
  EXPECT_EQ(Quoted(std::string_view("a\0b", 3)), R"("a\u0000b")");
  EXPECT_EQ(Quoted("é😀"), R"("é😀")");
}

TEST(JsonStringTest, UnescapesEveryEscape) {
  EXPECT_EQ(UnescapeJsonString(R"(a\"\\\/\b\f\n\r\tz)"), "a\"\\/\b\f\n\r\tz");
  EXPECT_EQ(UnescapeJsonString(R"(\u0041\u00e9\u4e2d\ud83d\ude00)"), "Aé中😀");
  EXPECT_EQ(UnescapeJsonString(R"(\u0000)"), std::string(1, '\0'));
}

TEST(JsonStringTest, UnescapesWhatItEscapes) {
  std::string all;
  for (int c = 0; c != 128; ++c) all += static_cast<char>(c);
  const std::string quoted = Quoted(all);
  EXPECT_EQ(UnescapeJsonString(std::string_view(quoted).substr(1, quoted.size() - 2)), all);
}

}  // namespace
}  // namespace phx::mock
