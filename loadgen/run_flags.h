// The flags that say what a run is: on the command line, and, by the same names, as the fields of a
// scenario (scenario.h).
#ifndef PHX_LOADGEN_RUN_FLAGS_H_
#define PHX_LOADGEN_RUN_FLAGS_H_

#include "loadgen/flag_set.h"
#include "loadgen/settings.h"

namespace phx::loadgen {

// Everything that a run does.
void AddRunFlags(FlagSet* flags, Settings* settings);

// What each of its users does; AddRunFlags() has them too, for all users.
void AddUserFlags(FlagSet* flags, KindSettings* user);

// Which part of it this process does, and when: no scenario says that.
void AddShardFlags(FlagSet* flags, Settings* settings);

// What is written and shown of it.
void AddOutputFlags(FlagSet* flags, Settings* settings);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_RUN_FLAGS_H_
