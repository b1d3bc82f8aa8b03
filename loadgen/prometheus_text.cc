#include "loadgen/prometheus_text.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "loadgen/failure.h"
#include "loadgen/flag_value.h"
#include "loadgen/latency_histogram.h"
#include "loadgen/time.h"

namespace phx::loadgen {
namespace {

// The upper ends of the buckets, in seconds: from what a LAN needs to what no user waits for.
constexpr std::array<double, 14> kBounds = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                            0.025,  0.05,    0.1,    0.25,  0.5,    1,     10};

constexpr double kNanosecondsPerSecond = 1e9;

std::string PhaseLabel(Phase phase) {
  return absl::StrCat("phase=\"", std::string(ToString(phase)), "\"");
}

void AppendCounters(const PhaseRecorders& recorders, std::string* text) {
  for (std::size_t i = 0; i < kCounterCount; ++i) {
    const auto counter = static_cast<Counter>(i);
    const std::string name = absl::StrCat("loadgen_", std::string(ToString(counter)), "_total");
    absl::StrAppend(text, "# TYPE ", name, " counter\n");
    for (const Phase phase : kPhases) {
      absl::StrAppend(text, name, "{", PhaseLabel(phase), "} ", recorders[phase].count(counter),
                      "\n");
    }
  }
}

// A label's value; what a server said may be in it.
std::string Escaped(const std::string& value) {
  return absl::StrReplaceAll(value, {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", "\\n"}});
}

void AppendFailures(const PhaseRecorders& recorders, std::string* text) {
  absl::StrAppend(text, "# TYPE loadgen_failures_total counter\n");
  for (const Phase phase : kPhases) {
    for (const FailureTable::Row& row : recorders[phase].failures().rows()) {
      absl::StrAppend(text, "loadgen_failures_total{", PhaseLabel(phase), ",stage=\"",
                      std::string(ToString(row.stage)), "\",cause=\"",
                      std::string(ToString(row.cause)), "\",kind=\"", Escaped(row.kind), "\"} ",
                      row.count, "\n");
    }
  }
}

void AppendHistogram(const std::string& name, const std::string& label,
                     const LatencyHistogram& histogram, std::string* text) {
  const LatencyHistogram::Contents contents = histogram.contents();
  const std::vector<LatencyHistogram::Bin>& bins = contents.bins;
  std::size_t next = 0;
  std::uint64_t below = 0;
  for (const double bound : kBounds) {
    // A bin that reaches over the bound counts above it: a bucket never claims too much.
    while (next < bins.size() && ToSeconds(bins[next].high) <= bound) below += bins[next++].count;
    absl::StrAppend(text, name, "_bucket{", label, absl::StrFormat(",le=\"%g\"} ", bound), below,
                    "\n");
  }
  // With all its digits: what is watched is how much a sum grows from one look to the next.
  const std::string sum = FormatFlagValue(contents.sum / kNanosecondsPerSecond);
  absl::StrAppend(text, name, "_bucket{", label, ",le=\"+Inf\"} ", histogram.count(), "\n", name,
                  "_sum{", label, "} ", sum, "\n", name, "_count{", label, "} ", histogram.count(),
                  "\n");
}

}  // namespace

std::string FormatPrometheus(const PhaseRecorders& recorders) {
  std::string text;
  AppendCounters(recorders, &text);
  AppendFailures(recorders, &text);
  for (const Metric metric : kReportedMetrics) {
    const std::string name = absl::StrCat("loadgen_", std::string(ToString(metric)), "_seconds");
    absl::StrAppend(&text, "# HELP ", name, " ", std::string(Describe(metric)), "\n# TYPE ", name,
                    " histogram\n");
    for (const Phase phase : kPhases) {
      AppendHistogram(name, PhaseLabel(phase), recorders[phase].latency(metric), &text);
    }
  }
  return text;
}

}  // namespace phx::loadgen
