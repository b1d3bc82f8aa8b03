#include "loadgen/terminal_block.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loadgen/terminal_screen.h"

namespace phx::loadgen {
namespace {

using ::testing::ElementsAre;

TEST(TerminalBlockTest, LinesStandInPlaceOfThoseBefore) {
  TerminalScreen screen({.columns = 20, .rows = 10});
  TerminalBlock block;
  screen.Write("$ loadgen\n");
  screen.Write(block.Replace({"a long line", "second"}, 20));
  EXPECT_THAT(screen.lines(), ElementsAre("$ loadgen", "a long line", "second"));
  screen.Write(block.Replace({"short", "2nd", "third"}, 20));
  EXPECT_THAT(screen.lines(), ElementsAre("$ loadgen", "short", "2nd", "third"));
  screen.Write(block.Replace({"one"}, 20));
  EXPECT_THAT(screen.lines(), ElementsAre("$ loadgen", "one"));
}

TEST(TerminalBlockTest, AtTheBottomOfTheScreenItScrollsOnce) {
  TerminalScreen screen({.columns = 20, .rows = 3});
  TerminalBlock block;
  screen.Write("1\n2\n3\n");
  screen.Write(block.Replace({"a", "b"}, 20));
  screen.Write(block.Replace({"c", "d"}, 20));
  EXPECT_THAT(screen.lines(), ElementsAre("1", "2", "3", "c", "d"));
}

TEST(TerminalBlockTest, ErasedItLeavesNothing) {
  TerminalScreen screen({.columns = 20, .rows = 10});
  TerminalBlock block;
  screen.Write("$ loadgen\n");
  screen.Write(block.Replace({"one", "two"}, 20));
  screen.Write("^C");  // what the terminal echoes
  screen.Write(block.Erase(20));
  screen.Write("stopping\n");
  EXPECT_THAT(screen.lines(), ElementsAre("$ loadgen", "stopping"));
  screen.Write(block.Replace({"three"}, 20));
  EXPECT_THAT(screen.lines(), ElementsAre("$ loadgen", "stopping", "three"));
}

TEST(TerminalBlockTest, WithoutLinesErasingTouchesOnlyTheCursorsLine) {
  TerminalScreen screen({.columns = 20, .rows = 10});
  TerminalBlock block;
  screen.Write("$ loadgen\n^C");
  screen.Write(block.Erase(20));
  EXPECT_THAT(screen.lines(), ElementsAre("$ loadgen"));
}

TEST(TerminalBlockTest, LinesThatANarrowerTerminalHasWrappedAreReplacedToo) {
  TerminalScreen screen({.columns = 20, .rows = 10});
  TerminalBlock block;
  screen.Write("$ loadgen\n");
  screen.Write(block.Replace({"abcdefghijklmnopqrs", "second", ""}, 20));
  screen.Resize({.columns = 10, .rows = 10});
  EXPECT_THAT(screen.lines(), ElementsAre("$ loadgen", "abcdefghij", "klmnopqrs", "second"));
  screen.Write(block.Replace({"a", "b"}, 10));
  EXPECT_THAT(screen.lines(), ElementsAre("$ loadgen", "a", "b"));
}

}  // namespace
}  // namespace phx::loadgen
