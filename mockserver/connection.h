// Connection: one TCP connection to the server: TLS, HTTP, and the WebSocket after it. All rules
// are in Endpoint, WebSocketCore and SessionCore; here bytes are moved, a timer is set, and the
// faults of the network's kind are played.
#ifndef PHX_MOCKSERVER_CONNECTION_H_
#define PHX_MOCKSERVER_CONNECTION_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "boost/asio/io_context.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/steady_timer.hpp"
#include "client/net/output_buffer.h"
#include "client/net/stream.h"
#include "client/net/tls_context.h"
#include "client/wire/close_info.h"
#include "mockserver/endpoint.h"
#include "mockserver/fault_book.h"
#include "mockserver/faults.h"
#include "mockserver/http_reader.h"
#include "mockserver/observer.h"
#include "mockserver/open_connections.h"
#include "mockserver/races.h"
#include "mockserver/session_port.h"
#include "mockserver/shard.h"
#include "mockserver/time_point.h"
#include "mockserver/websocket_core.h"

namespace phx::mock {

class Connection;

// What all connections of a server share.
struct ServerContext {
  explicit ServerContext(std::vector<UserSocket> sockets) : endpoint(std::move(sockets)) {}

  Endpoint endpoint;
  std::optional<net::TlsContext> tls;
  Races races;
  std::chrono::milliseconds close_timeout{1000};
  std::unique_ptr<Observer> observer;  // may be null
  FaultBook faults;
  OpenConnections open;
};

// The event loop where a connection lives. Used on its thread alone.
class ConnectionHome {
 public:
  virtual ~ConnectionHome() = default;

  virtual boost::asio::io_context& context() = 0;
  virtual Shard& shard() = 0;
  // Calls the connection's Flush() at the end of this turn.
  virtual void MarkDirty(std::shared_ptr<Connection> connection) = 0;
  // Ends a turn.
  virtual void FinishTurn() = 0;
  // The connection is gone.
  virtual void Remove(ConnectionId id) = 0;
};

class Connection final : public SessionHost,
                         public SessionPort,
                         public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<ConnectionHome> home, std::shared_ptr<ServerContext> server,
             ConnectionId id, boost::asio::ip::tcp::socket socket);
  ~Connection() override;

  ConnectionId id() const { return id_; }
  void Start();

  // Writes what there is to write, and sets the timer.
  void Flush();

  // The server stops.
  void Shutdown();
  // What a test asks of the open WebSocket; does nothing before it is open.
  void WithWebSocket(const std::function<void(WebSocketCore&)>& action);
  void DropConnection(Drop how);
  void SetFaults(std::shared_ptr<const Faults> faults);

  // SessionHost
  void OnChange() override;
  std::weak_ptr<SessionPort> port() override;

  // SessionPort
  void Post(Task task) override;

 private:
  void ShakeHands();
  void WaitForInput();
  void OnReadable();
  void OnBytes(char* data, std::size_t size);
  void OnHttpBytes(std::string_view bytes);
  // Returns whether the connection goes on reading requests.
  bool HandleRequest(const HttpRequest& request);
  bool PlayRequestFaults();
  void Answer(const HttpAnswer& answer, bool is_head);
  void Open(Upgrade upgrade);
  void Write();
  void WaitToWrite();
  void EndGently();
  void Gone();
  void SetTimer();
  void OnTimer();
  bool is_reading() const;

  const std::shared_ptr<ConnectionHome> home_;
  const std::shared_ptr<ServerContext> server_;
  const ConnectionId id_;
  net::Stream stream_;
  boost::asio::steady_timer timer_;
  std::optional<TimePoint> timer_at_;       // when timer_ goes off
  std::optional<TimePoint> http_deadline_;  // until the upgrade
  std::shared_ptr<const Faults> faults_;
  std::unique_ptr<HttpReader> http_;          // until the upgrade
  std::unique_ptr<WebSocketCore> websocket_;  // from then on
  net::OutputBuffer output_;
  bool waits_for_input_ = false;
  bool waits_to_write_ = false;
  bool ends_after_output_ = false;  // of an HTTP answer
  bool gone_ = false;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_CONNECTION_H_
