// SessionScript: a test's hold on SessionCores: text frames in, text frames out, time by hand.
// Several scripts may share a world, as connections of one thread do.
//
//   SessionWorld world;
//   SessionScript client(world, socket);
//   EXPECT_EQ(client.Send({R"(["1","1","room:1","phx_join",{}])"}), Frames({…}));
//   world.Advance(200ms);
//   EXPECT_EQ(client.Take(), …);
#ifndef PHX_MOCKSERVER_SESSION_SCRIPT_H_
#define PHX_MOCKSERVER_SESSION_SCRIPT_H_

#include <chrono>
#include <list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mockserver/session_core.h"
#include "mockserver/session_port.h"
#include "mockserver/shard.h"
#include "mockserver/time_point.h"
#include "mockserver/user_socket.h"

namespace phx::mock {

using Frames = std::vector<std::string>;

class SessionScript;

// The thread on which some sessions live, and its time.
class SessionWorld {
 public:
  explicit SessionWorld(Hub* hub = nullptr) : shard_(hub) {}

  Shard& shard() { return shard_; }
  TimePoint now() const { return now_; }

  // Ends a turn.
  void FinishTurn() { shard_.FinishTurn(now_); }
  // Lets time pass, and everything that is due on the way happen.
  void Advance(Duration time);

 private:
  friend class SessionScript;

  Shard shard_;
  TimePoint now_{};
  std::vector<SessionScript*> scripts_;
};

class SessionScript final : public SessionHost {
 public:
  SessionScript(SessionWorld& world, const UserSocket& socket, SessionOptions options = {});
  ~SessionScript() override;

  // Sends frames back to back and returns what came out of the turn.
  Frames Send(const Frames& frames);
  // The same for one binary frame.
  Frames SendBinary(const std::string& frame);
  // Joins `topic` with "1" as both refs; returns what came.
  Frames Join(const std::string& topic);
  // What has come out since the last time: text frames as they are, binary ones in hexadecimal
  // behind "0x", a close as "close 1011".
  Frames Take();

  // Runs what handles have asked for since, as turns.
  void RunRequests();

  SessionCore& core() { return core_; }

  // SessionHost
  void OnChange() override {}
  std::weak_ptr<SessionPort> port() override;

 private:
  class Port;

  SessionWorld& world_;
  std::shared_ptr<Port> port_;
  SessionCore core_;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_SESSION_SCRIPT_H_
