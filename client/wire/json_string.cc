#include "client/wire/json_string.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace phx::wire {
namespace {

// Every control character has the long escape; the short ones of some are a convenience.
void AppendEscaped(char c, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  if (c == '"' || c == '\\') {
    out.push_back('\\');
    out.push_back(c);
    return;
  }
  out.append("\\u00");
  out.push_back(kHex[static_cast<unsigned char>(c) >> 4U]);
  out.push_back(kHex[static_cast<unsigned char>(c) & 0xFU]);
}

}  // namespace

void AppendJsonString(std::string_view text, std::string& out) {
  out.push_back('"');
  for (std::size_t done = 0;;) {
    const std::size_t special = FindSpecial(text, done);
    out.append(text.substr(done, special - done));
    if (special == text.size()) break;
    AppendEscaped(text[special], out);
    done = special + 1;
  }
  out.push_back('"');
}

}  // namespace phx::wire
