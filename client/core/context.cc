#include "client/core/context.h"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "client/wire/events.h"

namespace phx::core {
namespace {

// A serializer may be the user's, and user code may throw.
absl::StatusOr<wire::FrameType> Encode(const wire::Serializer& serializer,
                                       const wire::Message& message, std::string& out) {
  const std::size_t start = out.size();
  try {
    return serializer.Encode(message, out);
  } catch (const std::exception& error) {
    out.resize(start);
    return absl::InvalidArgumentError(absl::StrCat("serializer threw: ", error.what()));
  } catch (...) {
    out.resize(start);
    return absl::InvalidArgumentError("serializer threw");
  }
}

}  // namespace

absl::Status Context::Send(const wire::Message& message) {
  std::string& bytes = actions.frame_bytes();
  const std::size_t offset = bytes.size();
  absl::StatusOr<wire::FrameType> type = Encode(*options.serializer, message, bytes);
  if (!type.ok()) return type.status();
  const std::size_t size = bytes.size() - offset;
  ++stats.frames_sent;
  stats.bytes_sent += size;
  backlog += size;
  actions.AddFrame(open, *type, offset);
  return absl::OkStatus();
}

absl::StatusOr<Ref> Context::SendHeartbeat() {
  const Ref ref = refs.Next();
  const RefText text(ref);
  const absl::Status sent = Send(wire::Message{.ref = wire::Text::Borrow(text.view()),
                                               .topic = wire::Text::Borrow(events::kPhoenixTopic),
                                               .event = wire::Text::Borrow(events::kHeartbeat)});
  if (!sent.ok()) return sent;
  return ref;
}

void Context::NoteJoinTimeout(Duration timeout) {
  longest_join_ = std::max(longest_join_, timeout);
  WarnOfSlowJoins();
}

void Context::SetBeats(bool beats) {
  beats_ = beats;
  WarnOfSlowJoins();
}

void Context::WarnOfSlowJoins() {
  if (!beats_ || longest_join_ <= options.heartbeat_timeout || has_warned_of_slow_joins_) return;
  has_warned_of_slow_joins_ = true;
  const bool is_bounded = longest_join_ < Duration::max();
  Log(LogLevel::kWarning, "channel", "a join may take ",
      is_bounded ? absl::FormatDuration(absl::FromChrono(longest_join_)) : "for ever",
      ", but the connection is given up when a ", "heartbeat is not answered within ",
      absl::FormatDuration(absl::FromChrono(options.heartbeat_timeout)),
      ", and Phoenix answers none while it joins: set heartbeat_timeout to the timeout of the "
      "slowest join at least");
}

void Context::StartChannelTimer(ChannelId channel, Duration wait) {
  StopChannelTimer(channel);
  if (channel >= channel_timers_.size()) channel_timers_.resize(channel + 1);
  if (++last_serial_ == 0) ++last_serial_;
  channel_timers_[channel] = last_serial_;
  timers.Add(DeadlineAfter(now, wait), {TimerKey::Owner::kChannel, channel, last_serial_});
}

void Context::StopChannelTimer(ChannelId channel) {
  if (channel >= channel_timers_.size() || channel_timers_[channel] == 0) return;
  channel_timers_[channel] = 0;
  OnTimerStale();
}

}  // namespace phx::core
