// Connection: one TCP connection to the server: TLS, HTTP, and the WebSocket after it. All rules
// are in Endpoint, LongPollExchange, WebSocketCore and SessionCore; here bytes are moved, a timer
// is set, and the faults of the network's kind are played.
#ifndef PHX_MOCKSERVER_CONNECTION_H_
#define PHX_MOCKSERVER_CONNECTION_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/steady_timer.hpp"
#include "client/net/output_buffer.h"
#include "client/net/stream.h"
#include "client/wire/close_info.h"
#include "mockserver/connection_home.h"
#include "mockserver/endpoint.h"
#include "mockserver/faults.h"
#include "mockserver/http_message.h"
#include "mockserver/http_reader.h"
#include "mockserver/long_poll_exchange.h"
#include "mockserver/long_poll_port.h"
#include "mockserver/quota.h"
#include "mockserver/server_context.h"
#include "mockserver/session_core.h"
#include "mockserver/session_port.h"
#include "mockserver/time_point.h"
#include "mockserver/websocket_core.h"

namespace phx::mock {

class Connection final : public SessionHost,
                         public SessionPort,
                         public LongPollHome,
                         public Flushable,
                         public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<ConnectionHome> home, std::shared_ptr<ServerContext> server,
             ConnectionId id, boost::asio::ip::tcp::socket socket);
  ~Connection() override;

  ConnectionId id() const { return id_; }
  void Start();

  // The server stops.
  void Shutdown();
  // What a test asks of the open WebSocket; does nothing before it is open.
  void WithWebSocket(const std::function<void(WebSocketCore&)>& action);
  void DropConnection(Drop how);
  void SetFaults(std::shared_ptr<const Faults> faults);

  // Flushable: writes what there is to write, and sets the timer.
  void Flush() override;

  // LongPollHome
  const Endpoint& endpoint() override { return server_->endpoint; }
  LongPollSessions& sessions() override { return server_->sessions; }
  bool StartSession(const UserSocket& socket, const std::string& topic,
                    Admission admission) override;

  // SessionHost
  void OnChange() override;
  std::weak_ptr<SessionPort> port() override;

  // SessionPort
  void Post(Task task) override;

 private:
  class PendingExchange;

  void Begin();
  void ShakeHands();
  void WaitForInput();
  void PauseReading();
  void OnReadable();
  void OnBytes(char* data, std::size_t size);
  void OnHttpBytes(std::string_view bytes);
  // Returns whether the connection goes on reading requests.
  bool HandleRequest(HttpRequest request);
  bool PlayRequestFaults();
  void StartExchange(const UserSocket& socket, HttpRequest request, ConnectInfo info);
  std::optional<HttpAnswer> PlayExchangeFaults() const;
  void OnReply(const PendingExchange& exchange, const LongPollReply& reply);
  // Sends the answer of the exchange, if it is there and not held back.
  void SettleExchange();
  SessionOptions OptionsFor(const UserSocket& socket, ConnectionId id, Admission admission) const;
  void Answer(const HttpAnswer& answer, bool is_head);
  void Open(Upgrade upgrade);
  void Write();
  // Whether a fault keeps the output back for now.
  bool PlayWriteFaults();
  // Moves what may go now to the front of the output.
  void Pace();
  void WriteAfter(Duration delay);
  void WaitToWrite();
  void EndGently();
  void Gone();
  std::optional<TimePoint> NextDeadline() const;
  void SetTimer();
  void OnTimer();
  bool is_reading() const;
  // The bytes that the peer has not taken yet.
  std::size_t unsent_bytes() const;

  const std::shared_ptr<ConnectionHome> home_;
  const std::shared_ptr<ServerContext> server_;
  const ConnectionId id_;
  Quota::Share share_;  // null: there are too many connections
  net::Stream stream_;
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer read_pause_;    // of a fault
  boost::asio::steady_timer write_pause_;   // the same
  std::optional<TimePoint> timer_at_;       // when timer_ goes off
  std::optional<TimePoint> http_deadline_;  // of a request that is awaited
  std::shared_ptr<const Faults> faults_;
  std::unique_ptr<HttpReader> http_;           // until the upgrade
  std::shared_ptr<PendingExchange> exchange_;  // while a request of long polling waits
  std::unique_ptr<WebSocketCore> websocket_;   // from the upgrade on
  net::OutputBuffer output_;
  std::string paced_;  // output that its rate does not let go yet
  std::optional<TimePoint> write_not_before_;
  bool waits_for_input_ = false;
  bool waits_to_write_ = false;
  bool pauses_reading_ = false;
  bool pauses_writing_ = false;
  bool ends_after_output_ = false;  // of an HTTP answer
  bool gone_ = false;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_CONNECTION_H_
