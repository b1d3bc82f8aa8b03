// Text that is to stand on a terminal's line, with what it does to the terminal known.
#ifndef PHX_LOADGEN_TERMINAL_TEXT_H_
#define PHX_LOADGEN_TERMINAL_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace phx::loadgen {

// How many columns `text`, of UTF-8 without control characters, takes: two for each character of
// East Asian scripts and emoji, one for any other.
std::size_t ColumnsOf(std::string_view text);

// `text` with "?" in place of control characters, with which a server's message might otherwise
// move the cursor or begin a line of its own, and of bytes that are no UTF-8.
std::string Printable(std::string_view text);

// FitColumns()
//
// What is printable of `text`, in at most so many columns; what does not fit is cut off, which a
// "…" at the end tells.
std::string FitColumns(std::string_view text, std::size_t columns);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_TERMINAL_TEXT_H_
