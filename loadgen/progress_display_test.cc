#include "loadgen/progress_display.h"

#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loadgen/sample_result.h"
#include "loadgen/terminal_screen.h"

namespace phx::loadgen {
namespace {

using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr TerminalSize kSize = {.columns = 60, .rows = 20};

Progress At(Duration elapsed) { return {.phase = Phase::kMeasured, .elapsed = elapsed}; }

class ProgressDisplayTest : public ::testing::Test {
 protected:
  ProgressDisplay MakeDisplay(bool is_terminal) {
    if (is_terminal) console_.err_terminal = [] { return kSize; };
    return {console_, plan_};
  }

  std::vector<std::string> Screen() const {
    TerminalScreen screen(kSize);
    screen.Write(err_.str());
    return screen.lines();
  }

  Plan plan_ = SamplePlan();
  std::ostringstream out_;
  std::ostringstream err_;
  Console console_ = {.out = out_, .err = err_};
};

TEST_F(ProgressDisplayTest, ALogGetsALineForEachState) {
  ProgressDisplay display = MakeDisplay(/*is_terminal=*/false);
  display.Show(At(seconds(1)));
  display.Say("a message");
  display.Show(At(seconds(2)));
  display.Finish();
  EXPECT_EQ(err_.str(), FormatProgress(plan_, At(seconds(1))) + "\na message\n" +
                            FormatProgress(plan_, At(seconds(2))) + "\n");
}

TEST_F(ProgressDisplayTest, ATerminalShowsTheLastStateOnly) {
  ProgressDisplay display = MakeDisplay(/*is_terminal=*/true);
  display.Show(At(seconds(1)));
  display.Show(At(seconds(2)));
  const std::vector<std::string> screen = Screen();
  EXPECT_THAT(screen.front(), StartsWith("measured     2.0 s of 10.0 s, 8.0 s left  [######....."));
  EXPECT_EQ(screen.back(), "errors       0");
}

TEST_F(ProgressDisplayTest, MessagesStandAboveWhatIsShownNext) {
  ProgressDisplay display = MakeDisplay(/*is_terminal=*/true);
  display.Show(At(seconds(1)));
  display.Say("a message");
  EXPECT_THAT(Screen(), ElementsAre("a message"));
  display.Show(At(seconds(2)));
  EXPECT_EQ(Screen().front(), "a message");
  EXPECT_THAT(Screen(), Contains("errors       0"));
}

TEST_F(ProgressDisplayTest, NothingIsLeftOnATerminalAtTheEnd) {
  ProgressDisplay display = MakeDisplay(/*is_terminal=*/true);
  display.Show(At(seconds(1)));
  display.Show(At(seconds(2)));
  display.Finish();
  EXPECT_THAT(Screen(), IsEmpty());
}

TEST_F(ProgressDisplayTest, AQuietRunShowsNothingButMessages) {
  plan_.quiet = true;
  ProgressDisplay display = MakeDisplay(/*is_terminal=*/true);
  display.Show(At(seconds(1)));
  display.Say("a message");
  display.Finish();
  EXPECT_THAT(Screen(), ElementsAre("a message"));
}

}  // namespace
}  // namespace phx::loadgen
