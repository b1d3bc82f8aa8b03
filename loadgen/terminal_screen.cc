#include "loadgen/terminal_screen.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "gtest/gtest.h"

namespace phx::loadgen {

void TerminalScreen::Write(std::string_view text) {
  while (!text.empty()) {
    const char first = text.front();
    if (first == '\x1b') {
      text = Control(text);
      continue;
    }
    std::size_t size = 1;
    while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) ++size;
    if (first == '\n') {
      NewLine();
    } else if (first == '\r') {
      column_ = 0;
    } else {
      EXPECT_GE(static_cast<unsigned char>(first), 0x20) << "a control character was written";
      Put(text.substr(0, size));
    }
    text.remove_prefix(size);
  }
}

void TerminalScreen::Put(std::string_view character) {
  if (column_ == size_.columns) {
    continues_[row_] = true;
    NewLine();
  }
  Line& on = line();
  if (on.size() <= column_) on.resize(column_ + 1, " ");
  on[column_++] = character;
}

void TerminalScreen::NewLine() {
  column_ = 0;
  ++row_;
  line();
}

// Reads a sequence; what comes after it.
std::string_view TerminalScreen::Control(std::string_view text) {
  const std::size_t end = text.find_first_of("AJK");
  EXPECT_TRUE(text.starts_with("\x1b[") && end != std::string_view::npos)
      << "an unknown sequence was written: " << text.substr(1);
  if (end == std::string_view::npos) return {};
  std::size_t count = 1;
  std::from_chars(text.data() + 2, text.data() + end, count);
  const std::size_t top = lines_.size() > size_.rows ? lines_.size() - size_.rows : 0;
  if (text[end] == 'A') row_ = std::max(top, row_ > count ? row_ - count : 0);
  if (text[end] != 'A' && line().size() > column_) line().resize(column_);
  if (text[end] == 'J') {
    lines_.resize(row_ + 1);
    continues_.resize(row_ + 1);
    continues_[row_] = false;
  }
  return text.substr(end + 1);
}

TerminalScreen::Line& TerminalScreen::line() {
  if (lines_.size() <= row_) {
    lines_.resize(row_ + 1);
    continues_.resize(row_ + 1);
  }
  return lines_[row_];
}

void TerminalScreen::Resize(TerminalSize size) {
  const std::vector<Line> old = std::exchange(lines_, {{}});
  const std::vector<bool> continued = std::exchange(continues_, {false});
  const std::size_t cursor = std::exchange(row_, 0);
  column_ = 0;
  size_ = size;
  for (std::size_t i = 0; i < cursor; ++i) {  // the cursor is on the last line, which is empty
    for (const std::string& character : old[i]) Put(character);
    if (!continued[i]) NewLine();
  }
}

std::vector<std::string> TerminalScreen::lines() const {
  std::vector<std::string> texts;
  for (const Line& characters : lines_) {
    std::string text;
    for (const std::string& character : characters) text += character;
    text.erase(text.find_last_not_of(' ') + 1);
    texts.push_back(std::move(text));
  }
  while (!texts.empty() && texts.back().empty()) texts.pop_back();
  return texts;
}

}  // namespace phx::loadgen
