#include "client/transport/stage_clock.h"

#include <chrono>
#include <string_view>
#include <utility>

#include "client/wire/connection_info.h"

namespace phx {

StageClock::StageClock(StageObserver observer) : observer_(std::move(observer)) {}

void StageClock::Enter(ConnectStage stage, std::string_view detail) {
  Stop();
  current_ = &TimingOf(stage);
  observer_(stage, detail);
}

void StageClock::Stop() {
  const auto now = std::chrono::steady_clock::now();
  if (current_ != nullptr) *current_ += now - since_;
  current_ = nullptr;
  since_ = now;
}

std::chrono::nanoseconds& StageClock::TimingOf(ConnectStage stage) {
  switch (stage) {
    case ConnectStage::kResolving: return timings_.resolve;
    case ConnectStage::kConnecting: return timings_.connect;
    case ConnectStage::kSecuring: return timings_.secure;
    case ConnectStage::kUpgrading: return timings_.upgrade;
  }
  return timings_.upgrade;
}

}  // namespace phx
