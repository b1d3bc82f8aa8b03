// The series of a run as CSV (RFC 4180): a head line, then one line for each interval and phase.
#ifndef PHX_LOADGEN_CSV_REPORT_H_
#define PHX_LOADGEN_CSV_REPORT_H_

#include <string>

#include "loadgen/report.h"

namespace phx::loadgen {

std::string FormatCsv(const Report& report);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_CSV_REPORT_H_
