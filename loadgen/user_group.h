// UserGroup: the users of one kind on one thread, with their load and all that is recorded of them.
//
// It has no clock and no timer: the worker, whose thread it is, tells it when to do what.
//
// Threads: everything happens on the worker's thread.
#ifndef PHX_LOADGEN_USER_GROUP_H_
#define PHX_LOADGEN_USER_GROUP_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/broadcast_tally.h"
#include "loadgen/delivery_ledger.h"
#include "loadgen/failure.h"
#include "loadgen/pacer.h"
#include "loadgen/plan.h"
#include "loadgen/push_book.h"
#include "loadgen/recorder.h"
#include "loadgen/script.h"
#include "loadgen/script_player.h"
#include "loadgen/sequencer.h"
#include "loadgen/time.h"
#include "loadgen/user.h"
#include "loadgen/user_kind.h"

namespace phx::loadgen {

// The worker, as its groups see it.
class UserGroupHost {
 public:
  virtual ~UserGroupHost() = default;

  virtual Duration Now() const = 0;      // since the run began
  virtual Duration LoadNow() const = 0;  // since the load began
  virtual BroadcastTally& broadcasts() = 0;

  virtual void OnUserSetUp() = 0;
  virtual void OnUserClosed() = 0;
  // A push has its outcome.
  virtual void OnOutcome() = 0;
  // Something is due at that moment of the load, perhaps sooner than what Start() said.
  virtual void OnDue(Duration due) = 0;
  virtual void OnBroadcastReceived(Duration now) = 0;
};

class UserGroup final : private UserEvents, private PushTarget, private StepTarget {
 public:
  // `settings.plan` and `host` must outlive this object. `share` is the worker's part of all
  // connections.
  UserGroup(UserSettings settings, Share share, UserGroupHost& host);

  UserGroup(const UserGroup&) = delete;
  UserGroup& operator=(const UserGroup&) = delete;

  // How many of its users there are to be, and are.
  std::uint64_t size() const { return users_.size(); }
  std::uint64_t opened() const { return opened_; }

  // Opens the user of that index, from 0, which was due at `intended`.
  void Open(std::uint64_t index, Duration intended);

  // Begins the load, of which nothing was due before.
  void BeginLoad();
  // Starts what is due; when to come again, as Sequencer says it.
  std::optional<Duration> Start(Duration now);
  void Stop(Duration now);
  // What has no outcome yet.
  std::uint64_t outstanding() const;

  // Closes those that are open.
  void Close();
  // Destroys all of them. Not from inside a call of theirs.
  void Clear() { users_.clear(); }

  std::uint64_t connected() const { return connected_; }
  std::uint64_t joined() const { return joined_; }

  // What was recorded since the last call.
  PhaseRecorders TakeRecorders();

 private:
  // UserEvents:
  Duration Now() const override { return host_.Now(); }
  void OnConnected(Duration intended, const ConnectTimings& timings) override;
  void OnJoinStarted() override;
  void OnJoined(Duration started) override;
  void OnSetUp() override { host_.OnUserSetUp(); }
  void OnReply(std::uint64_t user, Duration intended, Duration started) override;
  void OnPushFailure(Duration intended, const Failure& failure) override;
  void OnStepReply(std::uint64_t user) override;
  void OnStepFailure(std::uint64_t user, const Failure& failure) override;
  void OnStepDone(std::uint64_t user) override;
  Duration LoadNow() const override { return host_.LoadNow(); }
  void OnPresence(Duration joined, bool is_own) override;
  std::size_t TallyIndex(const std::string& topic) override;
  void OnBroadcastSent(std::size_t topic) override;
  void OnBroadcast(std::size_t topic, Duration intended, Delivery delivery, bool is_own) override;
  void OnHeartbeat(Duration round_trip) override;
  void OnChurn(Metric metric, Duration started) override;
  void OnAfterLeave() override;
  void OnLost(const Failure& failure) override;
  void OnReconnectFailed(const Failure& failure) override;
  void OnReconnected(Duration lost_at) override;
  void OnJoinLost() override;
  void OnRejoined(Duration lost_at) override;
  void OnFailure(const Failure& failure, std::uint64_t times) override;
  void OnClosed() override { host_.OnUserClosed(); }

  // PushTarget:
  StartResult StartPush(const Operation& operation) override;
  // StepTarget:
  StartResult StartStep(std::uint64_t user, std::uint64_t channel, const ScriptStep& step,
                        Duration intended) override;

  void MakeSequencer();
  void MakePlayer();
  void OnStepOver();
  std::uint64_t NumberOf(std::uint64_t index) const;  // of the user of that index
  std::uint64_t LaneOf(std::uint64_t number) const;   // of the kind, as in Share
  std::uint64_t IndexOf(std::uint64_t number) const;

  // That of the phase in which it is now.
  Recorder& current();

  const UserSettings settings_;
  const Share worker_share_;  // of all connections
  const Share share_;         // of the kind's
  UserGroupHost& host_;
  std::vector<std::unique_ptr<User>> users_;  // nullptr: not opened yet
  std::uint64_t opened_ = 0;
  std::uint64_t connected_ = 0;
  std::uint64_t joined_ = 0;
  PhaseRecorders recorders_;
  // From BeginLoad() on:
  std::optional<PushBook> book_;
  std::optional<Sequencer> sequencer_;  // of a workload
  std::optional<ScriptPlayer> player_;  // of a script
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_USER_GROUP_H_
