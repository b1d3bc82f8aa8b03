// Transport: one attempt to hold a connection that carries frames. The library brings a WebSocket
// transport (websocket_transport.h) and one by long polling (longpoll_transport.h); users may write
// their own and hand its factory to SocketOptions::transport.
//
// A Transport object lives for one attempt: opened at most once, closed at most once, never opened
// again. The socket makes a new one for each attempt, so that nothing of an old connection can
// reach a new one.
//
//   Open ──► OnTransportStage* ──► OnTransportOpen ──► OnTransportFrame* ──► OnTransportClosed
//                  └──────────────── (the attempt failed) ──────────────────────────▲
//
// Contract for an implementation:
//  - Everything happens on the executor that the factory got: the socket calls the transport
//    there, and the transport calls its handler there.
//  - The handler is never called from inside Open, Send, Flush, Close or Abandon.
//  - OnTransportClosed is the last call, and comes exactly once, unless Abandon came before.
//  - After Abandon() returns the handler is never called again and may be gone.
//  - No deadline of the opening or the close is the transport's business: the socket counts the
//  time
//    and calls Abandon().
#ifndef PHX_CLIENT_TRANSPORT_TRANSPORT_H_
#define PHX_CLIENT_TRANSPORT_TRANSPORT_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "boost/asio/any_io_executor.hpp"
#include "client/wire/close_info.h"
#include "client/wire/connection_info.h"
#include "client/wire/frame.h"

namespace phx {

// What the library's transports are called: in OpenInfo, in logs, and by Phoenix itself.
namespace transport_name {
inline constexpr std::string_view kWebSocket = "websocket";
inline constexpr std::string_view kLongPoll = "longpoll";
}  // namespace transport_name

class TransportHandler {
 public:
  virtual ~TransportHandler() = default;

  // The attempt has entered `stage`. `detail` names the host or address concerned.
  virtual void OnTransportStage(ConnectStage stage, std::string_view detail) = 0;
  virtual void OnTransportOpen(OpenInfo info) = 0;
  // `frame` is valid during the call.
  virtual void OnTransportFrame(wire::FrameView frame) = 0;
  // Optional, for speed: the frames between these two calls were read together. What is done once
  // for all of them, such as writing what they led to, waits for the second call, which does not
  // come if the connection ends in between. Until then nothing but these frames is delivered, and
  // nothing returns to the executor: whoever destroys the socket elsewhere waits for it.
  virtual void OnTransportBatchBegin() {}
  virtual void OnTransportBatchEnd() {}
  virtual void OnTransportClosed(TransportClosed closed) = 0;
};

// What to connect to. The factory gets it complete: nothing is added to it later.
struct TransportRequest {
  std::string url = {};                        // ws://… or wss://…, with its whole query
  HttpHeaders headers = {};                    // sent with the handshake
  std::vector<std::string> subprotocols = {};  // offered in this order; none: no header
  // The auth token as the application gave it, for transports that have another place for it than a
  // subprotocol (where it is as well). Empty: none.
  std::string auth_token = {};
};

class Transport {
 public:
  virtual ~Transport() = default;

  // Starts the attempt. Called once, first.
  virtual void Open(TransportRequest request) = 0;

  // Takes a copy of `frame` for sending, in order. Ignored unless the transport is open.
  // Nothing needs to leave before Flush().
  virtual void Send(wire::FrameView frame) = 0;

  // Lets everything that Send() took leave, in as few writes as possible. The socket calls it once
  // at the end of each of its turns.
  virtual void Flush() = 0;

  // Closes properly: what was sent goes out first, then the close handshake. OnTransportClosed
  // follows when the peer has answered, or the connection is lost. During an attempt that is not
  // open yet: gives it up.
  virtual void Close(const wire::CloseInfo& info) = 0;

  // Drops the connection at once, with no word to the peer and none to the handler.
  virtual void Abandon() = 0;

  // Bytes that Send() took and the operating system has not accepted yet.
  virtual std::size_t buffered_amount() const = 0;

  // True if the transport keeps the connection alive by itself (long polling), so that the socket
  // sends no heartbeats.
  virtual bool skip_heartbeat() const { return false; }
};

// Makes the transport for one attempt. `executor` is the socket's strand; `handler` outlives the
// transport or its Abandon(), whichever comes first. Transports are held by shared_ptr so that
// their outstanding operations can keep them alive.
using TransportFactory = std::function<std::shared_ptr<Transport>(
    const boost::asio::any_io_executor& executor, TransportHandler& handler)>;

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_TRANSPORT_H_
