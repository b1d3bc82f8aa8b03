#include "loadgen/terminal_text.h"

#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

TEST(TerminalTextTest, WhatFitsIsLeftAlone) {
  EXPECT_EQ(FitColumns("p50 205 µs", 10), "p50 205 µs");
  EXPECT_EQ(FitColumns("", 0), "");
}

TEST(TerminalTextTest, WhatDoesNotFitIsCutOffBetweenCharacters) {
  EXPECT_EQ(FitColumns("p50 205 µs", 9), "p50 205 …");
  EXPECT_EQ(FitColumns("µµµ", 2), "µ…");
  EXPECT_EQ(FitColumns("abc", 1), "…");
  EXPECT_EQ(FitColumns("abc", 0), "");
}

TEST(TerminalTextTest, WideCharactersTakeTwoColumns) {
  EXPECT_EQ(ColumnsOf("部屋 a"), 6);
  EXPECT_EQ(ColumnsOf("🙂"), 2);
  EXPECT_EQ(FitColumns("部屋屋", 5), "部屋…");
  EXPECT_EQ(FitColumns("部屋屋", 4), "部…");
}

TEST(TerminalTextTest, ControlCharactersDoNotReachTheTerminal) {
  EXPECT_EQ(FitColumns("a\x1b[2Jb\n\x7f", 20), "a?[2Jb??");
  EXPECT_EQ(FitColumns("a\xC2\x9B"
                       "2J",
                       20),
            "a?2J");  // U+009B begins a sequence too
}

TEST(TerminalTextTest, BytesThatAreNoCharactersBecomeQuestionMarks) {
  EXPECT_EQ(FitColumns("a\xFFz", 9), "a?z");
  EXPECT_EQ(FitColumns("a\xE2\x80", 9), "a??");
}

}  // namespace
}  // namespace phx::loadgen
