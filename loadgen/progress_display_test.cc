#include "loadgen/progress_display.h"

#include <sstream>

#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

TEST(ProgressDisplayTest, ALogGetsALineForEachState) {
  std::ostringstream out;
  ProgressDisplay display(out, /*is_terminal=*/false);
  display.Show("one");
  display.Show("two");
  display.Finish();
  EXPECT_EQ(out.str(), "one\ntwo\n");
}

TEST(ProgressDisplayTest, ATerminalGetsOneLineThatChanges) {
  std::ostringstream out;
  ProgressDisplay display(out, /*is_terminal=*/true);
  display.Show("one");
  display.Show("two");
  display.Finish();
  EXPECT_EQ(out.str(), "\r\x1b[Kone\r\x1b[Ktwo\n");
}

TEST(ProgressDisplayTest, FinishWithoutALineLeavesNone) {
  std::ostringstream out;
  ProgressDisplay display(out, /*is_terminal=*/true);
  display.Finish();
  EXPECT_EQ(out.str(), "");
}

}  // namespace
}  // namespace phx::loadgen
