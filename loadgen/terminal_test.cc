#include "loadgen/terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <functional>
#include <stdexcept>

#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

// A terminal that nobody looks at.
class PseudoTerminal {
 public:
  PseudoTerminal() : master_(posix_openpt(O_RDWR | O_NOCTTY)) {
    if (master_ < 0 || grantpt(master_) != 0 || unlockpt(master_) != 0) {
      throw std::runtime_error("no pseudoterminal");
    }
    std::array<char, 64> name = {};
    if (ptsname_r(master_, name.data(), name.size()) != 0) {
      throw std::runtime_error("no name of the pseudoterminal");
    }
    slave_ = open(name.data(), O_RDWR | O_NOCTTY);
  }
  ~PseudoTerminal() {
    close(slave_);
    close(master_);
  }
  PseudoTerminal(const PseudoTerminal&) = delete;
  PseudoTerminal& operator=(const PseudoTerminal&) = delete;

  int descriptor() const { return slave_; }
  void Resize(unsigned short columns, unsigned short rows) const {
    const winsize size = {.ws_row = rows, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
    EXPECT_EQ(ioctl(master_, TIOCSWINSZ, &size), 0);
  }

 private:
  int master_;
  int slave_ = -1;
};

void SetTerminalType(const char* type) {
  setenv("TERM", type, /*overwrite=*/1);  // NOLINT(concurrency-mt-unsafe): there is one thread
}

TEST(TerminalTest, TellsItsSizeOfTheMoment) {
  SetTerminalType("xterm");
  const PseudoTerminal terminal;
  const std::function<TerminalSize()> size = TerminalOf(terminal.descriptor());
  ASSERT_TRUE(size);
  terminal.Resize(120, 40);
  EXPECT_EQ(size(), (TerminalSize{.columns = 120, .rows = 40}));
  terminal.Resize(60, 20);
  EXPECT_EQ(size(), (TerminalSize{.columns = 60, .rows = 20}));
}

TEST(TerminalTest, OneThatDoesNotTellItsSizeIsTakenForTheUsualOne) {
  SetTerminalType("xterm");
  const PseudoTerminal terminal;
  terminal.Resize(0, 0);
  EXPECT_EQ(TerminalOf(terminal.descriptor())(), (TerminalSize{.columns = 80, .rows = 24}));
}

TEST(TerminalTest, APipeIsNone) {
  int ends[2] = {};
  ASSERT_EQ(pipe(ends), 0);
  EXPECT_FALSE(TerminalOf(ends[1]));
  close(ends[0]);
  close(ends[1]);
}

TEST(TerminalTest, ADumbOneIsNone) {
  const PseudoTerminal terminal;
  SetTerminalType("dumb");
  EXPECT_FALSE(TerminalOf(terminal.descriptor()));
}

}  // namespace
}  // namespace phx::loadgen
