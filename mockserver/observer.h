// Observer: sees what passes between the server and its clients, for the recorder and the log.
#ifndef PHX_MOCKSERVER_OBSERVER_H_
#define PHX_MOCKSERVER_OBSERVER_H_

#include <string_view>

#include "absl/status/status.h"
#include "client/wire/close_info.h"
#include "client/wire/frame.h"
#include "mockserver/channel.h"
#include "mockserver/client_message.h"
#include "mockserver/user_socket.h"

namespace phx::mock {

// Called on the I/O threads, several at a time. What is passed is valid during the call.
class Observer {
 public:
  virtual ~Observer() = default;

  virtual void OnRequest(const ConnectInfo& info) = 0;
  virtual void OnAnswer(ConnectionId connection, const HttpAnswer& answer) = 0;
  // `transport` is "websocket" or "longpoll".
  virtual void OnConnected(ConnectionId connection, std::string_view transport) = 0;
  virtual void OnMessage(ConnectionId connection, wire::FrameView frame,
                         const ClientMessage& message) = 0;
  virtual void OnMalformed(ConnectionId connection, wire::FrameView frame,
                           const absl::Status& why) = 0;
  virtual void OnPing(ConnectionId connection, std::string_view payload) = 0;
  virtual void OnPong(ConnectionId connection, std::string_view payload) = 0;
  virtual void OnClose(ConnectionId connection, const wire::CloseInfo& info) = 0;
  virtual void OnSent(ConnectionId connection, wire::FrameView frame) = 0;
  virtual void OnSentClose(ConnectionId connection, const wire::CloseInfo& info) = 0;
  virtual void OnDisconnected(ConnectionId connection) = 0;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_OBSERVER_H_
