// PreparedRun: all that has to be there before the first connection is opened.
#ifndef PHX_LOADGEN_PREPARED_RUN_H_
#define PHX_LOADGEN_PREPARED_RUN_H_

#include <memory>

#include "absl/status/statusor.h"
#include "loadgen/console.h"
#include "loadgen/embedded_server.h"
#include "loadgen/plan.h"
#include "loadgen/report_files.h"
#include "loadgen/settings.h"

namespace phx::loadgen {

struct PreparedRun {
  Plan plan = {};  // with its urls
  ReportFiles files = {};
  std::unique_ptr<EmbeddedServer> server = nullptr;  // if there is to be one
};

// The plan of what somebody asked for, if this machine can carry it out. Warnings go to `console`.
absl::StatusOr<Plan> MakeCheckedPlan(const Settings& settings, const Console& console);

// The same with everything opened that is not a connection. kInvalidArgument, and others: something
// cannot be had.
absl::StatusOr<PreparedRun> PrepareRun(const Settings& settings, const Console& console);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_PREPARED_RUN_H_
