// What was recorded, as JSON from which it can be read back to the last bin: what shards of a run
// tell the one that merges them.
#ifndef PHX_LOADGEN_RECORDER_JSON_H_
#define PHX_LOADGEN_RECORDER_JSON_H_

#include <cstddef>
#include <string>

#include "loadgen/latency_histogram.h"
#include "loadgen/recorder.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {

// {"min": …, "max": …, "sum": …, "bins": [low, count, low, count, …]}, nanoseconds.
nlohmann::ordered_json ContentsJson(const LatencyHistogram::Contents& contents);
// {"counters": {…}, "histograms": {…}, "failures": […], "disruptions": […]}, of which what is zero
// or empty is left out.
nlohmann::ordered_json RecorderJson(const Recorder& recorder);

// The value of an enumeration of `count` values, from 0, that ToString() calls so. Throws
// nlohmann::json::exception if none is.
template <typename Enum>
Enum ReadEnum(const std::string& name, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto value = static_cast<Enum>(i);
    if (ToString(value) == name) return value;
  }
  throw nlohmann::json::other_error::create(501, "nothing is called \"" + name + "\"", nullptr);
}

// The same back. Throw nlohmann::json::exception for what they do not understand.
LatencyHistogram ReadHistogram(const nlohmann::json& json);
Recorder ReadRecorder(const nlohmann::json& json);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_RECORDER_JSON_H_
