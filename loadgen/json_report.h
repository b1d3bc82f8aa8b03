// The report for programs.
#ifndef PHX_LOADGEN_JSON_REPORT_H_
#define PHX_LOADGEN_JSON_REPORT_H_

#include <string>

#include "loadgen/machine.h"
#include "loadgen/report.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {

inline constexpr char kRunSchema[] = "phoenix-loadgen-run";
// Grows when a field changes its meaning or goes away; new fields do not change it.
inline constexpr int kRunSchemaVersion = 2;

// FormatJson()
//
// One JSON object with everything that is known of a run: "schema" and "schema_version" first, at
// the end the histograms and the series. "passed" is true exactly if
// the exit code is 0. Durations are whole nanoseconds (fields that end in _ns), rates per second.
// The README describes every field. Contains no params and no query of the URL.
//
// With `shard`, ShardJson() of the same run, it has what loadgen merge needs.
std::string FormatJson(const Report& report, const nlohmann::ordered_json& shard = nullptr);

// The same without histograms and series, and not yet text.
nlohmann::ordered_json SummaryJson(const Report& report);

// {"host": …, "system": …, "cpu": …, "cores": …, "memory_bytes": …}
nlohmann::ordered_json MachineJson(const Machine& machine);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_JSON_REPORT_H_
