// The figures of a run that goes on, in the text format that Prometheus reads (version 0.0.4).
#ifndef PHX_LOADGEN_PROMETHEUS_TEXT_H_
#define PHX_LOADGEN_PROMETHEUS_TEXT_H_

#include <string>

#include "loadgen/recorder.h"

namespace phx::loadgen {

// Counters, failures by stage and cause, and latencies as histograms in seconds, each with its
// phase as a label. Names begin with "loadgen_".
std::string FormatPrometheus(const PhaseRecorders& recorders);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_PROMETHEUS_TEXT_H_
