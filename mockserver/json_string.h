// JSON strings: how characters are written between quotes, and read back.
#ifndef PHX_MOCKSERVER_JSON_STRING_H_
#define PHX_MOCKSERVER_JSON_STRING_H_

#include <string>
#include <string_view>

namespace phx::mock {

// Whether `c` cannot stand for itself in a JSON string.
constexpr bool NeedsEscape(char c) {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

// Appends the escape for `c`, which needs one.
void AppendEscapedCharacter(std::string& out, char c);

// Appends `characters`, which are UTF-8, as a JSON string in the form that Phoenix uses: everything
// but quote, backslash and control characters stands for itself.
void AppendJsonString(std::string& out, std::string_view characters);

// The characters of a JSON string. `inner` is its text without the quotes, as JsonReader accepted
// it.
std::string UnescapeJsonString(std::string_view inner);

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_JSON_STRING_H_
