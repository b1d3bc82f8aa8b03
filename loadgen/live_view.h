// What a terminal shows of a run while it goes on.
//
//   measured     4.0 s of 10.0 s, 6.0 s left  [############..................]
//   phase        ramp 0..2000 5s (1 of 3), 1.0 s left
//   connections  1,000 of 1,000, joins 10,000 of 10,000
//   pushes       asked 1,700.0/s  sent 1,700.2/s  replied 1,699.8/s  late 0  skipped 0
//   latency         p50      p99      max
//     reply      205 µs   915 µs  2.81 ms
//   generator    busiest thread 21.0 % of a core, turns 177 µs late (p99)
//   errors       12
//     connections closed by the server (close_1012)  12
//
// Rates, latencies and the generator are those of the last interval; counts are of the run so far.
#ifndef PHX_LOADGEN_LIVE_VIEW_H_
#define PHX_LOADGEN_LIVE_VIEW_H_

#include <string>
#include <vector>

#include "loadgen/plan.h"
#include "loadgen/progress.h"
#include "loadgen/terminal.h"

namespace phx::loadgen {

// FormatLiveView()
//
// Lines without their ends, narrower than `size` and at least one fewer, so that the cursor has
// room below them. What has no room is left out from the end on, kinds of errors first.
std::vector<std::string> FormatLiveView(const Plan& plan, const Progress& progress,
                                        TerminalSize size);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_LIVE_VIEW_H_
