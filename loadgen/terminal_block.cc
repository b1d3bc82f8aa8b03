#include "loadgen/terminal_block.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "loadgen/terminal_text.h"

namespace phx::loadgen {
namespace {

// ECMA-48.
constexpr char kEraseToEndOfLine[] = "\x1b[K";
constexpr char kEraseToEndOfScreen[] = "\x1b[J";

}  // namespace

std::string TerminalBlock::Replace(const std::vector<std::string>& lines, std::size_t columns) {
  std::string text = Return(columns);
  widths_.clear();
  for (const std::string& line : lines) {
    // What stood there is overwritten, then cleared: an empty line in between would flicker.
    absl::StrAppend(&text, line, kEraseToEndOfLine, "\n");
    widths_.push_back(ColumnsOf(line));
  }
  return absl::StrCat(text, kEraseToEndOfScreen);
}

std::string TerminalBlock::Erase(std::size_t columns) {
  std::string text = Return(columns);
  widths_.clear();
  return absl::StrCat(text, kEraseToEndOfScreen);
}

std::string TerminalBlock::Return(std::size_t columns) const {
  std::size_t rows = 0;
  for (const std::size_t width : widths_) {
    rows += std::max<std::size_t>(1, (width + columns - 1) / std::max<std::size_t>(1, columns));
  }
  return rows == 0 ? "\r" : absl::StrCat("\r\x1b[", rows, "A");
}

}  // namespace phx::loadgen
