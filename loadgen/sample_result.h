// A plan and its result, as the tests of reports and formatters need them: one that passed, with
// figures that are easy to follow, and one in which everything that can go wrong did.
#ifndef PHX_LOADGEN_SAMPLE_RESULT_H_
#define PHX_LOADGEN_SAMPLE_RESULT_H_

#include "loadgen/plan.h"
#include "loadgen/run_result.h"

namespace phx::loadgen {

Plan SamplePlan();
// Of nothing, but ten seconds long.
RunResult BaseResult();
RunResult PassedResult();
RunResult FailedResult();

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_SAMPLE_RESULT_H_
