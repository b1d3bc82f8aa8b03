// JsonScanner: walks over JSON text without building anything. It reads just enough of a message to
// route it; what lies inside a payload is only skipped.
//
// What does not find what it looks for moves the scanner over white space only.
//
// The scanner checks structure, not content: a value that it skips may still be malformed inside
// (`{"a":01}`), which shows when somebody parses it. It never reads outside the text and never
// throws.
#ifndef PHX_CLIENT_WIRE_JSON_SCANNER_H_
#define PHX_CLIENT_WIRE_JSON_SCANNER_H_

#include <cstddef>
#include <optional>
#include <string_view>

#include "client/wire/text.h"

namespace phx::wire {

class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) : text_(text) {}

  // Where the scanner stands, in bytes from the start; what an error message names.
  std::size_t position() const { return position_; }

  // True if nothing but white space is left.
  bool AtEnd() {
    SkipSpace();
    return position_ == text_.size();
  }

  // The next significant character, or '\0' at the end. Skips white space before it.
  char Peek() {
    SkipSpace();
    return position_ < text_.size() ? text_[position_] : '\0';
  }

  // Steps over `expected`, with white space before it. False, without a step, if something else
  // stands there.
  bool Consume(char expected) {
    SkipSpace();
    if (position_ == text_.size() || text_[position_] != expected) return false;
    ++position_;
    return true;
  }

  // A string. The result borrows the scanned text unless it contains escapes. nullopt also for one
  // that does not end or has malformed escapes.
  std::optional<Text> String();

  // A string, or a number as its text.
  std::optional<Text> StringOrNumber();

  // Steps over `null`.
  bool Null() {
    SkipSpace();
    if (!text_.substr(position_).starts_with("null")) return false;
    position_ += 4;
    return true;
  }

  // Any value, as the text that it occupies. nullopt also for one that does not end.
  std::optional<std::string_view> Value();

  // The value that reaches up to the text's last `closing` (its own closing bracket is checked,
  // what is between is not): O(1) in the length of the value. The scanner then stands at `closing`.
  std::optional<std::string_view> ValueUpToLast(char closing);

 private:
  static bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

  void SkipSpace() {
    while (position_ < text_.size() && IsSpace(text_[position_])) ++position_;
  }
  // Where the thing at `position_` ends; npos if it does not.
  std::size_t EndOfContainer() const;
  std::size_t EndOfScalar() const;
  std::size_t EndOfValue() const;

  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace phx::wire

#endif  // PHX_CLIENT_WIRE_JSON_SCANNER_H_
