// User: one scripted connection. It connects, joins its channels, pushes when it is told to, and
// says how each of these things went.
//
// A connection that cannot be opened, and a join that is refused, are counted and stay so, and what
// was to be pushed there is skipped. So is a connection that is lost, unless the plan says that it
// reconnects: then the client opens it again, after its back-off, and its channels rejoin. A
// channel that crashes on the server is counted, and rejoins as the client's channels do.
//
// Threads: everything happens on the one thread that runs the executor.
#ifndef PHX_LOADGEN_USER_H_
#define PHX_LOADGEN_USER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/any_io_executor.hpp"
#include "client/channel.h"
#include "client/push.h"
#include "client/socket.h"
#include "loadgen/delivery_ledger.h"
#include "loadgen/failure.h"
#include "loadgen/plan.h"
#include "loadgen/recorder.h"
#include "loadgen/script.h"
#include "loadgen/seeded_random.h"
#include "loadgen/sequencer.h"
#include "loadgen/time.h"
#include "loadgen/user_kind.h"
#include "loadgen/user_sockets.h"
#include "loadgen/user_template.h"

namespace phx::loadgen {

class UserEvents {
 public:
  virtual ~UserEvents() = default;

  // The time by which connecting and joining are measured.
  virtual Duration Now() const = 0;

  virtual void OnConnected(Duration intended, const ConnectTimings& timings) = 0;
  virtual void OnJoinStarted() = 0;
  virtual void OnJoined(Duration started) = 0;
  // The user has come as far as it will: every join is answered, or the connection has failed.
  // Called once.
  virtual void OnSetUp() = 0;

  // `user` is its number, `intended` the operation's; `started`, of LoadNow(), is when it left.
  virtual void OnReply(std::uint64_t user, Duration intended, Duration started) = 0;
  virtual void OnPushFailure(Duration intended, const Failure& failure) = 0;

  // Of a script: the step that the user of that number is at has its outcome, or is over.
  virtual void OnStepReply(std::uint64_t user) = 0;
  virtual void OnStepFailure(std::uint64_t user, const Failure& failure) = 0;
  virtual void OnStepDone(std::uint64_t user) = 0;

  // The time since the load began, which all threads have in common.
  virtual Duration LoadNow() const = 0;
  // Another user was seen to come, who joined at `joined`, of LoadNow(). `is_own`: one of this
  // process, by whose clock that was.
  virtual void OnPresence(Duration joined, bool is_own) = 0;
  // The index that a topic has in the tally of broadcasts.
  virtual std::size_t TallyIndex(const std::string& topic) = 0;
  // A broadcast was sent on, or has come to, the topic of that index. `is_own`: from this process,
  // by whose clock it was due.
  virtual void OnBroadcastSent(std::size_t topic) = 0;
  virtual void OnBroadcast(std::size_t topic, Duration intended, Delivery delivery,
                           bool is_own) = 0;
  // A heartbeat was answered.
  virtual void OnHeartbeat(Duration round_trip) = 0;
  // A channel was left, or joined again, in the course of churn.
  virtual void OnChurn(Metric metric, Duration started) = 0;

  // A message of a channel whose leave had been answered.
  virtual void OnAfterLeave() = 0;

  // Of a connection that reconnects: it was lost; an attempt to open it failed; it is open again,
  // and had been lost at `lost_at`.
  virtual void OnLost(const Failure& failure) = 0;
  virtual void OnReconnectFailed(const Failure& failure) = 0;
  virtual void OnReconnected(Duration lost_at) = 0;
  // The same of a channel and its join.
  virtual void OnJoinLost() = 0;
  virtual void OnRejoined(Duration lost_at) = 0;

  // Anything else that went wrong.
  virtual void OnFailure(const Failure& failure, std::uint64_t times) = 0;

  // Close() is through.
  virtual void OnClosed() = 0;
};

// What all users of one kind and thread have in common. Must outlive them.
struct UserSettings {
  const Plan& plan;
  const UserKind& kind;  // of the plan
  boost::asio::any_io_executor executor;
  UserSockets sockets;    // of the kind
  std::uint64_t run = 0;  // by which broadcasts know their own
};

class User {
 public:
  // `number` counts all connections of the run, from 1. `events` must outlive this object.
  User(const UserSettings& settings, std::uint64_t number, UserEvents& events);

  User(const User&) = delete;
  User& operator=(const User&) = delete;

  // Connects, then joins. `intended` is when that was due.
  void Open(Duration intended);

  // Does what the workload does, with the channel of that index, from 0.
  StartResult Start(std::uint64_t channel, Duration intended);

  // Does a step of a script. `step` must outlive this object.
  StartResult StartStep(std::uint64_t channel, const ScriptStep& step);

  bool is_joined(std::uint64_t channel) const {
    return channel < channels_.size() && channels_[channel].is_joined();
  }

  // Calls `add` with the index in the tally of each topic that broadcasts are expected on.
  template <typename Add>
  void ForEachHeard(const Add& add) const {
    for (std::size_t i = 0; i < heard_.size(); ++i) {
      if (is_joined(i)) add(heard_[i]);
    }
  }

  // Disconnects. What is outstanding is no failure from here on.
  void Close();

 private:
  struct PushTimes {
    Duration intended = {};
    Duration started = {};
  };

  void OnOpen(Duration intended, const OpenInfo& info);
  void Prepare(std::uint64_t channels);
  void OnReopened();
  void OnConnectFailed(const SocketError& error);
  void OnConnectionClosed(const SocketClosed& closed);
  void OnHeartbeat(const Heartbeat& heartbeat);
  void OnChannelErrored(std::uint64_t channel, const ChannelErrored& errored);
  void OnJoinLost(std::uint64_t channel);
  void OnJoined(std::uint64_t channel);
  void OnMessage(const Message& message);

  UserTemplate::Values ValuesOf(std::uint64_t channel) const;
  JoinParams JoinParamsOf(std::uint64_t channel, std::string_view data = {}) const;
  std::string PresenceStamp() const;
  void AddChannel();
  void Hear(std::uint64_t channel);
  void JoinMore();
  // Joins the last of channels_.
  void Join();
  void OnJoinOutcome(Duration started, const absl::StatusOr<Reply>& outcome);
  void AwaitRejoin(std::uint64_t channel);
  void PushForReply(std::uint64_t channel, Duration intended);
  void Cast(std::uint64_t channel, Payload payload);
  void CastStamped(std::uint64_t channel, Duration intended);
  void Receive(std::uint64_t channel, const Message& message);
  void SeePresences(const Message& message);
  void Play(std::uint64_t channel, const ScriptStep& step);
  void LeaveByScript(std::uint64_t channel);
  void JoinByScript(std::uint64_t channel);
  void LeaveAndJoin(std::uint64_t channel, Duration intended);
  void ComeBack(std::uint64_t channel, PushTimes times);
  template <typename Done>
  void Leave(std::uint64_t channel, Done done);
  template <typename Done>
  void JoinAgain(std::uint64_t channel, Done done);
  void OnPushOutcome(PushTimes times, const absl::StatusOr<Reply>& outcome);
  void CountUnheard(const SocketStats& stats);
  void FinishSetUp();

  const UserSettings& settings_;
  const std::uint64_t number_;
  UserEvents& events_;
  Socket socket_;
  boost::asio::any_io_executor strand_;
  std::vector<Channel> channels_;
  std::vector<Push> joins_;  // of the channels
  std::uint64_t joins_answered_ = 0;
  std::uint64_t outstanding_ = 0;  // pushes
  std::vector<bool> is_churning_;  // by channel
  std::vector<bool> is_left_;      // by channel, until it is joined again
  absl::flat_hash_map<std::string, std::uint64_t> by_topic_;  // channels, of churn
  SeededRandom random_;
  // Of broadcasts, by channel: how many were sent, where they are tallied, what has come.
  std::vector<std::uint64_t> sent_;
  std::vector<std::size_t> heard_;
  std::vector<DeliveryLedger> ledgers_;
  bool was_open_ = false;
  std::optional<Duration> lost_at_;                    // while it is to be opened again
  std::vector<std::optional<Duration>> join_lost_at_;  // by channel; empty before the first loss
  bool missed_heartbeat_ = false;                      // the reason why the connection ends
  bool is_set_up_ = false;
  bool is_closing_ = false;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_USER_H_
