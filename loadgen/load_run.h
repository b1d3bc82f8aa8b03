// LoadRun: one run of a plan, from the first connection to the last. It starts the threads, has
// them begin the load together when all are ready, watches, stops, and collects what they recorded.
//
//   asio::io_context io;
//   LoadRun run(io, plan, [](const Progress& progress) { … });
//   run.Start([&](RunResult result) { … });
//   io.run();
//
// Threads: all functions are called on the thread that runs `io`, and the handlers run there.
#ifndef PHX_LOADGEN_LOAD_RUN_H_
#define PHX_LOADGEN_LOAD_RUN_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "boost/asio/executor_work_guard.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/steady_timer.hpp"
#include "loadgen/plan.h"
#include "loadgen/progress.h"
#include "loadgen/recorder.h"
#include "loadgen/run_result.h"
#include "loadgen/time.h"
#include "loadgen/worker.h"

namespace phx::loadgen {

class LoadRun final : private WorkerObserver {
 public:
  // `plan.urls` have to be known. `on_progress` is called every `plan.interval`.
  LoadRun(boost::asio::io_context& io, Plan plan, std::function<void(const Progress&)> on_progress);
  ~LoadRun() override;

  LoadRun(const LoadRun&) = delete;
  LoadRun& operator=(const LoadRun&) = delete;

  // Has `on_load` called when the load begins, with when the measuring will.
  void OnLoad(std::function<void(TimePoint)> on_load) { on_load_ = std::move(on_load); }

  // Has `on_frame` called with a line for each frame of the connection of Plan::debug_frames.
  void OnFrame(std::function<void(const std::string&)> on_frame) {
    on_frame_ = std::move(on_frame);
  }

  // LoadRun::SetGate()
  //
  // Has the load wait for others. `gate` is called once everything is set up, unless nothing can be
  // pushed to, and calls what it is given, on io's thread, with when the load is to begin. Without
  // it the load begins at Plan::start_at, or at once.
  using Begin = std::function<void()>;
  void SetGate(std::function<void(Begin)> gate) { gate_ = std::move(gate); }

  // Begins. `done` is called once, when everything is closed and all threads have ended.
  void Start(std::function<void(RunResult)> done);

  // What was recorded up to the end of the last interval.
  const PhaseRecorders& recorders() const { return result_.recorders; }

  // Ends the run before its time, in order: no more pushes, those under way get their outcomes,
  // connections are closed, `done` is called. `aborted_by` is the condition for which that happens,
  // if it is one.
  void RequestStop(std::optional<std::string> aborted_by = std::nullopt);

 private:
  struct Thread {
    std::unique_ptr<Worker> worker;
    std::thread thread;
  };
  enum class Stage : std::uint8_t { kSetup, kWaiting, kLoad, kClosing };

  // WorkerObserver, on the workers' threads:
  void OnReady(std::uint64_t connected, std::uint64_t joined) override;
  void OnInterval(PhaseRecorders interval, WorkerHealth health) override;
  void OnLoadDone(WorkerHealth health) override;
  void OnStopped() override;
  void OnFrame(std::string frame) override;

  void HandleReady(std::uint64_t connected, std::uint64_t joined);
  void HandleInterval(const PhaseRecorders& interval, WorkerHealth health);
  void HandleLoadDone(WorkerHealth health);
  void HandleStopped();

  void MeasureMemory();
  TimePoint StartTime() const;
  void WatchStartTime();
  void AwaitStartTime();
  void BeginLoad(TimePoint start);
  void BeginClosing();
  Phase PhaseAt(TimePoint time) const;
  TimePoint NextLook() const;
  void ScheduleProgress();
  void AddToSeries(TimePoint now, const PhaseRecorders& recorded);
  void AskForIntervals();
  void ReportProgress(TimePoint now, Duration interval);

  boost::asio::io_context& io_;
  const Plan plan_;
  std::function<void(const Progress&)> on_progress_;
  std::function<void(TimePoint)> on_load_;
  std::function<void(const std::string&)> on_frame_;
  std::function<void(Begin)> gate_;
  std::function<void(RunResult)> done_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer progress_timer_;
  boost::asio::steady_timer start_timer_;  // of Plan::start_at
  std::vector<Thread> threads_;

  Stage stage_ = Stage::kSetup;
  TimePoint run_start_;
  std::optional<TimePoint> load_start_;
  std::uint64_t ready_ = 0;    // workers
  std::uint64_t stopped_ = 0;  // workers
  std::uint64_t connected_ = 0;
  std::uint64_t joined_ = 0;
  std::optional<std::uint64_t> memory_before_;  // the first connection
  RunResult result_;

  TimePoint interval_start_;
  std::uint64_t intervals_missing_ = 0;  // of workers that were asked
  PhaseRecorders recent_;
  double busiest_cpu_ = 0;  // of the workers that have answered
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_LOAD_RUN_H_
