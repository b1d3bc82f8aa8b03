// StageClock: announces the stages of an attempt to connect, and takes their times.
#ifndef PHX_CLIENT_TRANSPORT_STAGE_CLOCK_H_
#define PHX_CLIENT_TRANSPORT_STAGE_CLOCK_H_

#include <chrono>
#include <functional>
#include <string_view>

#include "client/wire/connection_info.h"

namespace phx {

// Told of each stage when it begins.
using StageObserver = std::function<void(ConnectStage stage, std::string_view detail)>;

class StageClock {
 public:
  explicit StageClock(StageObserver observer);

  // The stage before ends here. A stage that is entered twice has the sum of both times.
  void Enter(ConnectStage stage, std::string_view detail);
  void Stop();

  const ConnectTimings& timings() const { return timings_; }

 private:
  std::chrono::nanoseconds& TimingOf(ConnectStage stage);

  StageObserver observer_;
  ConnectTimings timings_;
  std::chrono::nanoseconds* current_ = nullptr;
  std::chrono::steady_clock::time_point since_;
};

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_STAGE_CLOCK_H_
