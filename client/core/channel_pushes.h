// ChannelPushes: the pushes of one channel, from their making to their one outcome.
//
// A push is written at once if the channel is joined, and else waits in a bounded buffer until it
// is. It gets a ref when it is written, and its timeout starts anew then.
#ifndef PHX_CLIENT_CORE_CHANNEL_PUSHES_H_
#define PHX_CLIENT_CORE_CHANNEL_PUSHES_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/core/context.h"
#include "client/core/push_table.h"
#include "client/wire/text.h"

namespace phx::core {

class ChannelPushes {
 public:
  // `context` and `topic` outlive this object.
  ChannelPushes(Context& context, ChannelId channel, const wire::Text& topic)
      : context_(context), channel_(channel), topic_(topic) {}

  // Writes the push under the join `join_ref` and returns its ref; none if it was rejected. The
  // reply to a push of kNobody is ignored.
  Ref Write(PushId id, Duration timeout, std::string_view event, const wire::Payload& payload,
            Ref join_ref);

  // Keeps the push until Flush(). A full buffer fails this one or the oldest, as the options say.
  void Buffer(PushId id, Duration timeout, std::string_view event, wire::Payload&& payload);

  // Writes everything that is buffered, in order.
  void Flush(Ref join_ref);

  // The server replied to `ref`. False if no push of this channel waits for that.
  bool OnReply(Ref ref, absl::StatusOr<wire::Reply>&& reply);

  void OnTimeout(PushTable::Index index);

  // Takes back a push that is still buffered, with the outcome kCancelled. False if it is not.
  bool CancelBuffered(PushId id);

  // Gives a push its outcome. One that nobody waits for is logged and counted: it was not sent.
  void Tell(PushId id, absl::StatusOr<wire::Reply>&& outcome);

  void FailBuffered(const absl::Status& status) { Fail(buffered_, status); }
  void FailInFlight(const absl::Status& status) { Fail(in_flight_, status); }

 private:
  void StartTimer(PushTable::Index index, Duration timeout);
  void StopTimer(Duration timeout);
  void Finish(PushTable::List& list, PushTable::Index index, absl::StatusOr<wire::Reply>&& outcome);
  void Fail(PushTable::List& list, const absl::Status& status);
  Ref Reject(PushId id, absl::StatusCode code, std::string_view why);
  std::string Name() const;  // for messages

  Context& context_;
  const ChannelId channel_;
  const wire::Text& topic_;
  PushTable::List buffered_;
  PushTable::List in_flight_;
};

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_CHANNEL_PUSHES_H_
