// ServerObserver: feeds the recorder and the log.
#ifndef PHX_MOCKSERVER_SERVER_OBSERVER_H_
#define PHX_MOCKSERVER_SERVER_OBSERVER_H_

#include <functional>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "client/wire/close_info.h"
#include "client/wire/frame.h"
#include "mockserver/observer.h"
#include "mockserver/recorder.h"

namespace phx::mock {

class ServerObserver final : public Observer {
 public:
  using Log = std::function<void(std::string_view line)>;

  // `recorder` must outlive this; `log` may be empty.
  ServerObserver(Recorder& recorder, Log log) : recorder_(recorder), log_(std::move(log)) {}

  void OnRequest(const ConnectInfo& info) override;
  void OnAnswer(ConnectionId connection, const HttpAnswer& answer) override;
  void OnConnected(ConnectionId connection, std::string_view transport) override;
  void OnMessage(ConnectionId connection, wire::FrameView frame,
                 const ClientMessage& message) override;
  void OnMalformed(ConnectionId connection, wire::FrameView frame,
                   const absl::Status& why) override;
  void OnPing(ConnectionId connection, std::string_view payload) override;
  void OnPong(ConnectionId connection, std::string_view payload) override;
  void OnClose(ConnectionId connection, const wire::CloseInfo& info) override;
  void OnSent(ConnectionId connection, wire::FrameView frame) override;
  void OnSentClose(ConnectionId connection, const wire::CloseInfo& info) override;
  void OnDisconnected(ConnectionId connection) override;

 private:
  // Logs "#7 < text", the arrow saying whether it came or went.
  template <typename... Parts>
  void LogLine(ConnectionId connection, char arrow, const Parts&... parts) const;
  void RecordControl(Received::Kind kind, ConnectionId connection, std::string_view data);

  Recorder& recorder_;
  const Log log_;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_SERVER_OBSERVER_H_
