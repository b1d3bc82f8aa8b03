// FrameFaultJudge: which frame of one connection meets which fault.
#ifndef PHX_MOCKSERVER_FRAME_FAULT_JUDGE_H_
#define PHX_MOCKSERVER_FRAME_FAULT_JUDGE_H_

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "mockserver/channel.h"
#include "mockserver/faults.h"
#include "mockserver/frame_fault.h"
#include "mockserver/seeded_random.h"

namespace phx::mock {

class FrameFaultJudge {
 public:
  FrameFaultJudge(std::shared_ptr<const Faults> faults, ConnectionId connection);

  // Begins to count anew.
  void SetFaults(std::shared_ptr<const Faults> faults);

  bool has_faults() const { return !faults_->frames.empty(); }

  // The fault of the next frame with this topic and event; nullptr for none. Counts the frame.
  // Valid until SetFaults().
  const FrameFault* Judge(FrameFault::Direction direction, std::string_view topic,
                          std::string_view event);

  // Drawn for a kCorrupt fault.
  std::uint64_t Draw() { return random_.Next(); }

 private:
  std::shared_ptr<const Faults> faults_;
  const ConnectionId connection_;
  SeededRandom random_;
  std::vector<std::uint64_t> matched_;  // by fault
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_FRAME_FAULT_JUDGE_H_
