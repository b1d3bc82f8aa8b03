#include "client/internal/stream_state.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/status/status.h"

namespace phx::internal {
namespace {

std::optional<wire::Text> Borrow(const std::optional<wire::Text>& text) {
  if (!text.has_value()) return std::nullopt;
  return wire::Text::Borrow(*text);
}

// The same message without a copy of its bytes.
wire::Message Borrow(const wire::Message& message) {
  return {.join_ref = Borrow(message.join_ref),
          .ref = Borrow(message.ref),
          .topic = wire::Text::Borrow(message.topic),
          .event = wire::Text::Borrow(message.event),
          .payload = wire::Payload::Borrow(message.payload),
          .status = Borrow(message.status)};
}

}  // namespace

// Those who wait while there are messages have not been served yet, and are first.
bool StreamState::Add(CompleteFrom from, const wire::Message& message) {
  if (!end_.ok()) return true;
  if (messages_.empty() && !waiters_.empty()) {
    Waiter waiter = std::move(waiters_.front());
    waiters_.pop_front();
    waiter.completion(from, Borrow(message));
    return true;
  }
  const bool has_room = messages_.size() < capacity_;
  if (!has_room) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    if (!messages_.empty()) messages_.pop_front();
  }
  if (capacity_ != 0) messages_.push_back(message);
  return has_room;
}

void StreamState::AddWaiter(std::uint64_t id, Completion<MessageOutcome> completion) {
  waiters_.push_back({id, std::move(completion)});
}

void StreamState::Serve(CompleteFrom from) {
  while (!waiters_.empty() && (!messages_.empty() || !end_.ok())) {
    Waiter waiter = std::move(waiters_.front());
    waiters_.pop_front();
    if (messages_.empty()) {
      waiter.completion(from, end_);
      continue;
    }
    const MessageOutcome message = std::move(messages_.front());
    messages_.pop_front();
    waiter.completion(from, message);
  }
}

void StreamState::CancelWaiter(CompleteFrom from, std::uint64_t id) {
  const auto found = std::find_if(waiters_.begin(), waiters_.end(),
                                  [&](const Waiter& waiter) { return waiter.id == id; });
  if (found == waiters_.end()) return;
  Completion<MessageOutcome> completion = std::move(found->completion);
  waiters_.erase(found);
  completion(from, absl::CancelledError("the wait was cancelled"));
}

void StreamState::End(CompleteFrom from, absl::Status why) {
  if (end_.ok()) end_ = std::move(why);
  Serve(from);
}

}  // namespace phx::internal
