// The verdict on a run: whether it passed, why not, and what makes its figures doubtful.
#ifndef PHX_LOADGEN_VERDICT_H_
#define PHX_LOADGEN_VERDICT_H_

#include <optional>
#include <string>

#include "loadgen/report.h"
#include "loadgen/threshold.h"

namespace phx::loadgen {

// Judge()
//
// Holds the conditions of `report.plan` against the figures of `report`, whose own verdict it does
// not read. A condition on a latency of which nothing was recorded cannot be checked, and fails. A
// shard is not held against conditions on counts, other than 0, nor on the rate: those are of the
// whole.
Verdict Judge(const Report& report);

// The first condition of --abort-if that holds for a run that still goes on, with its value:
// "errors > 10 (12)". One that cannot be checked yet does not hold.
std::optional<std::string> FindAbort(const Report& report);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_VERDICT_H_
