// ConnectionHome: the event loop where connections and sessions live, as they see it.
#ifndef PHX_MOCKSERVER_CONNECTION_HOME_H_
#define PHX_MOCKSERVER_CONNECTION_HOME_H_

#include <memory>

#include "boost/asio/io_context.hpp"
#include "mockserver/channel.h"
#include "mockserver/shard.h"

namespace phx::mock {

class LongPollSession;

// What has something to see to at the end of a turn.
class Flushable {
 public:
  virtual ~Flushable() = default;
  virtual void Flush() = 0;
};

// Used on its thread alone.
class ConnectionHome {
 public:
  virtual ~ConnectionHome() = default;

  virtual boost::asio::io_context& context() = 0;
  virtual Shard& shard() = 0;
  // Calls Flush() at the end of this turn.
  virtual void MarkDirty(std::shared_ptr<Flushable> dirty) = 0;
  // Ends a turn.
  virtual void FinishTurn() = 0;
  // Keeps a session of long polling until Remove(). If the server is stopping it ends at once.
  virtual void Add(std::shared_ptr<LongPollSession> session) = 0;
  // The connection or session is gone.
  virtual void Remove(ConnectionId id) = 0;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_CONNECTION_HOME_H_
