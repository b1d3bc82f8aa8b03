#include "mockserver/server_observer.h"

#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "client/wire/close_info.h"
#include "client/wire/frame.h"
#include "mockserver/recorder.h"

namespace phx::mock {

template <typename... Parts>
void ServerObserver::LogLine(ConnectionId connection, char arrow, const Parts&... parts) const {
  if (!log_) return;
  std::ostringstream line;
  line << '#' << connection << ' ' << arrow << ' ';
  (line << ... << parts);
  log_(line.str());
}

void ServerObserver::RecordControl(Received::Kind kind, ConnectionId connection,
                                   std::string_view data) {
  Received received;
  received.kind = kind;
  received.connection = connection;
  received.data = std::string(data);
  recorder_.Record(std::move(received));
}

void ServerObserver::OnRequest(const ConnectInfo& info) {
  LogLine(info.connection, '<', "request ", info.path);  // the query may hold secrets
  Received received;
  received.kind = Received::Kind::kRequest;
  received.connection = info.connection;
  received.data = info.uri;
  received.info = info;
  recorder_.Record(std::move(received));
}

void ServerObserver::OnAnswer(ConnectionId connection, const HttpAnswer& answer) {
  LogLine(connection, '>', "HTTP ", answer.status, ' ', answer.body);
}

void ServerObserver::OnConnected(ConnectionId connection, std::string_view transport) {
  LogLine(connection, '>', transport == "websocket" ? "HTTP 101" : "session of long polling");
  RecordControl(Received::Kind::kConnected, connection, transport);
}

void ServerObserver::OnMessage(ConnectionId connection, wire::FrameView frame,
                               const ClientMessage& message) {
  LogLine(connection, '<', frame);
  if (!recorder_.enabled()) return;
  Received received;
  received.connection = connection;
  received.join_ref = message.join_ref;
  received.ref = message.ref;
  received.topic = std::string(message.topic.text());
  received.event = std::string(message.event.text());
  received.payload = message.payload;
  received.data = std::string(frame.data);
  received.binary = frame.type == wire::FrameType::kBinary;
  recorder_.Record(std::move(received));
}

void ServerObserver::OnMalformed(ConnectionId connection, wire::FrameView frame,
                                 const absl::Status& why) {
  LogLine(connection, '<', "malformed (", why.message(), "): ", frame);
  Received received;
  received.kind = Received::Kind::kMalformed;
  received.connection = connection;
  received.data = std::string(frame.data);
  received.binary = frame.type == wire::FrameType::kBinary;
  recorder_.Record(std::move(received));
}

void ServerObserver::OnPing(ConnectionId connection, std::string_view payload) {
  LogLine(connection, '<', "ping");
  RecordControl(Received::Kind::kPing, connection, payload);
}

void ServerObserver::OnPong(ConnectionId connection, std::string_view payload) {
  LogLine(connection, '<', "pong");
  RecordControl(Received::Kind::kPong, connection, payload);
}

void ServerObserver::OnClose(ConnectionId connection, const wire::CloseInfo& info) {
  LogLine(connection, '<', "close ", info);
  Received received;
  received.kind = Received::Kind::kClose;
  received.connection = connection;
  received.close_code = info.code;
  received.data = info.reason;
  recorder_.Record(std::move(received));
}

void ServerObserver::OnSent(ConnectionId connection, wire::FrameView frame) {
  LogLine(connection, '>', frame);
}

void ServerObserver::OnSentClose(ConnectionId connection, const wire::CloseInfo& info) {
  LogLine(connection, '>', "close ", info);
}

void ServerObserver::OnDisconnected(ConnectionId connection) {
  LogLine(connection, '<', "disconnected");
  RecordControl(Received::Kind::kDisconnected, connection, "");
}

}  // namespace phx::mock
