// Makes the kinds of users of a plan of what somebody asked for.
#ifndef PHX_LOADGEN_MAKE_KINDS_H_
#define PHX_LOADGEN_MAKE_KINDS_H_

#include <cstdint>
#include <vector>

#include "loadgen/mistakes.h"
#include "loadgen/settings.h"
#include "loadgen/user_kind.h"

namespace phx::loadgen {

// MakeKinds()
//
// Checks what `settings` say of users, shares connections and rate out between their kinds, and
// prepares texts. Connections and rates follow the weights; each kind has one connection at least.
// What is wrong is added to `*mistakes`, and the result is of no use then.
std::vector<UserKind> MakeKinds(const Settings& settings, Mistakes* mistakes);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_MAKE_KINDS_H_
