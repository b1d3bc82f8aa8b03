// Breaks a text into lines.
#ifndef PHX_LOADGEN_WRAP_TEXT_H_
#define PHX_LOADGEN_WRAP_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace phx::loadgen {

// The words of `text`, which are separated by single spaces, in lines of at most `columns` bytes. A
// word that is longer has a line of its own. One empty line for an empty text.
std::vector<std::string> WrapText(std::string_view text, std::size_t columns);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_WRAP_TEXT_H_
