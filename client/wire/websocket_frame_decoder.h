// WebSocketFrameDecoder: makes messages and control frames of a WebSocket's incoming bytes
// (RFC 6455 5 and 8.1), for either side of a connection. No I/O.
//
//   wire::WebSocketFrameDecoder decoder({.role = wire::WebSocketRole::kClient});
//   decoder.Feed(buffer, bytes_read);                 // whatever one read brought
//   for (;;) {
//     wire::WebSocketEvent event = decoder.Next();
//     switch (event.kind) {
//       case wire::WebSocketEvent::Kind::kNeedInput: return;            // read again
//       case wire::WebSocketEvent::Kind::kMessage: Deliver(event.message()); break;
//       case wire::WebSocketEvent::Kind::kPing: AppendPong(out, event.data, …); break;
//       case wire::WebSocketEvent::Kind::kPong: break;
//       case wire::WebSocketEvent::Kind::kClose: …event.close_code, event.data (the reason)
//       case wire::WebSocketEvent::Kind::kError: …send a close with event.close_code
//     }
//   }
//
// Nothing is copied where it can be avoided: a message that lies within one input comes as a view
// into that input, unmasked in place. Only what is cut (a frame that the input ends in, a
// fragmented message) is collected in a buffer of the decoder's own, which is freed as soon as its
// message is done. The input is always used up: nobody has to keep a tail and prepend it.
//
// Threads: not thread-safe. One decoder per connection and direction. An idle one holds no memory
// beyond itself, which is at most 200 bytes.
#ifndef PHX_CLIENT_WIRE_WEBSOCKET_FRAME_DECODER_H_
#define PHX_CLIENT_WIRE_WEBSOCKET_FRAME_DECODER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/wire/close_info.h"
#include "client/wire/frame.h"
#include "client/wire/masking.h"
#include "client/wire/websocket_frame.h"

namespace phx::wire {

// Who decodes: a client demands that frames are not masked, a server that they are.
enum class WebSocketRole : std::uint8_t { kClient, kServer };

struct WebSocketDecoderOptions {
  WebSocketRole role = WebSocketRole::kClient;

  // The largest payload of a message, its fragments taken together. A header that announces more is
  // an error (1009) before a byte of it is stored.
  std::uint64_t max_message_size = std::uint64_t{64} << 20;

  // If set, this is the limit for the fragments of a message together, and the one above holds for
  // each of them alone.
  std::optional<std::uint64_t> max_fragmented_message_size = std::nullopt;

  // Permits RSV1 on the first frame of a message: permessage-deflate was agreed (RFC 7692 6). Such
  // a message is handed out as it came, `compressed` and not checked for UTF-8.
  bool allow_compressed = false;

  // Permits close codes above 4999, to which RFC 6455 7.4.2 gives no meaning.
  bool allow_undefined_close_codes = false;
};

// What Next() found.
struct WebSocketEvent {
  enum class Kind : std::uint8_t {
    kNeedInput,  // the input is used up: Feed() more
    kMessage,    // a whole message, `type` and `data`
    kPing,       // `data` is to be sent back as a pong
    kPong,       // `data`
    kClose,      // `close_code` (1005 if the frame was empty); `data` is the reason, valid UTF-8
    kError,      // the peer broke the protocol: close with `close_code`; `data` says what and where
  };

  Kind kind = Kind::kNeedInput;
  FrameType type = FrameType::kText;
  bool compressed = false;
  std::uint16_t close_code = 0;
  // Valid until the next call of Next(), and only while the input that was fed stays where it is.
  std::string_view data = {};

  FrameView message() const { return {type, data}; }
};

class WebSocketFrameDecoder {
 public:
  explicit WebSocketFrameDecoder(const WebSocketDecoderOptions& options);

  WebSocketFrameDecoder(const WebSocketFrameDecoder&) = delete;
  WebSocketFrameDecoder& operator=(const WebSocketFrameDecoder&) = delete;

  // WebSocketFrameDecoder::Feed()
  //
  // Gives the decoder the next bytes. They must stay in place, and be left alone, until Next() has
  // returned kNeedInput; the decoder writes into them. Call it only when Next() has said so, or
  // first.
  void Feed(char* data, std::size_t size);

  // WebSocketFrameDecoder::Next()
  //
  // The next event, in the order of the wire. After kError it repeats the error; after kClose it
  // says kNeedInput and ignores whatever else comes (RFC 6455 5.5.1).
  WebSocketEvent Next();

  // As WebSocketDecoderOptions::allow_compressed, before the first Feed(): for a handshake whose
  // outcome is not known when the decoder is made.
  void AllowCompressed() { options_.allow_compressed = true; }

  // Whether the input so far ends between messages: nothing half received is held.
  bool is_idle() const;

  // Bytes of heap memory held for a message or a frame that has not come whole; 0 when idle.
  std::size_t held_memory() const;

 private:
  enum class State : std::uint8_t { kHeader, kPayload, kClosed, kFailed };

  bool TakeShortMessage(WebSocketEvent& event);
  bool TakeHeader();
  bool CollectHeader();
  bool CheckHeader(bool has_shortest_length);
  bool CheckControl();
  bool CheckData();
  bool CheckSize();
  bool TakePayload(std::string_view& payload);
  void Collect(std::string& into, std::size_t size);
  void FinishFrame(std::string_view payload, WebSocketEvent& event);
  void FinishData(std::string_view payload, WebSocketEvent& event);
  void FinishMessage(std::string_view payload, WebSocketEvent& event);
  void FinishClose(std::string_view payload, WebSocketEvent& event);
  void ReportError(WebSocketEvent& event) const;
  bool Fail(std::uint16_t code, std::string_view what);
  void ReleaseDelivered();
  std::size_t input_size() const { return static_cast<std::size_t>(input_end_ - input_); }

  WebSocketDecoderOptions options_;
  char* input_ = nullptr;
  char* input_end_ = nullptr;
  std::uint64_t offset_ = 0;        // bytes of the connection before `input_`
  std::uint64_t frame_offset_ = 0;  // where the frame begins, for error messages

  // The frame being read, and how much of its payload is still to come.
  WebSocketHeader header_;
  std::uint64_t payload_left_ = 0;
  State state_ = State::kHeader;

  // A header that an input ended in.
  std::uint8_t header_size_ = 0;
  std::array<char, kMaxWebSocketHeader> header_bytes_{};

  // The message being collected.
  bool in_message_ = false;  // its first fragment came, its last did not
  FrameType message_type_ = FrameType::kText;
  bool message_is_compressed_ = false;
  bool is_delivered_ = false;  // what is collected was handed out: free it at the next Next()
  std::string collected_;

  // A control frame that an input ended in; after a failure, what went wrong.
  std::string control_;
  std::uint16_t error_code_ = 0;
};

}  // namespace phx::wire

#endif  // PHX_CLIENT_WIRE_WEBSOCKET_FRAME_DECODER_H_
