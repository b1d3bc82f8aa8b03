#include "loadgen/wrap_text.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using ::testing::ElementsAre;

TEST(WrapTextTest, FillsLinesWithWholeWords) {
  EXPECT_THAT(WrapText("one two three four", 7), ElementsAre("one two", "three", "four"));
}

TEST(WrapTextTest, LongWordHasALineOfItsOwn) {
  EXPECT_THAT(WrapText("a extraordinary b", 5), ElementsAre("a", "extraordinary", "b"));
}

TEST(WrapTextTest, EmptyTextIsOneEmptyLine) { EXPECT_THAT(WrapText("", 5), ElementsAre("")); }

}  // namespace
}  // namespace phx::loadgen
