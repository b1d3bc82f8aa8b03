// What a threshold is held against: the figure that it names, read from a report.
#ifndef PHX_LOADGEN_THRESHOLD_READING_H_
#define PHX_LOADGEN_THRESHOLD_READING_H_

#include <optional>
#include <string>

#include "loadgen/report.h"
#include "loadgen/threshold.h"

namespace phx::loadgen {

// The value in the unit of Threshold::limit; none if it is a latency of which nothing was recorded,
// or a rate while nothing was measured.
std::optional<double> ReadFigure(const Threshold& threshold, const Report& report);

// Such a value as people read it: "61.3 ms", "1,205", "0.24 %".
std::string FormatFigure(const Threshold& threshold, double value);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_THRESHOLD_READING_H_
