// UTF-8 as RFC 3629 defines it.
#ifndef PHX_CLIENT_WIRE_UTF8_H_
#define PHX_CLIENT_WIRE_UTF8_H_

#include <cstddef>
#include <string_view>

namespace phx::wire {

// Whether all of `bytes` is UTF-8: no overlong form, no surrogate, nothing above U+10FFFF, no
// character cut off at the end.
bool IsValidUtf8(std::string_view bytes);

// The longest prefix of `text`, which is UTF-8, that has at most `max_bytes` bytes and does not cut
// a character.
std::string_view TruncateUtf8(std::string_view text, std::size_t max_bytes);

}  // namespace phx::wire

#endif  // PHX_CLIENT_WIRE_UTF8_H_
