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

}  // namespace

RaceJudge::RaceJudge(const Races& races, std::uint64_t connection)
    : races_(races), random_(races.seed.value_or(0), connection) {}

RaceOutcome RaceJudge::Decide(RaceKind kind) {
  if (races_.seed.has_value()) {
    const std::uint64_t drawn = random_.Next() % 320;
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

bool RaceJudge::DiffOvertakes(PresenceChange change) {
  if (!races_.seed.has_value()) return races_.presence_diff_first;
  return random_.Next() % 320 < (change == PresenceChange::kUpdate ? 2U : 12U);
}

}  // namespace phx::mock
