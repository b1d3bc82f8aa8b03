// Context: what the state machines of one socket share.
#ifndef PHX_CLIENT_CORE_CONTEXT_H_
#define PHX_CLIENT_CORE_CONTEXT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/core/action_queue.h"
#include "client/core/backoff.h"
#include "client/core/join_pacer.h"
#include "client/core/options.h"
#include "client/core/owed_closes.h"
#include "client/core/push_table.h"
#include "client/core/stats.h"
#include "client/core/timer_queue.h"
#include "client/wire/message.h"
#include "client/wire/ref_counter.h"

namespace phx::core {

class Context {
  std::shared_ptr<const CoreOptions> options_owner_;  // many sockets may share their options

 public:
  // `endpoint_name` and `ref_counter` outlive this object.
  Context(std::shared_ptr<const CoreOptions> core_options, std::string_view endpoint_name,
          RefCounter& ref_counter, std::uint64_t seed)
      : options_owner_(std::move(core_options)),
        options(*options_owner_),
        endpoint(endpoint_name.data(), endpoint_name.size()),
        refs(ref_counter),
        jitter(options.jitter, seed),
        joins(options.max_joins_in_flight) {}

  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  bool is_open() const { return open != 0; }

  // Context::Send()
  //
  // Encodes `message` and queues its frame for the open connection. kInvalidArgument if the
  // serializer cannot carry it, also if the serializer throws. Call only while a connection is
  // open.
  absl::Status Send(const wire::Message& message);

  // Sends a heartbeat and returns its ref. As Send().
  absl::StatusOr<Ref> SendHeartbeat();

  // The room that is left for frames which the network has not taken.
  bool HasBacklogRoom() const { return backlog <= options.max_backlog; }

  // Each channel has at most one timer: what it waits for in its present state. Starting one
  // replaces the one before.
  void StartChannelTimer(ChannelId channel, Duration wait);
  void StopChannelTimer(ChannelId channel);

  // Whether the timer stands; a stale one is skipped.
  bool IsLive(const TimerKey& key) const {
    if (key.owner == TimerKey::Owner::kPush) return pushes.IsLive(key.index, key.serial);
    return key.index < channel_timers_.size() && channel_timers_[key.index] == key.serial;
  }

  // When the first of the timers is due; nullopt if there is none.
  std::optional<TimePoint> NextTimer() {
    return timers.Next([this](const TimerKey& key) { return IsLive(key); });
  }

  // A timer has just become stale; one that fired does so when its owner is done with it.
  void OnTimerStale() {
    timers.OnStale([this](const TimerKey& key) { return IsLive(key); });
  }

  // Nothing is expected soon: buffers that are empty go to whoever else is busy on this thread.
  void Rest() {
    actions.Rest();
    timers.Rest();
    pushes.Rest();
  }

  // A leave was sent for `join`, of `topic`, that nobody cares about any more.
  void OweClose(std::string_view topic, Ref join) {
    if (options.serializer->version().starts_with("1.")) owed_closes.Add(topic, join);
  }

  // A join may take so long; and whether heartbeats are sent on the connection. If a join may take
  // longer than a heartbeat's answer, a warning says so, once.
  void NoteJoinTimeout(Duration timeout);
  void SetBeats(bool beats);
  bool beats() const { return beats_; }

  bool Logs(LogLevel level) const { return options.logging && level >= options.log_level; }

  // Queues a log record, if anybody wants it: the text is put together only then.
  template <typename... Parts>
  void Log(LogLevel level, const char* kind, const Parts&... parts) {
    if (Logs(level)) actions.Add(core::Log{level, kind, absl::StrCat(parts...)});
  }

  // Shared state is what this class is for.
  // NOLINTBEGIN(misc-non-private-member-variables-in-classes)
  const CoreOptions& options;
  const absl::string_view endpoint;  // what messages call the server: its URL without secrets
  RefCounter& refs;
  ActionQueue actions;
  PushTable pushes;
  TimerQueue timers;
  Jitter jitter;
  JoinPacer joins;
  OwedCloses owed_closes;
  SocketStats stats;
  TimePoint now;                  // as the last call told it
  Generation open = 0;            // the connection that is open; 0 while none is
  std::uint32_t join_serial = 0;  // of the last RequestJoinParams, on whichever channel
  std::size_t backlog = 0;        // bytes that the transport has not got rid of, as far as is known
                                  // NOLINTEND(misc-non-private-member-variables-in-classes)

 private:
  void WarnOfSlowJoins();

  std::vector<std::uint32_t> channel_timers_;  // by ChannelId: the serial that stands, or 0
  std::uint32_t last_serial_ = 0;              // of a channel's timer
  Duration longest_join_{0};                   // by its timeout
  bool beats_ = false;
  bool has_warned_of_slow_joins_ = false;
};

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_CONTEXT_H_
