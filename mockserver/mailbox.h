// Mailbox: what waits for the channels of one thread's sessions, in the order in which it came.
//
// In Phoenix every channel is a process with a mailbox: a push, a message to itself or an
// intercepted broadcast waits there until the channel gets to it. Here the channels of a thread
// share one queue, which is worked off at the end of every turn (one read of one connection, one
// timer, one request of a test): until then the socket is ahead of its channels, as Phoenix's
// usually is (races.h).
#ifndef PHX_MOCKSERVER_MAILBOX_H_
#define PHX_MOCKSERVER_MAILBOX_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "mockserver/broadcast_message.h"
#include "mockserver/channel.h"
#include "mockserver/client_message.h"

namespace phx::mock {

class ChannelProcess;
class SessionCore;

// A broadcast that goes out behind what waits before it. Is for no channel in particular.
struct Publication {
  std::shared_ptr<const BroadcastMessage> message;
};

struct Mail {
  ChannelProcess* to = nullptr;  // null once that channel has ended
  SessionCore* session = nullptr;
  // A push or a leave (which borrows the turn's input), a message to itself, an intercepted
  // broadcast; or a publication.
  std::variant<ClientMessage, Info, std::shared_ptr<const BroadcastMessage>, Publication> content =
      {};

  bool is_dead() const { return to == nullptr && !std::holds_alternative<Publication>(content); }
};

class Mailbox {
 public:
  void Post(Mail mail) { posted_.push_back(std::move(mail)); }
  // The same for a message, which is moved once only.
  void Post(ChannelProcess& to, SessionCore& session, ClientMessage&& message) {
    Mail& mail = posted_.emplace_back();
    mail.to = &to;
    mail.session = &session;
    mail.content.emplace<ClientMessage>(std::move(message));
  }

  bool empty() const { return next_ == taken_.size() && posted_.empty(); }

  // The oldest mail, which is taken by this; nullptr if there is none. It stays in place until the
  // next call, whatever is posted meanwhile.
  Mail* Take();

  // Takes the oldest mail of `session`, before that of others.
  std::optional<Mail> TakeOf(const SessionCore& session);

  // What waits for `channel` is lost.
  void Forget(const ChannelProcess& channel);

 private:
  std::vector<Mail> taken_;  // being worked off; what stands before next_ has been
  std::size_t next_ = 0;
  std::vector<Mail> posted_;  // what comes after that
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_MAILBOX_H_
