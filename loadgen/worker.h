// Worker: one thread of the generator, with its event loop, and its part of the connections, in a
// group for each kind of users. Workers share nothing while they work.
//
//   Worker worker(plan, share, observer);
//   std::thread thread([&] { worker.Run(); });
//   // observer.OnReady()          all connections are open and joined, or have failed
//   worker.StartLoad(at);
//   // observer.OnLoadDone()       every push has its outcome
//   worker.Close();
//   // observer.OnStopped()        all connections are closed, Run() is about to return
//   thread.join();
//   worker.recorders();
//
// Threads: Run() is the thread's body. StartLoad(), StopLoad(), Close() and TakeInterval() may be
// called from any thread while it runs; the observer is called on the worker's thread.
#ifndef PHX_LOADGEN_WORKER_H_
#define PHX_LOADGEN_WORKER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "boost/asio/executor_work_guard.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/steady_timer.hpp"
#include "loadgen/broadcast_tally.h"
#include "loadgen/opening_order.h"
#include "loadgen/pacer.h"
#include "loadgen/plan.h"
#include "loadgen/ramp.h"
#include "loadgen/recorder.h"
#include "loadgen/run_result.h"
#include "loadgen/time.h"
#include "loadgen/user_group.h"

namespace phx::loadgen {

class WorkerObserver {
 public:
  virtual ~WorkerObserver() = default;

  // The setup is through; `joined` channels can be pushed to.
  virtual void OnReady(std::uint64_t connected, std::uint64_t joined) = 0;
  // What was recorded since the last TakeInterval(), and how the thread has fared since.
  virtual void OnInterval(PhaseRecorders interval, WorkerHealth health) = 0;
  virtual void OnLoadDone(WorkerHealth health) = 0;
  virtual void OnStopped() = 0;
  // One of the frames of Plan::debug_frames, in a line.
  virtual void OnFrame(std::string frame) = 0;
};

class Worker final : private UserGroupHost {
 public:
  // `plan` and `observer` must outlive this object. `plan.urls` are known by now. `run` is a number
  // that the workers of a run share, and no other run has.
  Worker(const Plan& plan, Share share, std::uint64_t run, WorkerObserver& observer);

  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // The thread's body: opens the connections, then does what it is told.
  void Run();

  // Starts to push at `start`. Once, after OnReady().
  void StartLoad(TimePoint start);
  // Ends the load before its time. OnLoadDone() follows when the outstanding pushes have their
  // outcomes.
  void StopLoad();
  // Closes everything, whatever is under way. Run() returns when that is done.
  void Close();
  // OnInterval() follows.
  void TakeInterval();

  // What was recorded since the last TakeInterval(). After Run() has returned.
  const PhaseRecorders& recorders() const { return last_recorders_; }
  // The broadcasts of the whole load. After Run() has returned.
  const BroadcastTally& tally() const { return broadcasts_; }

 private:
  // UserGroupHost:
  Duration Now() const override { return Clock::now() - run_start_; }
  Duration LoadNow() const override { return Clock::now() - load_start_; }
  BroadcastTally& broadcasts() override { return broadcasts_; }
  void OnUserSetUp() override;
  void OnUserClosed() override;
  void OnOutcome() override { FinishLoadIfDrained(); }
  void OnDue(Duration due) override;
  void OnBroadcastReceived(Duration now) override { last_broadcast_ = now; }

  void AnswerInterval();
  void TellFrame(const std::string& frame);
  // What all groups and the thread itself have recorded since this was asked for last.
  PhaseRecorders TakeRecorders();

  // The setup.
  void OpenDueUsers();
  void ScheduleOpening();
  void OpenOne(const Ramp::Opening& opening);
  void FinishSetUp();

  // The load.
  void BeginLoad();
  bool has_begun() const { return load_start_ != TimePoint(); }
  Duration end() const { return plan_.warmup + plan_.duration; }
  void OnWake();
  std::optional<Duration> StartDue(Duration now);
  void Turn(Duration now);
  void ScheduleTurn(Duration now, std::optional<Duration> next_push);
  void WakeAt(Duration planned);
  void BeginMeasuring();
  void EndLoad(Duration now);
  void AwaitSilence(Duration since);
  void FinishLoadIfDrained();

  std::uint64_t opened() const;  // users
  void CloseUsers();
  void DestroyUsers();

  const Plan& plan_;
  const Share share_;
  WorkerObserver& observer_;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer timer_;
  PhaseRecorders recorders_;  // of the thread itself
  PhaseRecorders last_recorders_;
  std::vector<std::unique_ptr<UserGroup>> groups_;  // one for each kind

  TimePoint run_start_;
  Duration interval_start_ = {};  // since the run began
  Duration cpu_at_interval_ = {};
  Ramp ramp_;
  OpeningOrder order_;
  bool is_ready_ = false;

  TimePoint load_start_;        // from StartLoad() on
  bool is_stopped_ = false;     // the load
  Duration wake_planned_ = {};  // when the next turn should be
  std::optional<Duration> measuring_since_;
  Duration cpu_at_start_ = {};  // of measuring
  WorkerHealth health_;
  bool is_load_done_ = false;

  BroadcastTally broadcasts_;
  Duration last_broadcast_ = {};
  bool is_silent_ = false;  // no broadcast is expected any more

  bool is_closing_ = false;
  std::uint64_t closed_ = 0;  // users
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_WORKER_H_
