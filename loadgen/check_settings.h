// Checks what somebody asked for of a whole run. What is asked of users, MakeKinds() checks
// (make_kinds.h).
#ifndef PHX_LOADGEN_CHECK_SETTINGS_H_
#define PHX_LOADGEN_CHECK_SETTINGS_H_

#include "loadgen/mistakes.h"
#include "loadgen/plan.h"
#include "loadgen/settings.h"

namespace phx::loadgen {

// Adds what is wrong to `*mistakes`. `plan` has its kinds and phases, and `settings` the rate and
// duration of the phases, if there are some.
void CheckSettings(const Settings& settings, const Plan& plan, Mistakes* mistakes);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_CHECK_SETTINGS_H_
