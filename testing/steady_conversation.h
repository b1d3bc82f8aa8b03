// SteadyConversation: a client that pushes for ever, over a real connection, and its server, which
// take turns on one thread: a turn does the same each time, so that what it costs can be counted.
//
//   SteadyConversation conversation;
//   conversation.KeepPushing(64);
//   for (;;) {
//     conversation.RunServer();   // answers all that has come, in one write
//     conversation.RunClient();   // hears 64 replies, each of which makes it push again
//   }
#ifndef PHX_TESTING_STEADY_CONVERSATION_H_
#define PHX_TESTING_STEADY_CONVERSATION_H_

#include <cstdint>
#include <string>

#include "boost/asio/io_context.hpp"
#include "client/channel.h"
#include "client/options.h"
#include "client/socket.h"
#include "testing/bare_server.h"

namespace phx::test {

class SteadyConversation {
 public:
  // Connects and joins.
  SteadyConversation();

  // Has `count` pushes under way from now on, in the client's next turn. To be called once.
  void KeepPushing(int count);
  // Lets the server send `count` messages besides, in its next turn.
  void Broadcast(int count);

  void RunServer();
  // Until it has nothing to do but wait for the server.
  void RunClient();

  std::int64_t replies() const { return replies_; }
  std::int64_t broadcasts_heard() const { return broadcasts_heard_; }

 private:
  static SocketOptions Options();
  void Push();
  void Answer(wire::FrameView message);

  BareServer server_;
  std::string answer_;
  boost::asio::io_context io_{1};
  Socket socket_;
  phx::Channel room_;
  std::int64_t replies_ = 0;
  std::int64_t broadcasts_heard_ = 0;
};

}  // namespace phx::test

#endif  // PHX_TESTING_STEADY_CONVERSATION_H_
