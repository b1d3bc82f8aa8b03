// LongPollSessions: the sessions of long polling of a server, and the tokens by which clients name
// them.
//
// A token looks like one of Phoenix's: signed, with the session's private topic and its time of
// birth in it. So a token that was never given, or is too old, is told at once from that of a
// session that has ended; the request of the latter asks in vain and waits (long_poll_exchange.h).
#ifndef PHX_MOCKSERVER_LONG_POLL_SESSIONS_H_
#define PHX_MOCKSERVER_LONG_POLL_SESSIONS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "mockserver/long_poll_port.h"
#include "mockserver/time_point.h"

namespace phx::mock {

// Threads: any.
class LongPollSessions {
 public:
  // Topics, and so tokens, follow from `seed`.
  explicit LongPollSessions(std::uint64_t seed) : seed_(seed) {}

  // A private topic that no other session has.
  std::string MakeTopic(TimePoint now);
  // The token of the session with that topic.
  std::string Sign(std::string_view topic, TimePoint now) const;
  // The topic in `token`; nullopt if it is none of ours, older than `max_age`, or forgotten.
  std::optional<std::string> Verify(std::string_view token, TimePoint now,
                                    std::chrono::milliseconds max_age) const;

  void Add(const std::string& topic, std::weak_ptr<LongPollCallee> session);
  void Remove(const std::string& topic);
  // nullptr if there is no such session, any more.
  std::shared_ptr<LongPollCallee> Find(const std::string& topic) const;
  std::size_t count() const;

  // Ends all sessions and makes their tokens invalid.
  void Forget();

 private:
  std::string Signature(std::string_view payload) const;

  const std::uint64_t seed_;
  mutable std::mutex mutex_;
  std::uint64_t made_ = 0;
  std::uint64_t generation_ = 0;  // part of the secret
  std::unordered_map<std::string, std::weak_ptr<LongPollCallee>> sessions_;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_LONG_POLL_SESSIONS_H_
