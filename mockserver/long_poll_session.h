// LongPollSession: a session of long polling on its thread: a timer, and the way by which requests
// on all threads reach it. All rules are in LongPollCore.
#ifndef PHX_MOCKSERVER_LONG_POLL_SESSION_H_
#define PHX_MOCKSERVER_LONG_POLL_SESSION_H_

#include <memory>
#include <optional>
#include <string>

#include "boost/asio/steady_timer.hpp"
#include "client/wire/frame.h"
#include "mockserver/channel.h"
#include "mockserver/connection_home.h"
#include "mockserver/faults.h"
#include "mockserver/long_poll_core.h"
#include "mockserver/long_poll_port.h"
#include "mockserver/quota.h"
#include "mockserver/server_context.h"
#include "mockserver/session_core.h"
#include "mockserver/session_port.h"
#include "mockserver/time_point.h"

namespace phx::mock {

class LongPollSession final : public SessionHost,
                              public SessionPort,
                              public LongPollCallee,
                              public Flushable,
                              public std::enable_shared_from_this<LongPollSession> {
 public:
  // `topic` is where the server's sessions have it; `share` is of their quota.
  LongPollSession(std::shared_ptr<ConnectionHome> home, std::shared_ptr<ServerContext> server,
                  std::string topic, Quota::Share share, SessionOptions options);

  ConnectionId id() const { return id_; }
  void Start();

  // What tests ask for.
  void SetFaults(std::shared_ptr<const Faults> faults);
  void SendFrame(wire::FrameView frame);
  SessionCore& session() { return core_.session(); }
  // Ends the session without telling anybody, which is the only way it can.
  void End();

  // Flushable
  void Flush() override;

  // SessionHost
  void OnChange() override;
  std::weak_ptr<SessionPort> port() override;

  // SessionPort
  void Post(Task task) override;

  // LongPollCallee
  void Post(LongPollCall call) override;

 private:
  void SetTimer();
  void Gone();

  const std::shared_ptr<ConnectionHome> home_;
  const std::shared_ptr<ServerContext> server_;
  Quota::Share share_;
  const std::string topic_;
  const ConnectionId id_;
  boost::asio::steady_timer timer_;
  std::optional<TimePoint> timer_at_;  // when timer_ goes off
  LongPollCore core_;
  bool gone_ = false;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_LONG_POLL_SESSION_H_
