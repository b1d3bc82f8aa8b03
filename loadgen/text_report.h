// The report for people, on a terminal or in a log.
#ifndef PHX_LOADGEN_TEXT_REPORT_H_
#define PHX_LOADGEN_TEXT_REPORT_H_

#include <string>

#include "loadgen/report.h"

namespace phx::loadgen {

std::string FormatText(const Report& report);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_TEXT_REPORT_H_
