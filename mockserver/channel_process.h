// ChannelProcess: one channel of one session: the channel object, and all that in Phoenix is the
// state of its process.
//
// It runs the channel's functions and contains their exceptions; what follows from what they return
// (replies, ends) is the session's business.
#ifndef PHX_MOCKSERVER_CHANNEL_PROCESS_H_
#define PHX_MOCKSERVER_CHANNEL_PROCESS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "mockserver/broadcast_message.h"
#include "mockserver/channel.h"
#include "mockserver/client_message.h"
#include "mockserver/json_term.h"
#include "mockserver/mailbox.h"
#include "mockserver/topic_table.h"

namespace phx::mock {

class SessionCore;

class ChannelProcess final : public ChannelSocket, public TopicTable::Member {
 public:
  // `join` is the message that starts it.
  ChannelProcess(SessionCore& session, std::uint64_t id, const ClientMessage& join,
                 std::unique_ptr<Channel> channel);
  ~ChannelProcess() override;

  // Calls Join(); nullopt if it crashed.
  std::optional<JoinResult> Join(const Payload& params);
  // The join was accepted. What the channel sent to itself meanwhile is due now.
  void BecomeJoined();
  bool is_joined() const { return joined_; }
  // The channel has ended: those whom it tracks leave.
  void UntrackAll();

  // Calls the function for which `mail` is; nullopt if it crashed.
  std::optional<Outcome> Handle(const Mail& mail);
  // Calls Terminate(). A crash in it is ignored: the channel ends anyway.
  void Terminate(StopReason reason);

  std::uint64_t id() const { return id_; }
  // As the client sent them with the join; what phx_close and phx_error carry is the join_ref.
  const JsonTerm& join_ref() const { return join_ref_; }
  const JsonTerm& ref() const { return ref_; }
  // What its other messages carry: the ref, where the client joined without a join_ref.
  const JsonTerm& socket_join_ref() const { return join_ref_.is_null() ? ref_ : join_ref_; }

  // Pushes and leaves that wait for it.
  void OnPosted(bool is_leave) { ++(is_leave ? waiting_leaves_ : waiting_pushes_); }
  void OnDelivered(bool is_leave) { --(is_leave ? waiting_leaves_ : waiting_pushes_); }
  bool has_mail() const { return waiting_pushes_ != 0 || waiting_leaves_ != 0; }
  bool is_left() const { return waiting_leaves_ != 0; }

  // TopicTable::Member
  absl::Status OnBroadcast(const std::shared_ptr<const BroadcastMessage>& broadcast) override;

  // ChannelSocket
  std::string_view topic() const override { return topic_; }
  ConnectionId connection() const override;
  ProtocolVersion version() const override;
  std::string join_ref_text() const override;
  const Json& assigns() const override;
  void Assign(std::string_view key, Json value) override;
  void Push(std::string_view event, const Payload& payload) override;
  void Broadcast(std::string_view event, const Payload& payload) override;
  void BroadcastFrom(std::string_view event, const Payload& payload) override;
  void BroadcastTo(std::string_view topic, std::string_view event, const Payload& payload) override;
  void Track(std::string_view key, Json meta) override;
  void UpdatePresence(std::string_view key, const std::function<Json(Json)>& change) override;
  void Untrack(std::string_view key) override;
  Json ListPresences() const override;
  void Send(Info info) override;
  void SendAfter(Duration delay, Info info) override;
  void ReplyAfter(Duration delay, std::string_view status, Payload response) override;
  SocketRef socket_ref() const override;
  JoinHandle join_handle() const override;
  ChannelRef self() const override;

 private:
  Outcome HandleMessage(const ClientMessage& message);
  void Publish(std::string_view topic, std::string_view event, const Payload& payload,
               const TopicTable::Member* except);
  void PublishDiff(std::optional<Json> diff, bool overtakes);
  const ClientMessage& MessageAtHand(std::string_view wanted_by) const;

  SessionCore& session_;
  const std::uint64_t id_;
  const std::string topic_;
  const JsonTerm join_ref_;
  const JsonTerm ref_;
  std::unique_ptr<Channel> channel_;
  std::unique_ptr<Json> assigns_;  // null: nothing was assigned, the session's hold
  std::span<const std::string> intercepts_;
  std::vector<Info> early_infos_;           // sent to itself before it was joined
  const ClientMessage* message_ = nullptr;  // what HandleIn is called for
  bool joining_ = false;                    // Join() runs
  bool joined_ = false;
  int waiting_pushes_ = 0;
  int waiting_leaves_ = 0;
  bool has_tracked_ = false;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_CHANNEL_PROCESS_H_
