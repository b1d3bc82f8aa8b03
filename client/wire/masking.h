// Masking of WebSocket payloads (RFC 6455 5.3): what a client sends is XORed with four random
// bytes, so that no script can make a browser write bytes of its choosing to a caching proxy.
#ifndef PHX_CLIENT_WIRE_MASKING_H_
#define PHX_CLIENT_WIRE_MASKING_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace phx::wire {

// The four bytes in the order in which they stand on the wire.
using MaskingKey = std::array<std::uint8_t, 4>;

// ApplyMask()
//
// Copies `size` bytes from `from` to `to`, masked, or unmasked, which is the same. `to` may be
// `from`; otherwise they must not overlap. `offset` is the position of the first of them in its
// frame's payload: a payload may be masked piece by piece. Eight bytes at a time.
void ApplyMask(char* to, const char* from, std::size_t size, MaskingKey key,
               std::size_t offset = 0);

}  // namespace phx::wire

#endif  // PHX_CLIENT_WIRE_MASKING_H_
