// What was recorded, as JSON from which it can be read back to the last bin: what shards of a run
// tell the one that merges them.
#ifndef PHX_LOADGEN_RECORDER_JSON_H_
#define PHX_LOADGEN_RECORDER_JSON_H_

#include "loadgen/latency_histogram.h"
#include "loadgen/recorder.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {

// {"min": …, "max": …, "sum": …, "bins": [low, count, low, count, …]}, nanoseconds.
nlohmann::ordered_json ContentsJson(const LatencyHistogram::Contents& contents);
// {"counters": {…}, "histograms": {…}, "failures": […], "disruptions": […]}, of which what is zero
// or empty is left out.
nlohmann::ordered_json RecorderJson(const Recorder& recorder);

// The same back. Throw nlohmann::json::exception for what they do not understand.
LatencyHistogram ReadHistogram(const nlohmann::json& json);
Recorder ReadRecorder(const nlohmann::json& json);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_RECORDER_JSON_H_
