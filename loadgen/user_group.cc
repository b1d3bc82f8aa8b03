#include "loadgen/user_group.h"

#include <initializer_list>
#include <utility>

#include "loadgen/seeded_random.h"

namespace phx::loadgen {
namespace {

// The worker's part of a kind: connections are shared out by their number in the whole run, and
// those of the kind begin somewhere in the middle.
Share ShareOf(const UserKind& kind, Share all) {
  all.worker = (all.worker + all.workers - kind.first % all.workers) % all.workers;
  all.lanes = kind.connections;
  return all;
}

// The phases of a kind that has a part of the rate.
std::vector<RatePhase> PhasesOf(const Plan& plan, const UserKind& kind) {
  std::vector<RatePhase> phases = plan.phases;
  for (RatePhase& phase : phases) {
    phase.from *= kind.rate_share;
    phase.to *= kind.rate_share;
  }
  return phases;
}

}  // namespace

UserGroup::UserGroup(UserSettings settings, Share share, UserGroupHost& host)
    : settings_(std::move(settings)),
      worker_share_(share),
      share_(ShareOf(settings_.kind, share)),
      host_(host),
      users_(share_.own_lanes()) {}

void UserGroup::Open(std::uint64_t index, Duration intended) {
  Recorder& setup = recorders_[Phase::kSetup];
  setup.Count(Counter::kConnectsStarted);
  if (Now() - intended > settings_.plan.late_after) setup.Count(Counter::kConnectsLate);
  UserEvents& events = *this;
  users_[index] = std::make_unique<User>(settings_, NumberOf(index), events);
  ++opened_;
  users_[index]->Open(intended);
}

std::uint64_t UserGroup::NumberOf(std::uint64_t index) const {
  return settings_.kind.first + index * share_.workers + share_.worker + 1;
}

std::uint64_t UserGroup::LaneOf(std::uint64_t number) const {
  return number - 1 - settings_.kind.first;
}

std::uint64_t UserGroup::IndexOf(std::uint64_t number) const {
  return LaneOf(number) / share_.workers;
}

void UserGroup::BeginLoad() {
  const Plan& plan = settings_.plan;
  for (const std::unique_ptr<User>& user : users_) {
    if (user == nullptr) continue;
    user->ForEachHeard([this](std::size_t topic) { host_.broadcasts().AddReceiver(topic); });
  }
  book_.emplace(PushBook::Options{.phases = plan.phases,
                                  .warmup = plan.warmup,
                                  .duration = plan.duration,
                                  .late_after = plan.late_after},
                recorders_);
  if (settings_.kind.script.empty()) {
    MakeSequencer();
  } else {
    MakePlayer();
  }
}

void UserGroup::MakePlayer() {
  ScriptPlayer::Options options{.channels = settings_.kind.channels};
  for (std::uint64_t index = 0; index < users_.size(); ++index) {
    options.seeds.push_back(~MixSeed(settings_.plan.seed, NumberOf(index)));
  }
  StepTarget& target = *this;
  player_.emplace(settings_.kind.script, options, target, *book_);
}

void UserGroup::MakeSequencer() {
  const Plan& plan = settings_.plan;
  const UserKind& kind = settings_.kind;
  PushTarget& target = *this;
  Share publishers = share_;
  publishers.lanes = kind.publishers;
  sequencer_.emplace(
      Sequencer::Options{.rate = plan.rate * kind.rate_share,
                         .in_flight = plan.part().PartOfThread(plan.in_flight, worker_share_),
                         .phases = PhasesOf(plan, kind),
                         .share = publishers,
                         .warmup = plan.warmup,
                         .duration = plan.duration},
      target, *book_);
}

std::optional<Duration> UserGroup::Start(Duration now) {
  return player_.has_value() ? player_->Start(now) : sequencer_->Start(now).next;
}

void UserGroup::Stop(Duration now) {
  if (player_.has_value()) return player_->Stop();
  sequencer_->Stop(now);
}

std::uint64_t UserGroup::outstanding() const {
  return player_.has_value() ? player_->outstanding() : sequencer_->outstanding();
}

StartResult UserGroup::StartStep(std::uint64_t user, std::uint64_t channel, const ScriptStep& step,
                                 Duration /*intended*/) {
  return users_[user] == nullptr ? StartResult::kDown : users_[user]->StartStep(channel, step);
}

StartResult UserGroup::StartPush(const Operation& operation) {
  // Connections take turns, and each goes on to its next channel when all have had theirs.
  const UserKind& kind = settings_.kind;
  const std::uint64_t lane = operation.index % kind.publishers;
  const std::uint64_t channel = (operation.index / kind.publishers) % kind.channels;
  const std::unique_ptr<User>& user = users_[lane / share_.workers];
  return user == nullptr ? StartResult::kDown : user->Start(channel, operation.intended);
}

void UserGroup::Close() {
  for (const std::unique_ptr<User>& user : users_) {
    if (user != nullptr) user->Close();
  }
}

PhaseRecorders UserGroup::TakeRecorders() { return std::exchange(recorders_, {}); }

Recorder& UserGroup::current() {
  return recorders_[book_.has_value() ? book_->PhaseAt(host_.LoadNow()) : Phase::kSetup];
}

void UserGroup::OnConnected(Duration intended, const ConnectTimings& timings) {
  ++connected_;
  Recorder& setup = recorders_[Phase::kSetup];
  setup.Count(Counter::kConnected);
  setup.Record(Metric::kConnect, Now() - intended);
  const std::initializer_list<std::pair<Metric, Duration>> parts = {
      {Metric::kDns, timings.resolve},
      {Metric::kTcp, timings.connect},
      {Metric::kTls, timings.secure},
      {Metric::kUpgrade, timings.upgrade}};
  for (const auto& [metric, duration] : parts) {
    if (duration > Duration::zero()) setup.Record(metric, duration);
  }
}

void UserGroup::OnJoinStarted() { recorders_[Phase::kSetup].Count(Counter::kJoinsStarted); }

void UserGroup::OnJoined(Duration started) {
  ++joined_;
  Recorder& setup = recorders_[Phase::kSetup];
  setup.Count(Counter::kJoined);
  setup.Record(Metric::kJoin, Now() - started);
}

void UserGroup::OnReply(std::uint64_t user, Duration intended, Duration started) {
  sequencer_->OnReply(LaneOf(user), intended, started, host_.LoadNow());
  host_.OnOutcome();
}

void UserGroup::OnPushFailure(Duration intended, const Failure& failure) {
  sequencer_->OnFailure(intended, failure);
  host_.OnOutcome();
}

void UserGroup::OnStepReply(std::uint64_t user) {
  player_->OnReply(IndexOf(user), host_.LoadNow());
  OnStepOver();
}

void UserGroup::OnStepFailure(std::uint64_t user, const Failure& failure) {
  player_->OnFailure(IndexOf(user), failure, host_.LoadNow());
  OnStepOver();
}

void UserGroup::OnStepDone(std::uint64_t user) {
  player_->OnDone(IndexOf(user), host_.LoadNow());
  OnStepOver();
}

void UserGroup::OnStepOver() {
  if (const std::optional<Duration> due = player_->next_due()) host_.OnDue(*due);
  host_.OnOutcome();
}

void UserGroup::OnPresence(Duration joined, bool is_own) {
  if (!book_.has_value()) return;
  book_->At(joined, [&](Recorder& recorder) {
    recorder.Count(Counter::kPresences);
    // That of another shard was stamped by another machine's clock.
    if (is_own) recorder.Record(Metric::kPresence, host_.LoadNow() - joined);
  });
}

std::size_t UserGroup::TallyIndex(const std::string& topic) {
  return host_.broadcasts().Topic(topic);
}

void UserGroup::OnBroadcastSent(std::size_t topic) { host_.broadcasts().Send(topic); }

void UserGroup::OnBroadcast(std::size_t topic, Duration intended, Delivery delivery, bool is_own) {
  if (!book_.has_value()) return;
  const Duration now = host_.LoadNow();
  host_.OnBroadcastReceived(now);
  book_->At(intended, [&](Recorder& recorder) {
    if (delivery == Delivery::kDuplicate) return recorder.Count(Counter::kDuplicates);
    if (delivery == Delivery::kReordered) recorder.Count(Counter::kReordered);
    recorder.Count(Counter::kBroadcasts);
    if (is_own) recorder.Record(Metric::kBroadcast, now - intended);  // as in OnPresence()
  });
  if (delivery != Delivery::kDuplicate) host_.broadcasts().Receive(topic, is_own);
}

void UserGroup::OnHeartbeat(Duration round_trip) {
  current().Record(Metric::kHeartbeat, round_trip);
}

void UserGroup::OnChurn(Metric metric, Duration started) {
  current().Record(metric, Now() - started);
}

void UserGroup::OnAfterLeave() { current().Count(Counter::kAfterLeave); }

void UserGroup::OnLost(const Failure& failure) {
  current().Count(Counter::kLost);
  current().Disrupt(failure);
}

void UserGroup::OnReconnectFailed(const Failure& failure) {
  current().Count(Counter::kReconnectsFailed);
  current().Disrupt(failure);
}

void UserGroup::OnReconnected(Duration lost_at) {
  current().Count(Counter::kReconnects);
  current().Record(Metric::kReconnect, Now() - lost_at);
}

void UserGroup::OnJoinLost() { current().Count(Counter::kJoinsLost); }

void UserGroup::OnRejoined(Duration lost_at) {
  current().Count(Counter::kRejoins);
  current().Record(Metric::kRejoin, Now() - lost_at);
}

void UserGroup::OnFailure(const Failure& failure, std::uint64_t times) {
  current().Fail(failure, times);
}

}  // namespace phx::loadgen
