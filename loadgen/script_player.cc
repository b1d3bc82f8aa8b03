#include "loadgen/script_player.h"

#include <algorithm>

namespace phx::loadgen {
namespace {

using Action = ScriptStep::Action;

bool IsPush(Action action) { return action == Action::kPush || action == Action::kCast; }

}  // namespace

ScriptPlayer::ScriptPlayer(const Script& script, const Options& options, StepTarget& target,
                           PushBook& book)
    : script_(script), options_(options), target_(target), book_(book) {
  const Duration round = MeanRound(script);
  for (const std::uint64_t seed : options.seeds) {
    users_.push_back({.random = SeededRandom(seed)});
    Schedule(users_.size() - 1, users_.back().random.Within(Duration::zero(), round));
  }
}

std::optional<Duration> ScriptPlayer::Start(Duration now) {
  for (std::uint64_t started = 0; started < options_.max_batch; ++started) {
    if (is_stopped_ || appointments_.empty() || appointments_.top().first > now) break;
    const std::uint64_t number = appointments_.top().second;
    appointments_.pop();
    StartStep(number, now);
  }
  return next_due();
}

std::optional<Duration> ScriptPlayer::next_due() const {
  if (is_stopped_ || appointments_.empty()) return std::nullopt;
  // What falls behind the end is nobody's.
  const Duration next = appointments_.top().first;
  return next < book_.end() ? std::optional(next) : std::nullopt;
}

void ScriptPlayer::StartStep(std::uint64_t number, Duration now) {
  User& user = users_[number];
  if (user.due >= book_.end()) return;
  const ScriptStep& step = script_[user.step];
  user.started = now;
  const StartResult result =
      target_.StartStep(number, user.round % options_.channels, step, user.due);
  if (IsPush(step.action)) book_.CountStart(result, user.due, now);
  if (result == StartResult::kStarted) {
    ++outstanding_;
  } else {
    Advance(number, now);
  }
}

void ScriptPlayer::OnReply(std::uint64_t user, Duration now) {
  book_.OnReply(users_[user].due, users_[user].started, now, is_stopped_);
  Finish(user, now);
}

void ScriptPlayer::OnFailure(std::uint64_t user, const Failure& failure, Duration now) {
  book_.OnFailure(users_[user].due, failure);
  Finish(user, now);
}

void ScriptPlayer::OnDone(std::uint64_t user, Duration now) { Finish(user, now); }

void ScriptPlayer::Finish(std::uint64_t number, Duration now) {
  --outstanding_;
  Advance(number, now);
}

void ScriptPlayer::Advance(std::uint64_t number, Duration now) {
  User& user = users_[number];
  if (++user.step == script_.size()) {
    user.step = 0;
    ++user.round;
  }
  Duration due = now;
  for (const ThinkTime& think : script_[user.step].think) {
    due += DrawThinkTime(think, &user.random);
  }
  Schedule(number, due);
}

void ScriptPlayer::Schedule(std::uint64_t number, Duration due) {
  users_[number].due = due;
  appointments_.emplace(due, number);
}

}  // namespace phx::loadgen
