#include "loadgen/load_run.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "boost/asio/post.hpp"
#include "boost/system/error_code.hpp"
#include "loadgen/broadcast_tally.h"
#include "loadgen/machine.h"
#include "loadgen/plan_text.h"
#include "loadgen/quantity_text.h"
#include "loadgen/random_number.h"
#include "loadgen/resident_memory.h"
#include "loadgen/wall_clock.h"
#include "loadgen/workload.h"

namespace phx::loadgen {
namespace {

// Time for the order to begin to reach all threads, so that none is late from the first push on.
constexpr Duration kStartDelay = std::chrono::milliseconds(20);
// With a start by the clock, the order is given so much earlier: the clock of another shard may be
// ahead, and its first broadcasts with it.
constexpr Duration kStartLead = std::chrono::milliseconds(500);

}  // namespace

LoadRun::LoadRun(boost::asio::io_context& io, Plan plan,
                 std::function<void(const Progress&)> on_progress)
    : io_(io),
      plan_(std::move(plan)),
      on_progress_(std::move(on_progress)),
      work_(io.get_executor()),
      progress_timer_(io),
      start_timer_(io) {
  WorkerObserver& observer = *this;
  const std::uint64_t run = plan_.run.has_value() ? *plan_.run : RandomNumber();
  result_.series = TimeSeries(/*keeps_histograms=*/plan_.shard.has_value());
  for (std::uint64_t i = 0; i < plan_.threads; ++i) {
    const Share share = plan_.part().ShareOf(i, plan_.threads, plan_.connections);
    threads_.push_back(
        {.worker = std::make_unique<Worker>(plan_, share, run, observer), .thread = {}});
  }
}

LoadRun::~LoadRun() {
  for (Thread& thread : threads_) {
    if (!thread.thread.joinable()) continue;
    thread.worker->Close();
    thread.thread.join();
  }
}

void LoadRun::Start(std::function<void(RunResult)> done) {
  done_ = std::move(done);
  result_.url = RedactUrls(plan_.urls);
  result_.machine = DescribeMachine();
  result_.started_at = absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now(), absl::UTCTimeZone());
  memory_before_ = ResidentMemory();
  run_start_ = Clock::now();
  interval_start_ = run_start_;
  for (Thread& thread : threads_) {
    thread.thread = std::thread([worker = thread.worker.get()] { worker->Run(); });
  }
  ScheduleProgress();
  if (plan_.start_at.has_value()) WatchStartTime();
}

// By the clock that does not jump. Asked anew, since the one on the wall may have been set
// meanwhile.
TimePoint LoadRun::StartTime() const { return Clock::now() + (*plan_.start_at - WallNow()); }

// Late users would be none of the others' load, so who comes late does not come at all.
void LoadRun::WatchStartTime() {
  start_timer_.expires_at(StartTime());
  start_timer_.async_wait([this](boost::system::error_code error) {
    if (error || stage_ != Stage::kSetup) return;
    result_.failure = absl::StrCat("the setup was not through at --start-at, after ",
                                   DurationText(Clock::now() - run_start_), "; give a later time");
    result_.setup_time = Clock::now() - run_start_;
    BeginClosing();
  });
}

void LoadRun::AwaitStartTime() {
  const TimePoint start = StartTime();
  start_timer_.expires_at(start - kStartLead);
  start_timer_.async_wait([this, start](boost::system::error_code error) {
    if (!error && stage_ == Stage::kWaiting) BeginLoad(start);
  });
}

void LoadRun::OnReady(std::uint64_t connected, std::uint64_t joined) {
  boost::asio::post(io_, [this, connected, joined] { HandleReady(connected, joined); });
}

void LoadRun::OnInterval(PhaseRecorders interval, WorkerHealth health) {
  boost::asio::post(
      io_, [this, interval = std::move(interval), health] { HandleInterval(interval, health); });
}

void LoadRun::OnLoadDone(WorkerHealth health) {
  boost::asio::post(io_, [this, health] { HandleLoadDone(health); });
}

void LoadRun::OnStopped() {
  boost::asio::post(io_, [this] { HandleStopped(); });
}

void LoadRun::OnFrame(std::string frame) {
  boost::asio::post(io_, [this, frame = std::move(frame)] {
    if (on_frame_) on_frame_(frame);
  });
}

void LoadRun::HandleReady(std::uint64_t connected, std::uint64_t joined) {
  connected_ += connected;
  joined_ += joined;
  if (++ready_ < threads_.size() || stage_ != Stage::kSetup) return;
  result_.setup_time = Clock::now() - run_start_;
  MeasureMemory();
  const bool can_load = connected_ > 0 && (joined_ > 0 || plan_.own_joins() == 0);
  if (!can_load) return BeginClosing();
  stage_ = Stage::kWaiting;
  if (gate_) {
    return gate_([this] {
      if (stage_ == Stage::kWaiting) BeginLoad(Clock::now() + kStartDelay);
    });
  }
  if (plan_.start_at.has_value()) return AwaitStartTime();
  BeginLoad(Clock::now() + kStartDelay);
}

void LoadRun::MeasureMemory() {
  const std::optional<std::uint64_t> memory = ResidentMemory();
  // Of a few connections, what a process grows by happens to be anything.
  constexpr std::uint64_t kEnough = 100;
  if (connected_ < kEnough || !memory.has_value() || !memory_before_.has_value()) return;
  const std::uint64_t grown = *memory > *memory_before_ ? *memory - *memory_before_ : 0;
  result_.memory_per_connection = grown / connected_;
}

void LoadRun::BeginLoad(TimePoint start) {
  stage_ = Stage::kLoad;
  load_start_ = start;
  result_.load_began = start - run_start_;
  result_.load_began_at = plan_.start_at.value_or(WallNow() + (start - Clock::now()));
  for (const Thread& thread : threads_) thread.worker->StartLoad(*load_start_);
  if (on_load_) on_load_(*load_start_ + plan_.warmup);
  if (intervals_missing_ == 0) ScheduleProgress();  // anew: the load has intervals of its own
}

void LoadRun::HandleLoadDone(WorkerHealth health) {
  result_.workers.push_back(health);
  if (result_.workers.size() < threads_.size() || stage_ != Stage::kLoad) return;
  if (!result_.interrupted) result_.measured_time = plan_.duration;
  BeginClosing();
}

void LoadRun::RequestStop(std::optional<std::string> aborted_by) {
  if (stage_ == Stage::kClosing || result_.interrupted) return;
  result_.interrupted = true;
  result_.aborted_by = std::move(aborted_by);
  if (stage_ == Stage::kSetup) result_.setup_time = Clock::now() - run_start_;
  if (stage_ != Stage::kLoad) return BeginClosing();
  const Duration measured = Clock::now() - *load_start_ - plan_.warmup;
  result_.measured_time = std::clamp(measured, Duration::zero(), plan_.duration);
  for (const Thread& thread : threads_) thread.worker->StopLoad();
}

void LoadRun::BeginClosing() {
  stage_ = Stage::kClosing;
  progress_timer_.cancel();
  start_timer_.cancel();
  for (const Thread& thread : threads_) thread.worker->Close();
}

// What the threads have posted before they stopped has arrived by now.
void LoadRun::HandleStopped() {
  if (++stopped_ < threads_.size()) return;
  // If some of them were asked and did not come to answer, what the others said is still here.
  PhaseRecorders last = std::exchange(recent_, {});
  BroadcastTally broadcasts = threads_.front().worker->tally();
  for (Thread& thread : threads_) {
    thread.thread.join();
    last.Merge(thread.worker->recorders());
    if (&thread != &threads_.front()) broadcasts.Merge(thread.worker->tally());
  }
  if (plan_.Has(Workload::kBroadcast)) {
    last[Phase::kMeasured].Count(Counter::kMissing, broadcasts.missing());
    result_.broadcasts = std::move(broadcasts);
  }
  result_.recorders.Merge(last);
  AddToSeries(Clock::now(), last);
  work_.reset();
  done_(result_);  // a copy: recorders() may still be asked for
}

Phase LoadRun::PhaseAt(TimePoint time) const {
  if (!load_start_.has_value() || time < *load_start_) return Phase::kSetup;
  return time < *load_start_ + plan_.warmup ? Phase::kWarmup : Phase::kMeasured;
}

// When the present interval ends. Intervals end where phases do, and otherwise after whole
// multiples of their length from the moment on at which the measuring begins.
TimePoint LoadRun::NextLook() const {
  const TimePoint now = Clock::now();
  if (!load_start_.has_value()) return interval_start_ + plan_.interval;
  if (now < *load_start_) return std::min(interval_start_ + plan_.interval, *load_start_);
  const TimePoint begin = *load_start_ + plan_.warmup;
  const TimePoint end = begin + plan_.duration;
  const Duration::rep begun = (now - begin) / plan_.interval;  // towards zero
  const TimePoint next = begin + (now < begin ? begun : begun + 1) * plan_.interval;
  return now < end ? std::min(next, end) : next;
}

void LoadRun::ScheduleProgress() {
  if (stage_ == Stage::kClosing) return;
  progress_timer_.expires_at(NextLook());
  progress_timer_.async_wait([this](boost::system::error_code error) {
    if (!error && stage_ != Stage::kClosing) AskForIntervals();
  });
}

void LoadRun::AddToSeries(TimePoint now, const PhaseRecorders& recorded) {
  const TimePoint start = std::exchange(interval_start_, now);
  result_.series.Add(start - run_start_, now - run_start_, PhaseAt(start + (now - start) / 2),
                     recorded);
}

void LoadRun::AskForIntervals() {
  intervals_missing_ = threads_.size();
  busiest_cpu_ = 0;
  for (const Thread& thread : threads_) thread.worker->TakeInterval();
}

void LoadRun::HandleInterval(const PhaseRecorders& interval, WorkerHealth health) {
  recent_.Merge(interval);
  busiest_cpu_ = std::max(busiest_cpu_, health.cpu);
  if (--intervals_missing_ > 0) return;
  const TimePoint now = Clock::now();
  const Duration length = now - interval_start_;
  result_.recorders.Merge(recent_);
  AddToSeries(now, recent_);
  if (stage_ != Stage::kClosing) ReportProgress(now, length);
  recent_ = {};
  ScheduleProgress();
}

void LoadRun::ReportProgress(TimePoint now, Duration interval) {
  Progress progress{.phase = PhaseAt(now),
                    .elapsed = now - run_start_,
                    .interval = interval,
                    .total = result_.recorders,
                    .recent = recent_,
                    .busiest_cpu = busiest_cpu_};
  if (progress.phase != Phase::kSetup) progress.elapsed = now - *load_start_;
  if (progress.phase == Phase::kSetup && plan_.start_at.has_value()) {
    progress.begins_in = StartTime() - now;
  }
  if (progress.phase == Phase::kMeasured) progress.elapsed -= plan_.warmup;
  on_progress_(progress);
}

}  // namespace phx::loadgen
