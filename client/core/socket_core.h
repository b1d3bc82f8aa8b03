// SocketCore: the Phoenix Channels protocol, without any input or output.
//
// All rules of the protocol are here and in the files that this one includes: refs, the states of
// the socket and its channels, join refs, buffers, timeouts, heartbeats, back-off. What happens is
// told to the core by calls, together with the time; what is to be done comes out as actions, in
// order, and one deadline says when the core wants to be called although nothing happened.
//
//   core.Connect(now);
//   while (auto action = core.PollAction()) …;   // OpenTransport{1}
//   core.OnTransportOpen(now, 1, info, false);   // the driver has connected
//   core.Join(now, channel, push, timeout);
//   while (auto action = core.PollAction()) …;   // SendFrame{1, …phx_join…}
//   core.OnTransportFrame(now, 1, frame);        // the server's reply
//   while (auto action = core.PollAction()) …;   // JoinDone{push, reply}
//
// The driver takes all actions after each call. Views in actions (messages, replies, frames) are
// valid until the next call that is told of a frame. User code is never run by the core, with the
// exception of the policies in CoreOptions, which must not call back.
//
// Threads: one at a time.
#ifndef PHX_CLIENT_CORE_SOCKET_CORE_H_
#define PHX_CLIENT_CORE_SOCKET_CORE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "client/core/action.h"
#include "client/core/channel_core.h"
#include "client/core/connection_core.h"
#include "client/core/context.h"
#include "client/core/hooks.h"
#include "client/core/options.h"
#include "client/core/pings.h"
#include "client/core/stats.h"
#include "client/core/time.h"
#include "client/core/topic_set.h"
#include "client/wire/message.h"
#include "client/wire/ref_counter.h"
#include "client/wire/text.h"

namespace phx::core {

class SocketCore {
 public:
  // `endpoint` is what messages call the server: its URL without secrets. It outlives the core, and
  // so does `refs`. `seed` decides the jitter of the back-offs.
  SocketCore(std::shared_ptr<const CoreOptions> options, std::string_view endpoint,
             RefCounter& refs, std::uint64_t seed);

  // --- the connection (connection_core.h has the table)

  // Wishes to be connected. Nothing happens if that is so already.
  void Connect(TimePoint now);
  // Wishes not to be. Cancels everything outstanding, drops what Send() buffered; channels rejoin
  // after the next Connect().
  void Disconnect(TimePoint now, const wire::CloseInfo& info);
  // Replaces the connection, or dials without waiting any longer. Nothing happens unless the
  // socket is wished to be connected.
  void Reconnect(TimePoint now);

  // Measures a round trip to the server: PingDone (pings.h).
  void Ping(TimePoint now, PingId ping);

  // --- channels (channel_core.h has the table)

  // There is no channel of that topic yet. What `topic` borrows outlives the channel.
  ChannelId AddChannel(wire::Text topic);
  void SetJoinParams(ChannelId channel, wire::Payload params);
  void AskForJoinParams(ChannelId channel);
  // False if the channel cannot be joined now: `push` gets a PushDone, and no JoinDone ever.
  bool Join(TimePoint now, ChannelId channel, PushId push, Duration timeout);
  // From here on the outcomes of the channel's join are reported under `push`; kNobody: not at all.
  void RenameJoin(ChannelId channel, PushId push) { channels_[channel]->RenameJoin(push); }
  void Leave(TimePoint now, ChannelId channel, PushId push, Duration timeout);
  // `push` kNobody: nobody waits for the outcome. `timeout` zero: wait for ever. Returns the ref
  // under which the push was written; none if it was not (PushDone says why), or not yet (PushSent
  // follows).
  Ref Push(TimePoint now, ChannelId channel, PushId push, std::string_view event,
           wire::Payload&& payload, Duration timeout);
  // Nothing happens if the push is not buffered, or the channel is gone.
  void CancelBufferedPush(TimePoint now, ChannelId channel, PushId push);
  // The channel is gone afterwards; its id may be given to another once all actions are taken.
  // Returns what was registered on it.
  std::vector<Ref> Remove(TimePoint now, ChannelId channel);

  // --- messages without a channel

  // Sends `message` as it is, or keeps it until the socket opens. kResourceExhausted: the buffer is
  // full; kInvalidArgument: the serializer cannot carry it.
  absl::Status Send(TimePoint now, wire::Message message);

  // --- registrations: `binding` is what Dispatch actions will name

  void On(ChannelId channel, std::string_view event, Ref binding, Ref filter = {});
  void On(ChannelId channel, Hook hook, Ref binding);
  void On(Hook hook, Ref binding);
  void Off(ChannelId channel, Ref binding);
  void Off(Ref binding);
  // Takes out all bindings of `event`, and returns them.
  std::vector<Ref> OffAll(ChannelId channel, std::string_view event);

  // --- what happens

  void OnTransportStage(Generation generation, ConnectStage stage, std::string_view detail);
  void OnTransportOpen(TimePoint now, Generation generation, std::shared_ptr<const OpenInfo> info,
                       bool skip_heartbeat);
  void OnTransportFrame(TimePoint now, Generation generation, wire::FrameView frame);
  void OnTransportClosed(TimePoint now, Generation generation, TransportClosed closed);
  // How many bytes the open transport has taken and not got rid of.
  void OnBacklog(std::size_t bytes) { context_.backlog = bytes; }
  // The answer to RequestJoinParams. An error fails the join; the channel tries again later.
  void OnJoinParams(TimePoint now, ChannelId channel, std::uint32_t serial,
                    absl::StatusOr<wire::Payload> params);

  // When the core wants OnDeadline() to be called; nullopt: not at all.
  std::optional<TimePoint> NextDeadline();
  void OnDeadline(TimePoint now);

  // --- what is to be done

  std::optional<Action> PollAction();
  // The same, without the detour: calls `carry_out` with each that is there, whatever type it has.
  // False if there is none. `carry_out` may call this object, which may lead to others.
  template <typename CarryOut>
  bool TakeActions(const CarryOut& carry_out) {
    if (context_.actions.TakeAll(carry_out)) return true;
    if (!removed_channels_.empty()) ReuseRemovedChannels();
    return false;
  }
  bool has_actions() const { return context_.actions.has_actions(); }
  // All actions are taken, and the driver is about to wait. Buffers that nobody needs go to the
  // thread, for the next core that is busy.
  void Rest() {
    if (context_.pushes.in_flight() == 0) context_.Rest();  // else a reply will wake it soon
  }
  wire::FrameView FrameOf(const SendFrame& frame) const { return context_.actions.FrameOf(frame); }

  // --- how things are

  SocketStatus status() const { return connection_.status(); }
  ConnectionState connection_state() const { return connection_.state(); }
  const ChannelStatus& channel_status(ChannelId channel) const {
    return channels_[channel]->status();
  }
  ChannelState channel_state(ChannelId channel) const { return channels_[channel]->state(); }
  // A message of the driver's was dropped before it reached the core; a handler could make nothing
  // of one.
  void CountDropped() { ++context_.stats.dropped_messages; }
  void CountUndecodable() { ++context_.stats.undecodable_payloads; }
  SocketStats stats() const;
  std::size_t pushes_in_flight() const { return context_.pushes.in_flight(); }

 private:
  using Channels = std::vector<std::unique_ptr<ChannelCore>>;

  // The topics lie in the channels.
  struct TopicOf {
    std::string_view operator()(std::string_view topic) const { return topic; }
    std::string_view operator()(ChannelId id) const { return (*channels)[id]->topic(); }
    const Channels* channels;
  };

  void Lose(const ConnectionCore::Loss& loss);
  absl::Status SendNow(const wire::Message& message);
  absl::Status BufferSend(wire::Message message);
  void FlushSendBuffer();
  void DropSendBuffer();
  void GrantJoinTurns() {
    if (context_.is_open() && !context_.joins.empty()) GrantWaitingJoins();
  }
  void GrantWaitingJoins();
  void Route(const wire::Message& message);
  void HearOfJoinGivenUp(const Inbound& inbound);
  // Most messages are of the topic of the one before.
  ChannelCore* FindChannel(std::string_view topic) {
    ChannelCore* const last =
        last_heard_ < channels_.size() ? channels_[last_heard_].get() : nullptr;
    return last != nullptr && last->topic() == topic ? last : LookUpChannel(topic);
  }
  ChannelCore* LookUpChannel(std::string_view topic);
  void ReuseRemovedChannels();

  Context context_;
  Hooks hooks_;
  ConnectionCore connection_;
  Pings pings_;
  Channels channels_;  // by ChannelId; nullptr: free
  std::vector<ChannelId> free_channels_;
  std::vector<ChannelId> removed_channels_;  // actions may still name them
  TopicSet<ChannelId, TopicOf> by_topic_;
  ChannelId last_heard_ = 0;  // whose topic is looked at first
  std::vector<wire::Message> send_buffer_;
  std::size_t oldest_send_ = 0;  // where the buffer begins, once it is full and goes round
};

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_SOCKET_CORE_H_
