#include "mockserver/long_poll_core.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/wire/frame.h"
#include "mockserver/long_poll_port.h"
#include "mockserver/outbox.h"
#include "mockserver/session_core.h"

namespace phx::mock {
namespace {

void Tell(const std::weak_ptr<LongPollCaller>& weak, LongPollReply reply) {
  if (const std::shared_ptr<LongPollCaller> caller = weak.lock()) caller->Post(std::move(reply));
}

// One and a half windows, in whole milliseconds.
Duration Patience(const UserSocket& socket) {
  return std::chrono::milliseconds(socket.longpoll->window.count() * 3 / 2);
}

}  // namespace

LongPollCore::LongPollCore(SessionOptions options, TimePoint now, Shard& shard, SessionHost& host)
    : session_(std::move(options), shard, host),
      patience_(Patience(*session_.options().socket)),
      last_poll_(now),
      next_check_(now + patience_) {}

void LongPollCore::OnCall(TimePoint now, LongPollCall call) {
  if (is_over_) return;
  if (call.kind == LongPollCall::Kind::kForget) return Forget(now);
  dispatched_.clear();
  calls_.push_back(std::move(call));
  Work(now);
}

void LongPollCore::Work(TimePoint now) {
  while (!is_over_ && !calls_.empty() && !session_.is_blocked()) {
    LongPollCall call = std::move(calls_.front());
    calls_.pop_front();
    Handle(now, call);
  }
}

void LongPollCore::Handle(TimePoint now, LongPollCall& call) {
  switch (call.kind) {
    case LongPollCall::Kind::kSubscribe:
      return Tell(call.caller, {.kind = LongPollReply::Kind::kSubscribed});
    case LongPollCall::Kind::kFlush:
      last_poll_ = now;
      flusher_.reset();
      if (messages_.empty()) {
        flusher_ = std::move(call.caller);
      } else {
        message_bytes_ = 0;
        Tell(call.caller,
             {.kind = LongPollReply::Kind::kMessages, .messages = std::exchange(messages_, {})});
      }
      return;
    case LongPollCall::Kind::kDispatch: return Dispatch(now, call);
    case LongPollCall::Kind::kForget: return;  // does not wait here
  }
}

void LongPollCore::Dispatch(TimePoint now, LongPollCall& call) {
  dispatching_ = std::move(call.caller);
  session_.OnFrame(now, dispatched_.emplace_back(std::move(call.frame)).view());
  AnswerDispatched();
}

// A frame at which the socket crashes is not answered, as nothing is by who has crashed.
void LongPollCore::AnswerDispatched() {
  if (!dispatching_.has_value() || session_.is_blocked() || session_.is_stopped()) return;
  Tell(*dispatching_, {.kind = LongPollReply::Kind::kDispatched});
  dispatching_.reset();
}

std::optional<TimePoint> LongPollCore::NextDeadline() const {
  if (is_over_) return std::nullopt;
  const std::optional<TimePoint> deadline = session_.NextDeadline();
  return deadline.has_value() ? std::min(*deadline, next_check_) : next_check_;
}

void LongPollCore::OnDeadline(TimePoint now) {
  if (is_over_) return;
  dispatched_.clear();
  session_.OnDeadline(now);
  if (now < next_check_) return;
  next_check_ = now + patience_;
  if (is_inactive(now) && !session_.is_blocked()) End(now);
}

void LongPollCore::Flush(TimePoint now) {
  if (is_over_) return;
  AnswerDispatched();
  Observer* const observer = session_.options().observer;
  session_.DrainOutbox([&](const Outbox::Entry& entry, std::string_view data) {
    if (entry.kind != Outbox::Entry::Kind::kFrame) return;
    const wire::FrameView frame =
        entry.shared != nullptr ? entry.shared->frame() : wire::FrameView{entry.type, data};
    if (observer != nullptr) observer->OnSent(session_.options().connection, frame);
    messages_.emplace_back(frame.data);
    message_bytes_ += frame.data.size();
  });
  if (session_.is_stopped()) return End(now);
  if (!messages_.empty()) {
    Tell(std::exchange(flusher_, {}), {.kind = LongPollReply::Kind::kNowAvailable});
  }
  Work(now);
}

void LongPollCore::Forget(TimePoint now) {
  const LongPollReply reply{.kind = LongPollReply::Kind::kForgotten};
  for (const LongPollCall& call : calls_) Tell(call.caller, reply);
  if (dispatching_.has_value()) Tell(*dispatching_, reply);
  Tell(flusher_, reply);
  End(now);
}

void LongPollCore::End(TimePoint now) {
  if (is_over_) return;
  is_over_ = true;
  messages_.clear();
  message_bytes_ = 0;
  calls_.clear();
  session_.OnClosed(now);
}

}  // namespace phx::mock
