// Presence: who else is on a channel, kept up to date from what Phoenix.Presence sends.
//
//   phx::Channel room = socket.Channel("room:lobby");
//   phx::Presence presence(room);  // before the join, so that it misses nothing
//   presence.OnJoin([](const phx::PresenceJoined& p) {
//     if (p.is_first()) Show(p.key + " has come");  // and not just with another device
//   });
//   presence.OnLeave([](const phx::PresenceLeft& p) {
//     if (p.is_last()) Show(p.key + " has gone");
//   });
//   presence.OnSync([presence] { ShowAll(presence.List()); });
//   room.Join();
//
// On the server, channel and presence module must do their part: track whoever joins, and push
// "presence_state" once, after the join:
//
//   def handle_info(:after_join, socket) do
//     {:ok, _} = Presence.track(socket, socket.assigns.user_id, %{status: "here"})
//     push(socket, "presence_state", Presence.list(socket))
//
// Without that push nothing is ever known here, and no handler runs: in_pending_sync_state() stays
// true. Nor will it if this object is made after the state has arrived.
//
// When the channel rejoins, what is known stays until the server's new state, which is compared
// with it: handlers hear of the net change only. After Leave() it stays as it was.
//
// A handle: copies name the same presence. It lives as long as the channel does, handles or not:
// until Stop(), Channel::Remove(), or the end of the socket. A handler may capture its Presence.
//
// Threads: every function may be called from any thread and inside any handler. Handlers run on the
// socket's strand, one at a time, never inside the caller's own call and never under a lock; and
// after the whole message has been taken in: List() already shows all of it.
#ifndef PHX_CLIENT_PRESENCE_PRESENCE_H_
#define PHX_CLIENT_PRESENCE_PRESENCE_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/channel.h"
#include "client/presence/presence_entry.h"
#include "client/presence/presence_state.h"
#include "client/presence/presence_sync.h"
#include "client/wire/ref.h"

namespace phx {

namespace internal {
class PresenceBoard;
class PresenceFeed;
}  // namespace internal

struct PresenceOptions {
  // The events in which the server sends the whole state, and changes of it.
  std::string state_event = "presence_state";
  std::string diff_event = "presence_diff";

  // How many diffs may wait for the state of a join; of more, the oldest are dropped.
  std::size_t max_pending_diffs = 1000;
};

// One who is present, with the metas as values of a user's type.
template <typename Meta>
struct PresenceOf {
  std::string key = {};
  std::vector<Meta> metas = {};
};

class Presence {
 public:
  // Listens on `channel` from now on.
  explicit Presence(Channel channel, const PresenceOptions& options = {});

  // --- hearing

  // A key has come, or more metas of a key that was there (another device, or an update).
  Ref OnJoin(absl::AnyInvocable<void(const PresenceJoined&)> handler) const;
  // Metas of a key are gone, or the key is.
  Ref OnLeave(absl::AnyInvocable<void(const PresenceLeft&)> handler) const;
  // The metas of a key that was and is present have changed. After the OnJoin and OnLeave of the
  // same change, once for each message of the server.
  Ref OnUpdate(absl::AnyInvocable<void(const PresenceUpdated&)> handler) const;
  // A message of the server has been taken in, after all of the above; also if it was no news.
  Ref OnSync(absl::AnyInvocable<void()> handler) const;

  // Takes out one registration; as Channel::Off().
  void Off(Ref registration) const;

  // Ends it: no handler runs any more, as with Off(), and what is known stays as it is.
  void Stop() const;

  // --- being asked

  // Those who are present, in the order in which they came.
  std::vector<PresenceListed> List() const;

  // by(key, entry) of each of them (phoenix.js's list(by)).
  template <typename By>
  auto List(By by) const
      -> std::vector<std::invoke_result_t<By&, const std::string&, const PresenceEntry&>> {
    std::vector<std::invoke_result_t<By&, const std::string&, const PresenceEntry&>> list;
    for (const PresenceListed& listed : List()) list.push_back(by(listed.key, listed.entry));
    return list;
  }

  // Those who are present, with metas of your own type, which nlohmann::json can read (from_json).
  // kDataLoss, naming the key, if one of the metas cannot be read.
  template <typename Meta>
  absl::StatusOr<std::vector<PresenceOf<Meta>>> ListAs() const {
    std::vector<PresenceOf<Meta>> list;
    for (PresenceListed& listed : List()) {
      absl::StatusOr<std::vector<Meta>> metas = MetasOf<Meta>(listed.key, listed.entry);
      if (!metas.ok()) return metas.status();
      list.push_back({std::move(listed.key), *std::move(metas)});
    }
    return list;
  }

  // What is known of `key`; nullopt if it is not present.
  std::optional<PresenceEntry> Get(std::string_view key) const;

  // The metas of `key` as ListAs() has them; kNotFound if it is not present.
  template <typename Meta>
  absl::StatusOr<std::vector<Meta>> GetAs(std::string_view key) const {
    const std::optional<PresenceEntry> entry = Get(key);
    if (!entry.has_value()) {
      return absl::NotFoundError(absl::StrCat("presence of \"", std::string(key),
                                              "\" on channel \"", channel_.topic(), "\": none"));
    }
    return MetasOf<Meta>(key, *entry);
  }

  std::size_t size() const;

  // Whether the state of the present join has not come yet: while there is no join, and between a
  // join and the state.
  bool in_pending_sync_state() const;

  const ::phx::Channel& channel() const { return channel_; }

  friend bool operator==(const Presence& a, const Presence& b) { return a.board_ == b.board_; }

 private:
  template <typename Handler>
  Ref Register(Handler handler) const;

  template <typename Meta>
  absl::StatusOr<std::vector<Meta>> MetasOf(std::string_view key,
                                            const PresenceEntry& entry) const {
    absl::StatusOr<std::vector<Meta>> metas = entry.MetasAs<Meta>();
    if (metas.ok()) return metas;
    return absl::Status(metas.status().code(),
                        absl::StrCat("channel \"", channel_.topic(), "\": key \"", std::string(key),
                                     "\": ", metas.status().message()));
  }

  ::phx::Channel channel_;
  std::shared_ptr<internal::PresenceBoard> board_;
  std::weak_ptr<internal::PresenceFeed> feed_;  // belongs to the channel's handlers
  Ref on_state_;
  Ref on_diff_;
};

}  // namespace phx

#endif  // PHX_CLIENT_PRESENCE_PRESENCE_H_
