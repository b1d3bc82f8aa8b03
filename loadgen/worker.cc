#include "loadgen/worker.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "boost/asio/post.hpp"
#include "boost/system/error_code.hpp"
#include "loadgen/seeded_random.h"
#include "loadgen/thread_cpu_time.h"
#include "loadgen/user_sockets.h"
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

Ramp::Options RampOptions(const Plan& plan, Share share) {
  return {.share = share,
          .rate = plan.connect_rate,
          .max_in_progress =
              std::max<std::uint64_t>(1, plan.part().PartOfThread(plan.max_connecting, share))};
}

}  // namespace

Worker::Worker(const Plan& plan, Share share, std::uint64_t run, WorkerObserver& observer)
    : plan_(plan),
      share_(share),
      observer_(observer),
      io_(/*concurrency_hint=*/1),
      work_(io_.get_executor()),
      timer_(io_),
      ramp_(RampOptions(plan, share)) {
  UserGroupHost& host = *this;
  std::vector<std::uint64_t> sizes;
  for (const UserKind& kind : plan.kinds) {
    const auto tell_frame = [this](const std::string& frame) { TellFrame(frame); };
    const UserSettings settings = {plan, kind, io_.get_executor(),
                                   UserSockets(plan, kind, tell_frame), run};
    groups_.push_back(std::make_unique<UserGroup>(settings, share, host));
    sizes.push_back(groups_.back()->size());
  }
  order_ = OpeningOrder(sizes, MixSeed(plan.seed, share.worker));
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
    if (!has_begun() || is_stopped_) return;
    const Duration now = LoadNow();
    StartDue(now);  // what became due since the last turn is not the generator's debt
    EndLoad(now);
  });
}

void Worker::Close() {
  boost::asio::post(io_, [this] { CloseUsers(); });
}

void Worker::TakeInterval() {
  boost::asio::post(io_, [this] { AnswerInterval(); });
}

void Worker::AnswerInterval() {
  const Duration cpu = ThreadCpuTime();
  const Duration used = cpu - std::exchange(cpu_at_interval_, cpu);
  const Duration now = Now();
  const Duration length = now - std::exchange(interval_start_, now);
  const bool has_length = length > Duration::zero();
  observer_.OnInterval(TakeRecorders(),
                       {.cpu = has_length ? ToSeconds(used) / ToSeconds(length) : 0});
}

void Worker::TellFrame(const std::string& frame) {
  observer_.OnFrame(absl::StrFormat("%.3f s %s", ToSeconds(Now()), frame));
}

PhaseRecorders Worker::TakeRecorders() {
  PhaseRecorders all = std::exchange(recorders_, {});
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    const PhaseRecorders recorded = groups_[i]->TakeRecorders();
    if (groups_.size() > 1) {
      all.MergeKind(i, recorded);
    } else {
      all.Merge(recorded);
    }
  }
  return all;
}

void Worker::OpenDueUsers() {
  if (is_closing_) return;
  while (const std::optional<Ramp::Opening> opening = ramp_.Next(Now())) OpenOne(*opening);
  ScheduleOpening();
}

void Worker::OpenOne(const Ramp::Opening& opening) {
  const auto [group, index] = order_.At(opening.own_index);
  groups_[group]->Open(index, opening.intended);
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
  std::uint64_t connected = 0;
  std::uint64_t joined = 0;
  for (const auto& group : groups_) {
    connected += group->connected();
    joined += group->joined();
  }
  observer_.OnReady(connected, joined);
}

void Worker::OnUserSetUp() {
  ramp_.Finished();
  // Not from here: the user is in the middle of something.
  boost::asio::post(io_, [this] { OpenDueUsers(); });
}

void Worker::BeginLoad() {
  for (const auto& group : groups_) group->BeginLoad();
  WakeAt(Duration::zero());
}

void Worker::WakeAt(Duration planned) {
  wake_planned_ = planned;
  timer_.expires_at(load_start_ + planned);
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) OnWake();
  });
}

void Worker::OnDue(Duration due) {
  if (is_stopped_ || is_closing_ || due >= wake_planned_) return;
  const Duration wake = std::max(due, LoadNow() + kTick);
  if (wake < wake_planned_) WakeAt(wake);
}

void Worker::OnWake() {
  if (is_stopped_ || is_closing_) return;
  const Duration now = LoadNow();
  const Phase phase = now < plan_.warmup ? Phase::kWarmup : Phase::kMeasured;
  recorders_[phase].Record(Metric::kLoopLag, now - wake_planned_);
  Turn(now);
}

// Starts what is due in each group; when the next of it is.
std::optional<Duration> Worker::StartDue(Duration now) {
  std::optional<Duration> next;
  for (const auto& group : groups_) {
    const std::optional<Duration> due = group->Start(now);
    if (due.has_value()) next = std::min(next.value_or(*due), *due);
  }
  return next;
}

void Worker::Turn(Duration now) {
  if (now >= plan_.warmup && !measuring_since_.has_value()) BeginMeasuring();
  const std::optional<Duration> next_push = StartDue(now);
  // What became due just before the end still leaves, as long as that is not late.
  const bool is_over = !next_push.has_value() || now >= end() + plan_.late_after;
  if (now >= end() && is_over) return EndLoad(now);
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
  for (const Duration boundary : {plan_.warmup, end()}) {
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
  is_stopped_ = true;
  for (const auto& group : groups_) group->Stop(now);
  if (measuring_since_.has_value() && now > *measuring_since_) {
    health_.cpu = ToSeconds(ThreadCpuTime() - cpu_at_start_) / ToSeconds(now - *measuring_since_);
  }
  if (plan_.Has(Workload::kBroadcast)) return AwaitSilence(now);
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
  if (!is_stopped_) return;
  const bool is_drained = std::all_of(groups_.begin(), groups_.end(),
                                      [](const auto& group) { return group->outstanding() == 0; });
  if (!is_drained) return;
  if (plan_.Has(Workload::kBroadcast) && !is_silent_) return;
  if (std::exchange(is_load_done_, true)) return;
  observer_.OnLoadDone(health_);
}

void Worker::CloseUsers() {
  if (std::exchange(is_closing_, true)) return;
  ramp_.Cancel();
  timer_.cancel();
  if (opened() == 0) return DestroyUsers();
  for (const auto& group : groups_) group->Close();
}

std::uint64_t Worker::opened() const {
  std::uint64_t opened = 0;
  for (const auto& group : groups_) opened += group->opened();
  return opened;
}

void Worker::OnUserClosed() {
  if (++closed_ < opened()) return;
  // Not from here: the last of them is in the middle of something.
  boost::asio::post(io_, [this] { DestroyUsers(); });
}

// With the users go their timers and sockets, and so all that keeps the event loop running.
void Worker::DestroyUsers() {
  for (const auto& group : groups_) group->Clear();
  last_recorders_ = TakeRecorders();
  work_.reset();
}

}  // namespace phx::loadgen
