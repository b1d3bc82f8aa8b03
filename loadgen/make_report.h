// Makes a Report of what a run left behind.
//
//   Report report = MakeReport(plan, result);
//   std::cout << FormatText(report);
#ifndef PHX_LOADGEN_MAKE_REPORT_H_
#define PHX_LOADGEN_MAKE_REPORT_H_

#include "loadgen/plan.h"
#include "loadgen/report.h"
#include "loadgen/run_result.h"

namespace phx::loadgen {

// `result` may be that of a run that still goes on.
Report MakeReport(const Plan& plan, const RunResult& result);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_MAKE_REPORT_H_
