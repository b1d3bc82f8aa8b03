// Where masking keys come from.
#ifndef PHX_CLIENT_WIRE_MASKING_KEY_SOURCE_H_
#define PHX_CLIENT_WIRE_MASKING_KEY_SOURCE_H_

#include "client/wire/masking.h"

namespace phx::wire {

// NextMaskingKey()
//
// A fresh key that nobody can predict (RFC 6455 10.3). Keys are drawn from OpenSSL's generator in
// blocks, since one call for each frame would cost more than the frame itself; every thread has its
// own block, and no key is used twice. Aborts the process if the system has no randomness to give.
//
// Threads: any. After fork() the child draws keys of its own.
MaskingKey NextMaskingKey();

}  // namespace phx::wire

#endif  // PHX_CLIENT_WIRE_MASKING_KEY_SOURCE_H_
