// UserSockets: to which server, from which address and with which options the users of one kind
// connect.
//
// Options are shared, so that a connection costs no memory for them, and connections take turns
// between them: they differ in when heartbeats are due, and in the address to connect from. A
// connection of which something is its own alone (a token from the feed, the waits that it draws
// before it reconnects) has options of its own, about 2 KiB.
//
// Threads: as a plain value, once it is made.
#ifndef PHX_LOADGEN_USER_SOCKETS_H_
#define PHX_LOADGEN_USER_SOCKETS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "client/options.h"
#include "loadgen/plan.h"
#include "loadgen/user_kind.h"

namespace phx::loadgen {

// As many joins of a connection as the client lets be under way.
inline constexpr std::uint64_t kJoinsAtATime = 100;

class UserSockets {
 public:
  // Both must outlive this object. `tell_frame` gets a line for each frame of the connection of
  // Plan::debug_frames, on that connection's strand.
  UserSockets(const Plan& plan, const UserKind& kind,
              std::function<void(std::string)> tell_frame = {});

  // Of the connection of that number among all of the run, from 1.
  const std::string& UrlOf(std::uint64_t number) const;
  std::shared_ptr<const SocketOptions> OptionsOf(std::uint64_t number) const;

  // Those that are shared.
  const std::vector<std::shared_ptr<const SocketOptions>>& shared() const { return shared_; }

 private:
  bool has_own(std::uint64_t number) const;

  const Plan& plan_;
  const UserKind& kind_;
  std::function<void(std::string)> tell_frame_;
  std::vector<std::shared_ptr<const SocketOptions>> shared_;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_USER_SOCKETS_H_
