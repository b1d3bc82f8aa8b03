#include "mockserver/channel.h"

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include "mockserver/json_term.h"
#include "mockserver/session_port.h"
#include "mockserver/time_point.h"

namespace phx::mock {
namespace {

// A payload that leaves its frame behind.
Payload Kept(Payload payload) {
  payload.Own();
  return payload;
}

void Post(const std::weak_ptr<SessionPort>& port, SessionPort::Task task) {
  if (const std::shared_ptr<SessionPort> target = port.lock()) target->Post(std::move(task));
}

}  // namespace

// Results.

JoinResult JoinOk(Payload response) {
  JoinResult result;
  result.payload = std::move(response);
  return result;
}

JoinResult JoinOk(const Json& response) { return JoinOk(Payload::Json(response)); }

JoinResult JoinError(Payload response) {
  JoinResult result = JoinOk(std::move(response));
  result.kind = JoinResult::Kind::kError;
  return result;
}

JoinResult JoinError(const Json& response) { return JoinError(Payload::Json(response)); }

JoinResult JoinAfter(Duration delay, JoinResult result, bool blocks_socket) {
  result.delayed_kind = result.kind;
  result.kind = JoinResult::Kind::kLater;
  result.delay = delay;
  result.blocks_socket = blocks_socket;
  return result;
}

JoinResult JoinLater(bool blocks_socket) {
  JoinResult result;
  result.kind = JoinResult::Kind::kLater;
  result.blocks_socket = blocks_socket;
  return result;
}

JoinResult JoinNever(bool blocks_socket) {
  JoinResult result = JoinLater(blocks_socket);
  result.kind = JoinResult::Kind::kNever;
  return result;
}

std::string_view ToString(StopReason reason) {
  switch (reason) {
    case StopReason::kNormal: return "normal";
    case StopReason::kShutdown: return "shutdown";
    case StopReason::kAbnormal: return "abnormal";
    case StopReason::kCrash: return "crash";
    case StopReason::kLeft: return "left";
    case StopReason::kDuplicateJoin: return "duplicate_join";
    case StopReason::kClosed: return "closed";
  }
  return "unknown";
}

std::ostream& operator<<(std::ostream& os, StopReason reason) { return os << ToString(reason); }

Outcome NoReply() { return {}; }

Outcome Reply(std::string_view status, Payload response) {
  Outcome outcome;
  outcome.reply = Outcome::Reply{std::string(status), std::move(response)};
  return outcome;
}

Outcome ReplyEcho(std::string_view status) {
  Outcome outcome = Reply(status);
  outcome.reply->is_echo = true;
  return outcome;
}

Outcome Reply(std::string_view status, const Json& response) {
  return Reply(status, Payload::Json(response));
}

Outcome ReplyOk(Payload response) { return Reply("ok", std::move(response)); }
Outcome ReplyOk(const Json& response) { return Reply("ok", response); }
Outcome ReplyError(Payload response) { return Reply("error", std::move(response)); }
Outcome ReplyError(const Json& response) { return Reply("error", response); }

Outcome Stop(StopReason reason, Outcome reply) {
  reply.stop = reason;
  return reply;
}

// Handles.

SocketRef::SocketRef(std::weak_ptr<SessionPort> port, JsonTerm join_ref, JsonTerm ref,
                     std::string topic)
    : port_(std::move(port)),
      join_ref_(std::move(join_ref)),
      ref_(std::move(ref)),
      topic_(std::move(topic)) {}

void SocketRef::Reply(std::string_view status, Payload response) const {
  Post(port_, [ref = *this, status = std::string(status), response = Kept(std::move(response))](
                  SessionRequests& session, TimePoint now) {
    session.ReplyLate(now, ref.join_ref_, ref.ref_, ref.topic_, status, response);
  });
}

void SocketRef::Reply(std::string_view status, const Json& response) const {
  Reply(status, Payload::Json(response));
}

JoinHandle::JoinHandle(std::weak_ptr<SessionPort> port, std::uint64_t channel_id)
    : port_(std::move(port)), channel_id_(channel_id) {}

void JoinHandle::Ok(Payload response) const {
  Post(port_, [id = channel_id_, response = Kept(std::move(response))](SessionRequests& session,
                                                                       TimePoint now) {
    session.AnswerJoin(now, id, JoinOk(response));
  });
}

void JoinHandle::Error(Payload response) const {
  Post(port_, [id = channel_id_, response = Kept(std::move(response))](SessionRequests& session,
                                                                       TimePoint now) {
    session.AnswerJoin(now, id, JoinError(response));
  });
}

void JoinHandle::Crash() const {
  Post(port_, [id = channel_id_](SessionRequests& session, TimePoint now) {
    session.AnswerJoin(now, id, std::nullopt);
  });
}

ChannelRef::ChannelRef(std::weak_ptr<SessionPort> port, std::uint64_t channel_id)
    : port_(std::move(port)), channel_id_(channel_id) {}

void ChannelRef::Send(Info info) const {
  info.payload.Own();
  Post(port_, [id = channel_id_, info = std::move(info)](SessionRequests& session, TimePoint now) {
    session.SendInfo(now, id, info);
  });
}

void ChannelRef::Push(std::string_view event, Payload payload) const {
  Post(port_,
       [id = channel_id_, event = std::string(event), payload = Kept(std::move(payload))](
           SessionRequests& session, TimePoint now) { session.PushFrom(now, id, event, payload); });
}

void ChannelRef::Push(std::string_view event, const Json& payload) const {
  Push(event, Payload::Json(payload));
}

void ChannelRef::Stop(StopReason reason) const {
  Post(port_, [id = channel_id_, reason](SessionRequests& session, TimePoint now) {
    session.StopChannel(now, id, reason);
  });
}

// Defaults.

Outcome Channel::HandleIn(ChannelSocket& /*socket*/, std::string_view event,
                          const Payload& /*payload*/) {
  throw ChannelError("no clause of HandleIn() for the event " + std::string(event));
}

Outcome Channel::HandleInfo(ChannelSocket& /*socket*/, const Info& /*info*/) { return NoReply(); }

Outcome Channel::HandleOut(ChannelSocket& socket, std::string_view event, const Payload& payload) {
  socket.Push(event, payload);
  return NoReply();
}

void Channel::Terminate(ChannelSocket& /*socket*/, StopReason /*reason*/) {}

}  // namespace phx::mock
