#include "loadgen/prepared_run.h"

#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "loadgen/descriptor_limit.h"
#include "loadgen/local_address.h"
#include "loadgen/make_plan.h"
#include "loadgen/port_range.h"
#include "loadgen/start_time.h"
#include "loadgen/wall_clock.h"

namespace phx::loadgen {
namespace {

// What can be known to go wrong before anything is opened.
absl::Status CheckMachine(const Plan& plan, const Console& console) {
  const absl::StatusOr<std::uint64_t> limit = RaiseDescriptorLimit();
  if (!limit.ok()) return limit.status();
  absl::Status status = CheckDescriptors(plan, *limit);
  status.Update(CheckLocalAddresses(plan.local_addresses));
  if (!status.ok()) return status;
  if (const std::optional<std::uint64_t> ports = LocalPorts()) {
    const std::optional<std::string> warning = WarnOfPorts(plan, *ports);
    if (warning.has_value()) console.err << "loadgen: warning: " << *warning << "\n";
  }
  return absl::OkStatus();
}

absl::Status CheckStart(const Plan& plan) {
  if (!plan.start_at.has_value()) return absl::OkStatus();
  absl::Status status = CheckStartTime(*plan.start_at, WallNow());
  if (status.ok()) return status;
  return absl::InvalidArgumentError(
      absl::StrCat("--start-at: ", ToString(*plan.start_at), " ", status.message()));
}

}  // namespace

absl::StatusOr<Plan> MakeCheckedPlan(const Settings& settings, const Console& console) {
  absl::StatusOr<Plan> plan = MakePlan(settings, std::thread::hardware_concurrency());
  if (!plan.ok()) return plan;
  const absl::Status machine = CheckMachine(*plan, console);
  if (!machine.ok()) return machine;
  const absl::Status start = CheckStart(*plan);
  if (!start.ok()) return start;
  return plan;
}

absl::StatusOr<PreparedRun> PrepareRun(const Settings& settings, const Console& console) {
  absl::StatusOr<Plan> plan = MakeCheckedPlan(settings, console);
  if (!plan.ok()) return plan.status();
  absl::StatusOr<ReportFiles> files =
      ReportFiles::Open({.json = plan->json_file, .csv = plan->csv_file, .html = plan->html_file});
  if (!files.ok()) return files.status();
  PreparedRun prepared{.plan = *std::move(plan), .files = *std::move(files)};
  if (!prepared.plan.embedded) return prepared;
  prepared.server = std::make_unique<EmbeddedServer>(prepared.plan);
  const absl::Status listens = prepared.server->status();
  if (!listens.ok()) return listens;
  prepared.plan.urls = prepared.server->urls();
  return prepared;
}

}  // namespace phx::loadgen
