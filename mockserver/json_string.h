// JSON strings: how characters are written between quotes, and read back.
#ifndef PHX_MOCKSERVER_JSON_STRING_H_
#define PHX_MOCKSERVER_JSON_STRING_H_

#include <string>
#include <string_view>

namespace phx::mock {

// Whether any of `characters` cannot stand for itself in a JSON string.
inline bool NeedsEscapes(std::string_view characters) {
  for (const char c : characters) {
    if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20) return true;
  }
  return false;
}

// Appends `characters`, which are UTF-8, as a JSON string in the form that Phoenix uses: everything
// but quote, backslash and control characters stands for itself.
void AppendJsonString(std::string& out, std::string_view characters);

// The characters of a JSON string. `inner` is its text without the quotes, as JsonReader accepted
// it.
std::string UnescapeJsonString(std::string_view inner);

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_JSON_STRING_H_
