#include "mockserver/session_gate.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/wire/close_info.h"
#include "client/wire/frame.h"
#include "client/wire/text.h"
#include "mockserver/broadcast_message.h"
#include "mockserver/json_term.h"
#include "mockserver/outbox.h"
#include "mockserver/shared_frame.h"

namespace phx::mock {

SessionGate::SessionGate(ProtocolVersion version, std::shared_ptr<const Faults> faults,
                         OutboxPool& outboxes, SessionHost& host)
    : serializer_(version), faults_(std::move(faults)), outboxes_(outboxes), host_(host) {}

void SessionGate::Hold(wire::FrameView frame) {
  waiting_.emplace_back(ClientFrame{{frame.type, std::string(frame.data)}});
}

void SessionGate::PassWaiting(absl::FunctionRef<void(wire::FrameView frame)> handle) {
  passed_.clear();
  while (!waiting_.empty() && !is_shut_ && !is_stopped_) {
    passed_.splice(passed_.end(), waiting_, waiting_.begin());
    Waiting& item = passed_.back();
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
    absl::FunctionRef<absl::StatusOr<wire::FrameType>(std::string& out)> encode) {
  if (is_stopped_) return absl::OkStatus();
  if (is_shut_) {
    wire::Frame frame;
    absl::StatusOr<wire::FrameType> type = encode(frame.data);
    if (!type.ok()) return type.status();
    frame.type = *type;
    waiting_.emplace_back(std::move(frame));
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
  if (faults_->reply_ref.has_value()) {
    const JsonTerm wrong = JsonTerm::Other(wire::Text::Borrow(*faults_->reply_ref));
    return SendEncoded([&](std::string& out) {
      return serializer_.EncodeReply(join_ref, wrong, topic, status, response, out);
    });
  }
  return SendEncoded([&](std::string& out) {
    return serializer_.EncodeReply(join_ref, ref, topic, status, response, out);
  });
}

absl::Status SessionGate::Push(const JsonTerm& join_ref, const JsonTerm& ref,
                               std::string_view topic, std::string_view event,
                               const Payload& payload) {
  return SendEncoded([&](std::string& out) {
    return serializer_.EncodePush(join_ref, ref, topic, event, payload, out);
  });
}

absl::Status SessionGate::Send(const BroadcastMessage& broadcast) {
  if (is_stopped_) return absl::OkStatus();
  absl::StatusOr<std::shared_ptr<const SharedFrame>> frame =
      broadcast.FrameFor(serializer_.version());
  if (!frame.ok()) return frame.status();
  if (is_shut_) {
    waiting_.emplace_back(*std::move(frame));
  } else {
    outbox().AddShared(*std::move(frame));
  }
  return absl::OkStatus();
}

void SessionGate::Stop(const wire::CloseInfo& info) {
  if (is_stopped_) return;
  if (is_shut_) {
    waiting_.emplace_back(info);
    return;
  }
  outbox().AddClose(info);
  is_stopped_ = true;
}

void SessionGate::Abandon() {
  is_stopped_ = true;
  waiting_.clear();
  DrainOutbox([](const Outbox::Entry&, std::string_view) {});
}

}  // namespace phx::mock
