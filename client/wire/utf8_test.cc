#include "client/wire/utf8.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace phx::wire {
namespace {

// Short texts and long ones take different ways: each case is tried at both lengths.
void ExpectValidity(bool is_valid, std::string_view bytes) {
  for (const std::string& before : {std::string(), std::string(61, 'x'), std::string(500, 'x')}) {
    EXPECT_EQ(IsValidUtf8(before + std::string(bytes)), is_valid) << before.size() << " before";
    EXPECT_EQ(IsValidUtf8(before + std::string(bytes) + "y"), is_valid)
        << before.size() << " before, one behind";
  }
}

TEST(Utf8Test, AcceptsTheEmptyText) { EXPECT_TRUE(IsValidUtf8("")); }

TEST(Utf8Test, AcceptsWhatIsValid) {
  ExpectValidity(true, "abc");
  ExpectValidity(true, std::string_view("\0", 1));
  ExpectValidity(true, "\x7f");
  ExpectValidity(true, "é漢🙂");
  ExpectValidity(true, "\xc2\x80");          // the first of two bytes
  ExpectValidity(true, "\xe0\xa0\x80");      // the first of three
  ExpectValidity(true, "\xed\x9f\xbf");      // the last before the surrogates
  ExpectValidity(true, "\xee\x80\x80");      // the first after them
  ExpectValidity(true, "\xf0\x90\x80\x80");  // the first of four
  ExpectValidity(true, "\xf4\x8f\xbf\xbf");  // U+10FFFF
}

TEST(Utf8Test, RejectsWhatIsNot) {
  ExpectValidity(false, "\x80");  // continuation without a start
  ExpectValidity(false, "\xff");
  ExpectValidity(false, "\xc0\x80");          // overlong NUL
  ExpectValidity(false, "\xc1\xbf");          // overlong
  ExpectValidity(false, "\xe0\x9f\xbf");      // overlong
  ExpectValidity(false, "\xf0\x8f\xbf\xbf");  // overlong
  ExpectValidity(false, "\xed\xa0\x80");      // surrogate
  ExpectValidity(false, "\xed\xbf\xbf");      // surrogate
  ExpectValidity(false, "\xf4\x90\x80\x80");  // above U+10FFFF
  ExpectValidity(false, "\xf8\x88\x80\x80\x80");
  ExpectValidity(false, "\xc3");  // cut off
  ExpectValidity(false, "\xe6\xbc");
  ExpectValidity(false, "\xf0\x9f\x99");
}

TEST(Utf8Test, TruncatesBetweenCharacters) {
  EXPECT_EQ(TruncateUtf8("abc", 5), "abc");
  EXPECT_EQ(TruncateUtf8("abc", 3), "abc");
  EXPECT_EQ(TruncateUtf8("abc", 2), "ab");
  EXPECT_EQ(TruncateUtf8("aé", 3), "aé");
  EXPECT_EQ(TruncateUtf8("aé", 2), "a");
  EXPECT_EQ(TruncateUtf8("🙂", 3), "");
  EXPECT_EQ(TruncateUtf8("漢字", 5), "漢");
  EXPECT_EQ(TruncateUtf8("", 0), "");
}

}  // namespace
}  // namespace phx::wire
