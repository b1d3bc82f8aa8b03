// Worker: one thread of the generator, with its event loop, its part of the connections, its pacer
// and its recorders. Workers share nothing while they work.
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
#include <vector>

#include "boost/asio/executor_work_guard.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/steady_timer.hpp"
#include "loadgen/broadcast_tally.h"
#include "loadgen/delivery_ledger.h"
#include "loadgen/pacer.h"
#include "loadgen/plan.h"
#include "loadgen/ramp.h"
#include "loadgen/recorder.h"
#include "loadgen/run_result.h"
#include "loadgen/sequencer.h"
#include "loadgen/time.h"
#include "loadgen/user.h"

namespace phx::loadgen {

class WorkerObserver {
 public:
  virtual ~WorkerObserver() = default;

  // The setup is through; `joined` channels can be pushed to.
  virtual void OnReady(std::uint64_t connected, std::uint64_t joined) = 0;
  // What was recorded since the last TakeInterval().
  virtual void OnInterval(PhaseRecorders interval) = 0;
  virtual void OnLoadDone(WorkerHealth health) = 0;
  virtual void OnStopped() = 0;
};

class Worker final : private UserEvents, private PushTarget {
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
  const PhaseRecorders& recorders() const { return recorders_; }
  // The broadcasts of the whole load. After Run() has returned.
  const BroadcastTally& broadcasts() const { return broadcasts_; }

 private:
  // UserEvents:
  Duration Now() const override { return Clock::now() - run_start_; }
  void OnConnected(Duration intended, const ConnectTimings& timings) override;
  void OnJoinStarted() override;
  void OnJoined(Duration started) override;
  void OnSetUp() override;
  void OnReply(Duration intended) override;
  void OnPushFailure(Duration intended, const Failure& failure) override;
  void OnBroadcast(std::uint64_t channel, Duration intended, Delivery delivery) override;
  void OnHeartbeat(Duration round_trip) override;
  void OnChurn(Metric metric, Duration started) override;
  void OnAfterLeave() override;
  void OnLost(const Failure& failure) override;
  void OnReconnectFailed(const Failure& failure) override;
  void OnReconnected(Duration lost_at) override;
  void OnJoinLost() override;
  void OnRejoined(Duration lost_at) override;
  void OnFailure(const Failure& failure, std::uint64_t times) override;
  void OnClosed() override;

  // PushTarget:
  Result StartPush(const Operation& operation) override;

  Phase CurrentPhase() const;
  Duration LoadNow() const { return Clock::now() - load_start_; }

  // The setup.
  void OpenDueUsers();
  void ScheduleOpening();
  void OpenOne(const Ramp::Opening& opening);
  void FinishSetUp();

  // The load.
  void BeginLoad();
  void OnWake();
  void Turn(Duration now);
  void ScheduleTurn(Duration now, std::optional<Duration> next_push);
  void WakeAt(Duration planned);
  void BeginMeasuring();
  void EndLoad(Duration now);
  void AwaitSilence(Duration since);
  void FinishLoadIfDrained();
  void Refill();

  void CloseUsers();
  void DestroyUsers();

  const Plan& plan_;
  const Share share_;
  WorkerObserver& observer_;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer timer_;
  PhaseRecorders recorders_;
  UserSettings user_settings_;
  std::vector<std::unique_ptr<User>> users_;

  TimePoint run_start_;
  Ramp ramp_;
  bool is_ready_ = false;
  std::uint64_t connected_ = 0;
  std::uint64_t joined_ = 0;

  TimePoint load_start_;
  std::optional<Sequencer> sequencer_;  // from StartLoad() on
  Duration wake_planned_ = {};          // when the next turn should be
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
