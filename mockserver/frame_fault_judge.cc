#include "mockserver/frame_fault_judge.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "mockserver/frame_fault.h"
#include "mockserver/seeded_random.h"
#include "mockserver/topic_pattern.h"

namespace phx::mock {

FrameFaultJudge::FrameFaultJudge(std::shared_ptr<const Faults> faults, ConnectionId connection)
    : faults_(std::move(faults)),
      connection_(connection),
      random_(faults_->seed, connection_),
      matched_(faults_->frames.size()) {}

void FrameFaultJudge::SetFaults(std::shared_ptr<const Faults> faults) {
  faults_ = std::move(faults);
  random_ = SeededRandom(faults_->seed, connection_);
  matched_.assign(faults_->frames.size(), 0);
}

const FrameFault* FrameFaultJudge::Judge(FrameFault::Direction direction, std::string_view topic,
                                         std::string_view event) {
  const FrameFault* found = nullptr;
  for (std::size_t i = 0; i != faults_->frames.size(); ++i) {
    const FrameFault& fault = faults_->frames[i];
    const bool matches = fault.direction == direction &&
                         (fault.topic.empty() || MatchesPattern(fault.topic, topic)) &&
                         (fault.event.empty() || fault.event == event);
    if (!matches) continue;
    const std::uint64_t before = matched_[i]++;
    if (found != nullptr || before < fault.skip || before - fault.skip >= fault.count) continue;
    if (fault.probability < 1 && random_.NextFraction() >= fault.probability) continue;
    found = &fault;
  }
  return found;
}

}  // namespace phx::mock
