#include "mockserver/races.h"

#include <cstdint>

namespace phx::mock {
namespace {

// Of 320 runs of a join behind something, how many took the third way.
constexpr std::uint64_t kLateOf320 = 1;

// Of 80 runs, in how many the channel was faster.
std::uint64_t HandledOf80(RaceKind kind) {
  switch (kind) {
    case RaceKind::kLeaveThenJoin: return 23;
    case RaceKind::kLeaveThenPush: return 32;
    case RaceKind::kPushThenJoin: return 21;
    case RaceKind::kPushThenPush: return 33;
    case RaceKind::kPushThenMalformed: return 27;
  }
  return 0;
}

// SplitMix64: a good mixer of consecutive numbers.
std::uint64_t Mix(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
  return value ^ (value >> 31);
}

}  // namespace

RaceJudge::RaceJudge(const Races& races, std::uint64_t connection)
    : races_(races), state_(Mix(races.seed.value_or(0) ^ Mix(connection))) {}

RaceOutcome RaceJudge::Decide(RaceKind kind) {
  if (races_.seed.has_value()) {
    state_ += 0x9E3779B97F4A7C15;
    const std::uint64_t drawn = Mix(state_) % 320;
    if (drawn < HandledOf80(kind) * 4) return RaceOutcome::kHandled;
    return drawn >= 320 - kLateOf320 ? RaceOutcome::kLate : RaceOutcome::kLost;
  }
  switch (kind) {
    case RaceKind::kLeaveThenJoin: return races_.leave_then_join;
    case RaceKind::kLeaveThenPush: return races_.leave_then_push;
    case RaceKind::kPushThenJoin: return races_.push_then_join;
    case RaceKind::kPushThenPush: return races_.push_then_push;
    case RaceKind::kPushThenMalformed: return races_.push_then_malformed;
  }
  return RaceOutcome::kLost;
}

}  // namespace phx::mock
