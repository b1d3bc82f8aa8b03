#include "client/core/channel_pushes.h"

#include <memory>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "client/wire/message.h"

namespace phx::core {
namespace {

std::string FormatDuration(Duration duration) {
  return absl::FormatDuration(absl::FromChrono(duration));
}

}  // namespace

Ref ChannelPushes::Write(PushId id, Duration timeout, std::string_view event,
                         const wire::Payload& payload, Ref join_ref) {
  if (!context_.HasBacklogRoom()) {
    return Reject(id, absl::StatusCode::kResourceExhausted,
                  absl::StrCat("the network has not taken ", context_.backlog, " bytes yet"));
  }
  const Ref ref = context_.refs.Next();
  const RefText join_ref_text(join_ref);
  const RefText ref_text(ref);
  const absl::Status sent =
      context_.Send(wire::Message{.join_ref = wire::Text::Borrow(join_ref_text.view()),
                                  .ref = wire::Text::Borrow(ref_text.view()),
                                  .topic = wire::Text::Borrow(topic_),
                                  .event = wire::Text::Borrow(event),
                                  .payload = wire::Payload::Borrow(payload)});
  if (!sent.ok()) {
    return Reject(id, sent.code(), std::string_view(sent.message().data(), sent.message().size()));
  }
  if (id == kNobody) return ref;
  StartTimer(context_.pushes.AddInFlight(in_flight_, id, channel_, timeout, ref), timeout);
  return ref;
}

void ChannelPushes::Buffer(PushId id, Duration timeout, std::string_view event,
                           wire::Payload&& payload) {
  if (buffered_.size >= context_.options.max_push_buffer) {
    const std::string_view full = "the buffer of pushes that wait for the join is full";
    if (context_.options.overflow == OverflowPolicy::kFail || buffered_.size == 0) {
      Reject(id, absl::StatusCode::kResourceExhausted, full);
      return;
    }
    Finish(buffered_, buffered_.first,
           absl::ResourceExhaustedError(absl::StrCat(Name(), "dropped for a newer one, ",
                                                     absl::string_view(full.data(), full.size()))));
  }
  payload.Own();
  StartTimer(context_.pushes.AddBuffered(buffered_, id, channel_, timeout,
                                         {.event = event, .payload = std::move(payload)}),
             timeout);
}

void ChannelPushes::Flush(Ref join_ref) {
  while (buffered_.first != PushTable::kNone) {
    const PushTable::Index index = buffered_.first;
    const PushId id = context_.pushes.at(index).id;
    const Duration timeout = context_.pushes.at(index).timeout;
    const std::unique_ptr<BufferedPush> push = context_.pushes.TakeBuffered(buffered_, index);
    StopTimer(timeout);
    const Ref ref = Write(id, timeout, push->event, push->payload, join_ref);
    if (!ref.empty() && id != kNobody) context_.actions.Add(PushSent{id, ref});
  }
}

bool ChannelPushes::OnReply(Ref ref, absl::StatusOr<wire::Reply>&& reply) {
  const PushTable::Index index = context_.pushes.Find(ref);
  if (index == PushTable::kNone || context_.pushes.at(index).channel != channel_) return false;
  Finish(in_flight_, index, std::move(reply));
  return true;
}

void ChannelPushes::OnTimeout(PushTable::Index index) {
  const PushTable::Record& record = context_.pushes.at(index);
  const bool was_sent = !record.ref.empty();
  Finish(was_sent ? in_flight_ : buffered_, index,
         absl::DeadlineExceededError(absl::StrCat(Name(), was_sent ? "no reply" : "not joined",
                                                  " within ", FormatDuration(record.timeout))));
}

bool ChannelPushes::CancelBuffered(PushId id) {
  for (PushTable::Index index = buffered_.first; index != PushTable::kNone;
       index = context_.pushes.at(index).next) {
    if (context_.pushes.at(index).id != id) continue;
    Finish(buffered_, index, absl::CancelledError(absl::StrCat(Name(), "cancelled")));
    return true;
  }
  return false;
}

void ChannelPushes::StartTimer(PushTable::Index index, Duration timeout) {
  if (timeout <= Duration::zero()) return;
  context_.timers.Add(DeadlineAfter(context_.now, timeout),
                      {TimerKey::Owner::kPush, index, context_.pushes.at(index).serial});
}

// A push with this timeout has left the table, and made its timer stale.
void ChannelPushes::StopTimer(Duration timeout) {
  if (timeout > Duration::zero()) context_.OnTimerStale();
}

void ChannelPushes::Finish(PushTable::List& list, PushTable::Index index,
                           absl::StatusOr<wire::Reply>&& outcome) {
  const PushId id = context_.pushes.at(index).id;
  const Duration timeout = context_.pushes.at(index).timeout;
  context_.pushes.Remove(list, index);
  StopTimer(timeout);
  Tell(id, std::move(outcome));
}

void ChannelPushes::Tell(PushId id, absl::StatusOr<wire::Reply>&& outcome) {
  if (id != kNobody) {
    context_.actions.Add(PushDone{id, std::move(outcome)});
    return;
  }
  ++context_.stats.dropped_messages;
  context_.Log(LogLevel::kWarning, "push", "message dropped: ", outcome.status().message());
}

void ChannelPushes::Fail(PushTable::List& list, const absl::Status& status) {
  while (list.first != PushTable::kNone) Finish(list, list.first, status);
}

std::string ChannelPushes::Name() const {
  return absl::StrCat("push on \"", absl::string_view(topic_.view().data(), topic_.size()), "\": ");
}

Ref ChannelPushes::Reject(PushId id, absl::StatusCode code, std::string_view why) {
  Tell(id, absl::Status(code, absl::StrCat(Name(), absl::string_view(why.data(), why.size()))));
  return Ref{};
}

}  // namespace phx::core
