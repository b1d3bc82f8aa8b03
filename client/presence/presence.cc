#include "client/presence/presence.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/core/log_level.h"
#include "client/internal/socket_impl.h"
#include "client/presence/presence_board.h"
#include "client/presence/presence_handlers.h"

namespace phx {
namespace internal {

// What the channel's two handlers feed: brings the board up to date, then tells the user's
// handlers. It is owned by those two and so goes with the channel or the socket, however many
// handlers have captured their Presence. The strand only.
class PresenceFeed {
 public:
  PresenceFeed(std::shared_ptr<SocketImpl> socket, ChannelPtr channel,
               std::shared_ptr<PresenceBoard> board)
      : socket_(std::move(socket)), channel_(std::move(channel)), board_(std::move(board)) {}

  void OnState(const Message& message) {
    const absl::StatusOr<PresenceState> state = ParsePresenceState(message.payload.json());
    if (!state.ok()) return Skip(message, state.status());
    Tell(board_->OnState(join_ref(), *state));
  }

  void OnDiff(const Message& message) {
    absl::StatusOr<PresenceDiff> diff = ParsePresenceDiff(message.payload.json());
    if (!diff.ok()) return Skip(message, diff.status());
    const std::optional<std::vector<PresenceChange>> changes =
        board_->OnDiff(join_ref(), *std::move(diff));
    if (changes.has_value()) return Tell(*changes);
    WarnOfDroppedDiffs();
  }

  PresenceHandlers& handlers() { return handlers_; }

  void Stop() { is_stopped_ = true; }

 private:
  Ref join_ref() const { return Ref{channel_->join_ref.load(std::memory_order_acquire)}; }

  bool MayGoOn() const {
    return !is_stopped_ && !socket_->is_shut_down() &&
           channel_->status.Load().state() != ChannelState::kRemoved;
  }

  void Tell(const std::vector<PresenceChange>& changes) {
    handlers_.Run(
        changes, [this] { return MayGoOn(); },
        [this](std::string_view what) { socket_->LogThrown("Presence", what); });
  }

  void Skip(const Message& message, const absl::Status& why) {
    socket_->Log(LogLevel::kWarning, "presence",
                 absl::StrCat("channel \"", channel_->topic, "\": skipping a malformed ",
                              message.event.ToString(), ": ", why.message()));
  }

  void WarnOfDroppedDiffs() {
    if (has_warned_ || board_->dropped_diffs() == 0) return;
    has_warned_ = true;
    socket_->Log(LogLevel::kWarning, "presence",
                 absl::StrCat("channel \"", channel_->topic,
                              "\": many diffs and no state; does the server push "
                              "\"presence_state\" after the join?"));
  }

  const std::shared_ptr<SocketImpl> socket_;
  const ChannelPtr channel_;
  const std::shared_ptr<PresenceBoard> board_;
  PresenceHandlers handlers_;
  bool is_stopped_ = false;
  bool has_warned_ = false;
};

}  // namespace internal

using internal::PresenceFeed;
using internal::PresenceHandlers;
using internal::SocketImpl;

Presence::Presence(::phx::Channel channel, const PresenceOptions& options)
    : channel_(std::move(channel)),
      board_(std::make_shared<internal::PresenceBoard>(options.max_pending_diffs)) {
  const auto feed = std::make_shared<PresenceFeed>(channel_.socket_, channel_.state_, board_);
  feed_ = feed;
  on_state_ =
      channel_.On(options.state_event, [feed](const Message& message) { feed->OnState(message); });
  on_diff_ =
      channel_.On(options.diff_event, [feed](const Message& message) { feed->OnDiff(message); });
}

template <typename Handler>
Ref Presence::Register(Handler handler) const {
  const Ref ref = channel_.socket_->NewRef();
  channel_.socket_->Submit([feed = feed_, ref, handler = std::move(handler)](SocketImpl&) mutable {
    if (const auto alive = feed.lock()) alive->handlers().Add(ref, std::move(handler));
  });
  return ref;
}

Ref Presence::OnJoin(absl::AnyInvocable<void(const PresenceJoined&)> handler) const {
  return Register(std::move(handler));
}

Ref Presence::OnLeave(absl::AnyInvocable<void(const PresenceLeft&)> handler) const {
  return Register(std::move(handler));
}

Ref Presence::OnUpdate(absl::AnyInvocable<void(const PresenceUpdated&)> handler) const {
  return Register(std::move(handler));
}

Ref Presence::OnSync(absl::AnyInvocable<void()> handler) const {
  return Register(PresenceHandlers::HandlerOf<internal::PresenceSynced>(
      [handler = std::move(handler)](const internal::PresenceSynced&) mutable { handler(); }));
}

void Presence::Off(Ref registration) const {
  channel_.socket_->Submit([feed = feed_, registration](SocketImpl&) {
    if (const auto alive = feed.lock()) alive->handlers().Remove(registration);
  });
}

void Presence::Stop() const {
  channel_.socket_->Submit([feed = feed_](SocketImpl&) {
    if (const auto alive = feed.lock()) alive->Stop();
  });
  channel_.Off(on_state_);
  channel_.Off(on_diff_);
}

std::vector<PresenceListed> Presence::List() const { return board_->List(); }

std::optional<PresenceEntry> Presence::Get(std::string_view key) const { return board_->Get(key); }

std::size_t Presence::size() const { return board_->size(); }

bool Presence::in_pending_sync_state() const { return board_->IsPending(channel_.join_ref()); }

}  // namespace phx
