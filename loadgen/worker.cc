#include "loadgen/worker.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "boost/asio/post.hpp"
#include "boost/system/error_code.hpp"
#include "loadgen/thread_cpu_time.h"
#include "loadgen/workload.h"

namespace phx::loadgen {
namespace {

// Wake-ups are at least so far apart. Pushes that become due in between leave together, late by
// half of this on average, which their latency contains.
constexpr Duration kTick = std::chrono::microseconds(200);

// A thread with nothing due wakes up so often all the same, to see how late its timer is.
constexpr Duration kIdleTick = std::chrono::milliseconds(50);

// Broadcasts are over when none has come for so long.
constexpr Duration kSilence = std::chrono::milliseconds(500);

// A thread's part of a limit; the first ones have what does not divide.
std::uint64_t PartOf(std::uint64_t limit, Share share) {
  return limit / share.workers + (share.worker < limit % share.workers ? 1 : 0);
}

Ramp::Options RampOptions(const Plan& plan, Share share) {
  return {.share = share,
          .rate = plan.connect_rate,
          .max_in_progress = std::max<std::uint64_t>(1, PartOf(plan.max_connecting, share))};
}

}  // namespace

Worker::Worker(const Plan& plan, Share share, std::uint64_t run, WorkerObserver& observer)
    : plan_(plan),
      share_(share),
      observer_(observer),
      io_(/*concurrency_hint=*/1),
      work_(io_.get_executor()),
      timer_(io_),
      user_settings_{plan, io_.get_executor(), MakeSocketOptions(plan), run},
      ramp_(RampOptions(plan, share)),
      broadcasts_(plan.topic.has_connection() ? 1 : plan.channels, !plan.topic.has_connection()) {
  users_.reserve(share.own_lanes());
}

void Worker::Run() {
  run_start_ = Clock::now();
  boost::asio::post(io_, [this] { OpenDueUsers(); });
  io_.run();
  observer_.OnStopped();
}

void Worker::StartLoad(TimePoint start) {
  boost::asio::post(io_, [this, start] {
    load_start_ = start;
    BeginLoad();
  });
}

void Worker::StopLoad() {
  boost::asio::post(io_, [this] {
    if (!sequencer_.has_value() || sequencer_->is_stopped()) return;
    const Duration now = LoadNow();
    sequencer_->Start(now);  // what became due since the last turn is not the generator's debt
    EndLoad(now);
  });
}

void Worker::Close() {
  boost::asio::post(io_, [this] { CloseUsers(); });
}

void Worker::TakeInterval() {
  boost::asio::post(io_, [this] { observer_.OnInterval(std::exchange(recorders_, {})); });
}

Phase Worker::CurrentPhase() const {
  return sequencer_.has_value() ? sequencer_->PhaseAt(LoadNow()) : Phase::kSetup;
}

void Worker::OpenDueUsers() {
  if (is_closing_) return;
  while (const std::optional<Ramp::Opening> opening = ramp_.Next(Now())) OpenOne(*opening);
  ScheduleOpening();
}

void Worker::OpenOne(const Ramp::Opening& opening) {
  Recorder& setup = recorders_[Phase::kSetup];
  setup.Count(Counter::kConnectsStarted);
  if (Now() - opening.intended > plan_.late_after) setup.Count(Counter::kConnectsLate);
  const std::uint64_t number = opening.own_index * share_.workers + share_.worker + 1;
  UserEvents& events = *this;
  users_.push_back(std::make_unique<User>(user_settings_, number, events));
  users_.back()->Open(opening.intended);
}

void Worker::ScheduleOpening() {
  if (ramp_.done()) return FinishSetUp();
  const std::optional<Duration> due = ramp_.next_due();
  if (!due.has_value()) return;  // a user that is through comes back here
  timer_.expires_at(run_start_ + *due);
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) OpenDueUsers();
  });
}

void Worker::FinishSetUp() {
  if (std::exchange(is_ready_, true)) return;
  observer_.OnReady(connected_, joined_);
}

void Worker::OnConnected(Duration intended, const ConnectTimings& timings) {
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

void Worker::OnJoinStarted() { recorders_[Phase::kSetup].Count(Counter::kJoinsStarted); }

void Worker::OnJoined(Duration started) {
  ++joined_;
  Recorder& setup = recorders_[Phase::kSetup];
  setup.Count(Counter::kJoined);
  setup.Record(Metric::kJoin, Now() - started);
}

void Worker::OnSetUp() {
  ramp_.Finished();
  // Not from here: the user is in the middle of something.
  boost::asio::post(io_, [this] { OpenDueUsers(); });
}

void Worker::OnFailure(const Failure& failure, std::uint64_t times) {
  recorders_[CurrentPhase()].Fail(failure, times);
}

void Worker::OnAfterLeave() { recorders_[CurrentPhase()].Count(Counter::kAfterLeave); }

void Worker::OnLost(const Failure& failure) {
  recorders_[CurrentPhase()].Count(Counter::kLost);
  recorders_[CurrentPhase()].Disrupt(failure);
}

void Worker::OnReconnectFailed(const Failure& failure) {
  recorders_[CurrentPhase()].Count(Counter::kReconnectsFailed);
  recorders_[CurrentPhase()].Disrupt(failure);
}

void Worker::OnReconnected(Duration lost_at) {
  recorders_[CurrentPhase()].Count(Counter::kReconnects);
  recorders_[CurrentPhase()].Record(Metric::kReconnect, Now() - lost_at);
}

void Worker::OnJoinLost() { recorders_[CurrentPhase()].Count(Counter::kJoinsLost); }

void Worker::OnRejoined(Duration lost_at) {
  recorders_[CurrentPhase()].Count(Counter::kRejoins);
  recorders_[CurrentPhase()].Record(Metric::kRejoin, Now() - lost_at);
}

void Worker::BeginLoad() {
  PushTarget& target = *this;
  Share publishers = share_;
  publishers.lanes = plan_.publishers;
  for (const std::unique_ptr<User>& user : users_) {
    for (std::uint64_t channel = 0; channel < plan_.channels; ++channel) {
      if (user->is_joined(channel)) broadcasts_.AddReceiver(channel);
    }
  }
  sequencer_.emplace(Sequencer::Options{.rate = plan_.rate,
                                        .in_flight = PartOf(plan_.in_flight, share_),
                                        .phases = plan_.phases,
                                        .share = publishers,
                                        .warmup = plan_.warmup,
                                        .duration = plan_.duration,
                                        .late_after = plan_.late_after},
                     target, recorders_);
  WakeAt(Duration::zero());
}

void Worker::WakeAt(Duration planned) {
  wake_planned_ = planned;
  timer_.expires_at(load_start_ + planned);
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) OnWake();
  });
}

void Worker::OnWake() {
  if (sequencer_->is_stopped() || is_closing_) return;
  const Duration now = LoadNow();
  recorders_[sequencer_->PhaseAt(now)].Record(Metric::kLoopLag, now - wake_planned_);
  Turn(now);
}

void Worker::Turn(Duration now) {
  if (now >= plan_.warmup && !measuring_since_.has_value()) BeginMeasuring();
  const std::optional<Duration> next_push = sequencer_->Start(now).next;
  // What became due just before the end still leaves, as long as that is not late.
  const bool is_over = !next_push.has_value() || now >= sequencer_->end() + plan_.late_after;
  if (now >= sequencer_->end() && is_over) return EndLoad(now);
  ScheduleTurn(now, next_push);
}

void Worker::ScheduleTurn(Duration now, std::optional<Duration> next_push) {
  if (next_push.has_value() && *next_push <= now) {
    // The batch was full: go on as soon as what has arrived meanwhile is read.
    wake_planned_ = now;
    boost::asio::post(io_, [this] { OnWake(); });
    return;
  }
  Duration wake = now + kIdleTick;
  for (const Duration boundary : {plan_.warmup, sequencer_->end()}) {
    if (boundary > now) wake = std::min(wake, boundary);
  }
  if (next_push.has_value()) wake = std::min(wake, std::max(*next_push, now + kTick));
  WakeAt(wake);
}

void Worker::BeginMeasuring() {
  measuring_since_ = LoadNow();
  cpu_at_start_ = ThreadCpuTime();
}

void Worker::EndLoad(Duration now) {
  timer_.cancel();
  sequencer_->Stop(now);
  if (measuring_since_.has_value() && now > *measuring_since_) {
    health_.cpu = ToSeconds(ThreadCpuTime() - cpu_at_start_) / ToSeconds(now - *measuring_since_);
  }
  if (plan_.workload == Workload::kBroadcast) return AwaitSilence(now);
  FinishLoadIfDrained();
}

void Worker::AwaitSilence(Duration since) {
  const Duration now = LoadNow();
  if (now - std::max(since, last_broadcast_) >= kSilence || now - since >= plan_.timeout) {
    is_silent_ = true;
    return FinishLoadIfDrained();
  }
  timer_.expires_after(kIdleTick);
  timer_.async_wait([this, since](boost::system::error_code error) {
    if (!error) AwaitSilence(since);
  });
}

void Worker::FinishLoadIfDrained() {
  if (!sequencer_->is_stopped() || sequencer_->outstanding() != 0) return;
  if (plan_.workload == Workload::kBroadcast && !is_silent_) return;
  if (std::exchange(is_load_done_, true)) return;
  observer_.OnLoadDone(health_);
}

PushTarget::Result Worker::StartPush(const Operation& operation) {
  // Connections take turns, and each goes on to its next channel when all have had theirs.
  const std::uint64_t lane = operation.index % plan_.publishers;
  const std::uint64_t user = lane / share_.workers;
  const std::uint64_t channel = (operation.index / plan_.publishers) % plan_.channels;
  if (user >= users_.size()) return Result::kDown;
  const Result result = users_[user]->Start(channel, operation.intended);
  if (result == Result::kDone) broadcasts_.Send(channel);
  return result;
}

void Worker::OnReply(Duration intended) {
  sequencer_->OnReply(intended, LoadNow());
  Refill();
}

void Worker::OnPushFailure(Duration intended, const Failure& failure) {
  sequencer_->OnFailure(intended, failure);
  FinishLoadIfDrained();
}

// In the closed model a reply makes room for the next push. A failure does not before the next
// turn: a server that refuses everything at once would be asked without end.
void Worker::Refill() {
  if (plan_.in_flight > 0) sequencer_->Start(LoadNow());
  FinishLoadIfDrained();
}

void Worker::OnBroadcast(std::uint64_t channel, Duration intended, Delivery delivery) {
  if (!sequencer_.has_value()) return;
  last_broadcast_ = LoadNow();
  sequencer_->At(intended, [&](Recorder& recorder) {
    if (delivery == Delivery::kDuplicate) return recorder.Count(Counter::kDuplicates);
    if (delivery == Delivery::kReordered) recorder.Count(Counter::kReordered);
    recorder.Count(Counter::kBroadcasts);
    recorder.Record(Metric::kBroadcast, last_broadcast_ - intended);
  });
  if (delivery != Delivery::kDuplicate) broadcasts_.Receive(channel);
}

void Worker::OnHeartbeat(Duration round_trip) {
  recorders_[CurrentPhase()].Record(Metric::kHeartbeat, round_trip);
}

void Worker::OnChurn(Metric metric, Duration started) {
  recorders_[CurrentPhase()].Record(metric, Now() - started);
}

void Worker::CloseUsers() {
  if (std::exchange(is_closing_, true)) return;
  ramp_.Cancel();
  timer_.cancel();
  if (users_.empty()) return DestroyUsers();
  for (const std::unique_ptr<User>& user : users_) user->Close();
}

void Worker::OnClosed() {
  if (++closed_ < users_.size()) return;
  // Not from here: the last of them is in the middle of something.
  boost::asio::post(io_, [this] { DestroyUsers(); });
}

// With the users go their timers and sockets, and so all that keeps the event loop running.
void Worker::DestroyUsers() {
  users_.clear();
  work_.reset();
}

}  // namespace phx::loadgen
