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
#include "loadgen/recorder.h"
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
  virtual void OnBroadcastReceived() = 0;
};

class UserGroup final : private UserEvents, private PushTarget {
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
  bool has_begun() const { return sequencer_.has_value(); }
  // Starts what is due; says when to come again, as Sequencer does.
  Sequencer::Turn Start(Duration now) { return sequencer_->Start(now); }
  void Stop(Duration now) { sequencer_->Stop(now); }
  std::uint64_t outstanding() const { return sequencer_->outstanding(); }

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
  void OnReply(Duration intended) override;
  void OnPushFailure(Duration intended, const Failure& failure) override;
  std::size_t TallyIndex(const std::string& topic) override;
  void OnBroadcastSent(std::size_t topic) override;
  void OnBroadcast(std::size_t topic, Duration intended, Delivery delivery) override;
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
  Result StartPush(const Operation& operation) override;

  // That of the phase in which it is now.
  Recorder& current();

  const UserSettings settings_;
  const Share share_;  // of the kind's connections
  UserGroupHost& host_;
  std::vector<std::unique_ptr<User>> users_;  // nullptr: not opened yet
  std::uint64_t opened_ = 0;
  std::uint64_t connected_ = 0;
  std::uint64_t joined_ = 0;
  PhaseRecorders recorders_;
  std::optional<Sequencer> sequencer_;  // from BeginLoad() on
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_USER_GROUP_H_
