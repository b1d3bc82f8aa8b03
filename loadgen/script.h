// Script: what a user does over and over, step by step, with time to think in between.
//
//   [{"think": "1s..5s"},
//    {"push": "new_msg", "payload": {"body": "{data}"}, "payload_size": "20..200"},
//    {"think": "10s"}, "leave", {"think": "2s"}, "join"]
//
//   {"think": DURATION}   waits so long; of a range, as long as is drawn for each user and time;
//                         {"exponential": MEAN}, {"normal": MEAN, "stdev": DURATION} likewise
//   {"push": EVENT}       pushes, and waits for the reply
//   {"cast": EVENT}       pushes, and expects nothing
//   "leave", "join"       leaves the channel; joins it again
//
// Each step waits for the one before it: a script is a closed model, one user at a time.
#ifndef PHX_LOADGEN_SCRIPT_H_
#define PHX_LOADGEN_SCRIPT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "loadgen/payload_template.h"
#include "loadgen/think_time.h"

namespace phx::loadgen {

struct ScriptStep {
  enum class Action : std::uint8_t { kPush, kCast, kLeave, kJoin };

  std::vector<ThinkTime> think = {};  // before it, one after the other
  Action action = Action::kPush;
  // Of a push or cast:
  std::string event = {};
  PayloadTemplate payload = {};
};

// The time to think behind the last step is a part of that before the first.
using Script = std::vector<ScriptStep>;

// How long a round takes on average, of the thinking alone.
Duration MeanRound(const Script& script);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_SCRIPT_H_
