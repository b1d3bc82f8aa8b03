// WebSocketCore: one WebSocket connection on the server's side, from the 101 to its end: bytes in,
// bytes out. What Bandit or Cowboy does beneath Phoenix.Socket: framing, pings, the close
// handshake, the idle timeout. No I/O, no clock.
//
//   WebSocketCore core(options, limits, shard, host);
//   core.OnBytes(now, data, size);        // one read
//   shard.FinishTurn(now);
//   core.Flush(now, out);                 // out: bytes to write
//   if (core.ending() == WebSocketCore::Ending::kFinish) …
#ifndef PHX_MOCKSERVER_WEBSOCKET_CORE_H_
#define PHX_MOCKSERVER_WEBSOCKET_CORE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "client/wire/close_info.h"
#include "client/wire/frame.h"
#include "client/wire/websocket_frame_decoder.h"
#include "mockserver/deflate_offer.h"
#include "mockserver/faults.h"
#include "mockserver/flavor.h"
#include "mockserver/session_core.h"
#include "mockserver/session_port.h"
#include "mockserver/shard.h"
#include "mockserver/time_point.h"

namespace phx::mock {

class WebSocketCore {
 public:
  // Where the connection stands.
  enum class Ending : std::uint8_t {
    kOpen,    // read on
    kFinish,  // write what is left, then FIN; read and discard until the peer has gone, or
              // NextDeadline()
    kDrop,    // close the connection now
    kReset,   // end it by RST
  };

  WebSocketCore(SessionOptions options, TimePoint now, std::chrono::milliseconds close_timeout,
                Shard& shard, SessionHost& host);
  ~WebSocketCore();

  // Compresses from now on. Before the first OnBytes().
  void StartDeflate(const DeflateTerms& terms);

  // What one read brought. The core changes the bytes in place; they must stay there until Flush().
  void OnBytes(TimePoint now, char* data, std::size_t size);
  // The peer will send no more.
  void OnEof(TimePoint now);
  // The connection is gone.
  void OnClosed(TimePoint now);

  void OnDeadline(TimePoint now);
  std::optional<TimePoint> NextDeadline() const;

  // Appends to `out` what is to be written, and ends the turn.
  void Flush(TimePoint now, std::string& out);

  Ending ending() const { return ending_; }
  SessionCore& session() { return session_; }
  const SessionCore& session() const { return session_; }

  // What tests ask for. Ignored once a close has been sent.
  void Close(const wire::CloseInfo& info);
  void SendRaw(std::string_view bytes);
  void SendFrame(wire::FrameView frame);
  void SendPing(std::string_view payload);
  // The server stops: closes with 1012 if there are channels, otherwise as the adapter does.
  void Shutdown(TimePoint now);

 private:
  struct Deflate;

  void OnEvent(TimePoint now, const wire::WebSocketEvent& event, std::string_view input);
  void OnMessage(TimePoint now, wire::FrameView message, std::string_view input);
  void OnCompressed(TimePoint now, const wire::WebSocketEvent& event);
  void OnPeerClose(const wire::WebSocketEvent& event);
  void Fail(std::uint16_t code);
  bool is_closing() const { return closing_ || session_.is_stopped(); }
  const Flavor& flavor() const { return session_.options().flavor; }
  std::uint16_t AnswerToClose(std::uint16_t code) const;
  Observer* observer() const { return session_.options().observer; }
  ConnectionId connection() const { return session_.options().connection; }
  void AppendCompressed(wire::FrameView frame, std::string& out);
  void AppendEntry(const Outbox::Entry& entry, std::string_view data, std::string& out);

  SessionCore session_;
  wire::WebSocketFrameDecoder decoder_;
  const std::uint64_t max_message_size_;
  std::unique_ptr<Deflate> deflate_;         // null: messages are not compressed
  const std::chrono::milliseconds timeout_;  // idle; zero: none
  const std::chrono::milliseconds close_timeout_;
  TimePoint last_input_;
  TimePoint close_deadline_{};
  std::optional<TimePoint> finish_at_;  // Cowboy's end of a connection without channels
  std::list<std::string> kept_;         // messages of this turn that did not lie in its input
  bool closing_ = false;                // a close frame is in the outbox, or was sent
  bool close_sent_ = false;
  bool peer_is_done_ = false;  // its close has come, or nothing of it is worth reading
  Ending ending_ = Ending::kOpen;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_WEBSOCKET_CORE_H_
