// What --dry-run prints.
#ifndef PHX_LOADGEN_DRY_RUN_TEXT_H_
#define PHX_LOADGEN_DRY_RUN_TEXT_H_

#include <string>

#include "loadgen/plan.h"

namespace phx::loadgen {

// All that is known of a run before anything is opened.
std::string FormatDryRun(const Plan& plan);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_DRY_RUN_TEXT_H_
