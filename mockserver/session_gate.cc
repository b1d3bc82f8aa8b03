#include "mockserver/session_gate.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/wire/close_info.h"
#include "client/wire/events.h"
#include "client/wire/frame.h"
#include "client/wire/text.h"
#include "mockserver/broadcast_message.h"
#include "mockserver/channel.h"
#include "mockserver/frame_fault.h"
#include "mockserver/json_term.h"
#include "mockserver/outbox.h"
#include "mockserver/shared_frame.h"

namespace phx::mock {

SessionGate::SessionGate(ProtocolVersion version, std::shared_ptr<const Faults> faults,
                         ConnectionId connection, const TimePoint& now, OutboxPool& outboxes,
                         SessionHost& host)
    : serializer_(version),
      faults_(std::move(faults)),
      judge_(faults_, connection),
      now_(now),
      outboxes_(outboxes),
      host_(host) {}

void SessionGate::SetFaults(std::shared_ptr<const Faults> faults) {
  faults_ = std::move(faults);
  judge_.SetFaults(faults_);
  PassReordered();
}

void SessionGate::Hold(wire::FrameView frame) {
  Wait(ClientFrame{{frame.type, std::string(frame.data)}});
}

std::size_t SessionGate::SizeOf(const Waiting& item) {
  if (const auto* received = std::get_if<ClientFrame>(&item)) return received->frame.data.size();
  if (const auto* frame = std::get_if<wire::Frame>(&item)) return frame->data.size();
  const auto* shared = std::get_if<std::shared_ptr<const SharedFrame>>(&item);
  return shared == nullptr ? 0 : (*shared)->frame().data.size();
}

std::size_t& SessionGate::HeldBytes(const Waiting& item) {
  return std::holds_alternative<ClientFrame>(item) ? held_input_ : held_output_;
}

void SessionGate::Wait(Waiting item) {
  HeldBytes(item) += SizeOf(item);
  waiting_.push_back(std::move(item));
}

void SessionGate::PassWaiting(absl::FunctionRef<void(wire::FrameView frame)> handle) {
  passed_.clear();
  while (!waiting_.empty() && !is_shut_ && !is_stopped_) {
    passed_.splice(passed_.end(), waiting_, waiting_.begin());
    Waiting& item = passed_.back();
    HeldBytes(item) -= SizeOf(item);
    if (const auto* received = std::get_if<ClientFrame>(&item)) {
      handle(received->frame.view());
    } else if (const auto* frame = std::get_if<wire::Frame>(&item)) {
      outbox().AddFrame(frame->view());
    } else if (const auto* shared = std::get_if<std::shared_ptr<const SharedFrame>>(&item)) {
      outbox().AddShared(*shared);
    } else {
      Stop(std::get<wire::CloseInfo>(item));
    }
  }
}

Outbox& SessionGate::outbox() {
  if (outbox_ == nullptr) {
    outbox_ = outboxes_.Lend();
    host_.OnChange();
  }
  return *outbox_;
}

bool SessionGate::DrainPlain(std::string& out) {
  if (outbox_ == nullptr) return true;
  if (!outbox_->is_plain()) return false;
  out.append(outbox_->websocket_bytes());
  outbox_->Clear();
  outboxes_.GiveBack(std::move(outbox_));
  return true;
}

absl::Status SessionGate::SendEncoded(
    const FrameFault* fault,
    absl::FunctionRef<absl::StatusOr<wire::FrameType>(std::string& out)> encode) {
  if (is_stopped_) return absl::OkStatus();
  if (is_shut_ || fault != nullptr || reordered_.has_value()) {
    wire::Frame frame;
    absl::StatusOr<wire::FrameType> type = encode(frame.data);
    if (!type.ok()) return type.status();
    frame.type = *type;
    Meet(fault, std::move(frame));
    return absl::OkStatus();
  }
  absl::StatusOr<wire::FrameType> type = encode(outbox().BeginFrame());
  if (!type.ok()) {
    outbox_->CancelFrame();
    return type.status();
  }
  outbox_->EndFrame(*type);
  return absl::OkStatus();
}

absl::Status SessionGate::Reply(const JsonTerm& join_ref, const JsonTerm& ref,
                                const JsonTerm& topic, std::string_view status,
                                const Payload& response) {
  const FrameFault* fault = JudgeOwn(topic.text(), events::kReply);
  const bool has_ref = fault != nullptr && fault->kind == FrameFault::Kind::kRef;
  const bool has_status = fault != nullptr && fault->kind == FrameFault::Kind::kStatus;
  const std::string* wrong_ref = has_ref                          ? &fault->text
                                 : faults_->reply_ref.has_value() ? &*faults_->reply_ref
                                                                  : nullptr;
  const JsonTerm sent_ref =
      wrong_ref == nullptr ? ref.Borrow() : JsonTerm::Other(wire::Text::Borrow(*wrong_ref));
  return SendEncoded(fault, [&](std::string& out) {
    return serializer_.EncodeReply(join_ref, sent_ref, topic,
                                   has_status ? std::string_view(fault->text) : status, response,
                                   out);
  });
}

absl::Status SessionGate::Push(const JsonTerm& join_ref, const JsonTerm& ref,
                               std::string_view topic, std::string_view event,
                               const Payload& payload) {
  return SendEncoded(JudgeOwn(topic, event), [&](std::string& out) {
    return serializer_.EncodePush(join_ref, ref, topic, event, payload, out);
  });
}

absl::Status SessionGate::Send(const BroadcastMessage& broadcast) {
  if (is_stopped_) return absl::OkStatus();
  absl::StatusOr<std::shared_ptr<const SharedFrame>> frame =
      broadcast.FrameFor(serializer_.version());
  if (!frame.ok()) return frame.status();
  const FrameFault* fault = JudgeOwn(broadcast.topic(), broadcast.event());
  if (fault != nullptr || reordered_.has_value()) {
    const wire::FrameView view = (*frame)->frame();
    Meet(fault, {view.type, std::string(view.data)});
  } else if (is_shut_) {
    Wait(*std::move(frame));
  } else {
    outbox().AddShared(*std::move(frame));
  }
  return absl::OkStatus();
}

void SessionGate::Meet(const FrameFault* fault, wire::Frame frame) {
  using Kind = FrameFault::Kind;
  switch (fault == nullptr ? Kind::kStatus : fault->kind) {
    case Kind::kDrop: return;
    case Kind::kDuplicate: Pass(frame); break;
    case Kind::kDelay:
      held_output_ += frame.data.size();
      delayed_.Add(now_ + fault->delay, std::move(frame));
      return host_.OnChange();
    case Kind::kReorder:
      PassReordered();
      reordered_ = std::move(frame);
      return;
    case Kind::kTruncate: frame.data.resize(std::min(frame.data.size(), fault->size)); break;
    case Kind::kCorrupt:
      // A control character, which no JSON may have: text it is, but nothing that can be decoded.
      if (!frame.data.empty()) frame.data[judge_.Draw() % frame.data.size()] = '\x01';
      break;
    case Kind::kClose: return Stop({fault->close_code});
    case Kind::kReset: return Reset();
    case Kind::kRef:
    case Kind::kStatus: break;  // is encoded so
  }
  Pass(std::move(frame));
  PassReordered();
}

void SessionGate::Pass(wire::Frame frame) {
  if (is_stopped_) return;
  if (is_shut_) {
    Wait(std::move(frame));
  } else {
    outbox().AddFrame(frame.view());
  }
}

void SessionGate::PassReordered() {
  if (reordered_.has_value()) Pass(*std::exchange(reordered_, std::nullopt));
}

void SessionGate::PassDelayed() {
  while (std::optional<wire::Frame> frame = delayed_.TakeDue(now_)) {
    held_output_ -= frame->data.size();
    Pass(*std::move(frame));
  }
}

void SessionGate::Reset() {
  if (is_stopped_) return;
  outbox().AddControl(Outbox::Entry::Kind::kReset, {});
  is_stopped_ = true;
}

void SessionGate::Stop(const wire::CloseInfo& info) {
  if (is_stopped_) return;
  if (is_shut_) {
    Wait(info);
    return;
  }
  outbox().AddClose(info);
  is_stopped_ = true;
}

void SessionGate::Abandon() {
  is_stopped_ = true;
  waiting_.clear();
  held_input_ = 0;
  held_output_ = 0;
  delayed_.RemoveIf([](const wire::Frame&) { return true; });
  reordered_.reset();
  DrainOutbox([](const Outbox::Entry&, std::string_view) {});
}

}  // namespace phx::mock
