// Shard: what the sessions of one I/O thread share; and Hub, which connects the shards of a server.
//
// Everything that happens on a thread happens in a turn: the bytes of one read, a timer, a request
// of a test. Whoever drives a session calls FinishTurn() at the end of it, then flushes the
// sessions that have something to send:
//
//   core.OnBytes(now, data, size);
//   shard.FinishTurn(now);
//   …drain the outbox of every session whose host heard OnChange(), and set its timer…
#ifndef PHX_MOCKSERVER_SHARD_H_
#define PHX_MOCKSERVER_SHARD_H_

#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "mockserver/broadcast_message.h"
#include "mockserver/mailbox.h"
#include "mockserver/outbox.h"
#include "mockserver/presence_table.h"
#include "mockserver/shard_counters.h"
#include "mockserver/time_point.h"
#include "mockserver/topic_table.h"

namespace phx::mock {

class Hub;

// Not thread-safe: used on its thread alone.
class Shard {
 public:
  // `hub`, which may be null for a shard that is alone, must outlive the shard.
  explicit Shard(Hub* hub = nullptr) : hub_(hub) {}
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  TopicTable& topics() { return topics_; }
  Mailbox& mailbox() { return mailbox_; }
  OutboxPool& outboxes() { return outboxes_; }
  ShardCounters& counters() { return counters_; }
  // For other threads.
  const ShardCounters& counters() const { return counters_; }
  // The hub's, or its own if it is alone.
  PresenceTable& presences();

  // Shard::Publish()
  //
  // Hands `broadcast` to the members on this shard but `except`, before it returns, and sends it on
  // its way to those on the others. An error, and nothing sent to the others, if one here cannot
  // carry it.
  absl::Status Publish(const std::shared_ptr<const BroadcastMessage>& broadcast,
                       const TopicTable::Member* except = nullptr);

  // Lets the channels work until nothing waits for them any more.
  void FinishTurn(TimePoint now);

 private:
  Hub* hub_;
  TopicTable topics_;
  Mailbox mailbox_;
  ShardCounters counters_;
  OutboxPool outboxes_{counters_.frames_sent};
  std::unique_ptr<PresenceTable> own_presences_;  // made when a shard that is alone needs it
};

// Threads: any.
class Hub {
 public:
  // Runs a function on a shard's thread, as a turn of its own.
  using Runner = std::function<void(std::function<void(Shard&)>)>;

  // Connects `shard`, which is reached by `runner`. Done before anybody publishes.
  void Connect(const Shard& shard, Runner runner);

  // Sends `broadcast` to the members on all shards but `except`.
  void Publish(const std::shared_ptr<const BroadcastMessage>& broadcast,
               const Shard* except = nullptr);

  PresenceTable& presences() { return presences_; }

 private:
  struct Connected {
    const Shard* shard;
    Runner runner;
  };
  std::vector<Connected> shards_;
  PresenceTable presences_;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_SHARD_H_
