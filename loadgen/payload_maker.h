// Makes the payloads that users push: a template with what differs from user to user put in, and
// filled up to the size that was asked for.
#ifndef PHX_LOADGEN_PAYLOAD_MAKER_H_
#define PHX_LOADGEN_PAYLOAD_MAKER_H_

#include <cstdint>
#include <optional>

#include "client/wire/payload.h"
#include "loadgen/broadcast_stamp.h"
#include "loadgen/payload_template.h"
#include "loadgen/seeded_random.h"
#include "loadgen/user_template.h"

namespace phx::loadgen {

// MakePayload()
//
// The payload of the user whose `values` those are, of a size that `random` draws. With a stamp it
// is at least as large as that needs. One that is always the same borrows from `payload`, which
// must outlive it.
wire::Payload MakePayload(const PayloadTemplate& payload, UserTemplate::Values values,
                          SeededRandom* random,
                          const std::optional<BroadcastStamp>& stamp = std::nullopt);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_PAYLOAD_MAKER_H_
