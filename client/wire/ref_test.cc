#include "client/wire/ref.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <sstream>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "gtest/gtest.h"

namespace phx {
namespace {

constexpr Ref kLargest{std::numeric_limits<std::uint64_t>::max()};

TEST(RefTest, ZeroIsNone) {
  EXPECT_TRUE(Ref{}.empty());
  EXPECT_FALSE(Ref{1}.empty());
}

TEST(RefTest, ParsesWhatItPrints) {
  for (const Ref ref : {Ref{}, Ref{1}, Ref{9}, Ref{10}, Ref{4'294'967'296}, kLargest}) {
    EXPECT_EQ(ParseRef(ref.ToString()), ref);
    EXPECT_EQ(RefText(ref).view(), ref.ToString());
  }
}

TEST(RefTest, RefusesEverythingElse) {
  for (const char* text : {"", " ", "1 ", " 1", "+1", "-1", "-0", "1.0", "1e3", "0x1", "a", "1a",
                           "18446744073709551616", "100000000000000000000000"}) {
    EXPECT_EQ(ParseRef(text), std::nullopt) << '"' << text << '"';
  }
}

// Refs are opaque texts to the server: "07" is not what was sent as "7".
TEST(RefTest, RefusesASecondSpellingOfANumber) {
  EXPECT_EQ(ParseRef("07"), std::nullopt);
  EXPECT_EQ(ParseRef("00"), std::nullopt);
}

TEST(RefTest, TextSurvivesACopy) {
  const RefText* original = new RefText(kLargest);
  const RefText copy = *original;
  delete original;
  EXPECT_EQ(copy.view(), "18446744073709551615");
}

TEST(RefTest, OrdersByAge) {
  EXPECT_LT(Ref{9}, Ref{10});
  EXPECT_NE(Ref{1}, Ref{2});
}

TEST(RefTest, IsAKey) {
  const absl::flat_hash_set<Ref> refs = {Ref{1}, Ref{2}, Ref{1}};
  EXPECT_EQ(refs.size(), 2);
}

TEST(RefTest, PrintsItsNumber) {
  std::ostringstream out;
  out << Ref{7};
  EXPECT_EQ(out.str(), "7");
}

}  // namespace
}  // namespace phx
