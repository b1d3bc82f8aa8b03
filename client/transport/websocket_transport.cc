#include "client/transport/websocket_transport.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/bind_cancellation_slot.hpp"
#include "boost/asio/cancellation_signal.hpp"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/system/error_code.hpp"
#include "client/net/io_result.h"
#include "client/net/linger.h"
#include "client/net/output_buffer.h"
#include "client/net/shared_read_buffer.h"
#include "client/net/stream.h"
#include "client/transport/deflate_agreement.h"
#include "client/transport/deflate_options.h"
#include "client/transport/dialer.h"
#include "client/transport/message_deflate.h"
#include "client/transport/transport.h"
#include "client/transport/websocket_dial.h"
#include "client/transport/websocket_options.h"
#include "client/wire/close_info.h"
#include "client/wire/connection_info.h"
#include "client/wire/endpoint_url.h"
#include "client/wire/frame.h"
#include "client/wire/masking_key_source.h"
#include "client/wire/utf8.h"
#include "client/wire/websocket_frame.h"
#include "client/wire/websocket_frame_decoder.h"

namespace phx {
namespace {

using boost::system::error_code;

absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

// What all transports of one factory share.
struct Shared {
  explicit Shared(WebSocketOptions given)
      : options(std::move(given)), dialer(DialOptionsOf(options)) {}

  const WebSocketOptions options;
  const Dialer dialer;
};

// The life of one attempt: kNew ─► kDialing ─► kOpen ─► kClosing ─► kDone, and kDone from anywhere.
//
// Functions fall into two kinds. Those of the interface (Open … Abandon) are called by the socket
// and must not call the handler. Those named On… are completions: they may, and they look at
// `state_` after each call, because the handler may have abandoned the transport. Whatever the
// former find out that the handler must hear is posted to the latter.
class WebSocketTransport final : public Transport,
                                 public std::enable_shared_from_this<WebSocketTransport> {
 public:
  WebSocketTransport(std::shared_ptr<const Shared> shared, boost::asio::any_io_executor executor,
                     TransportHandler& handler)
      : shared_(std::move(shared)),
        executor_(std::move(executor)),
        handler_(&handler),
        decoder_({.role = wire::WebSocketRole::kClient,
                  .max_message_size = shared_->options.max_message_size}) {}

  void Open(TransportRequest request) override;
  void Send(wire::FrameView frame) override;
  void Flush() override;
  void Close(const wire::CloseInfo& info) override;
  void Abandon() override;
  std::size_t buffered_amount() const override { return output_.size(); }

 private:
  enum class State : std::uint8_t {
    kNew,
    kDialing,
    kOpen,
    kClosing,  // our close frame is queued or sent
    kDone,     // the handler has heard the end, or there is none
  };

  // The attempt.
  void OnDialed(const std::exception_ptr& exception, DialResult result);
  void StartDeflate(const DeflateAgreement& agreement);

  // Reading.
  void WaitReadable();
  void OnReadable(error_code error);
  bool is_paced() const { return shared_->options.max_read_rate > 0 && state_ == State::kOpen; }
  std::span<char> Portion(std::span<char> buffer) const;
  void ReadOn(std::size_t read);
  bool OnInput(char* data, std::size_t size);
  void OnEvent(const wire::WebSocketEvent& event);
  void OnMessage(const wire::WebSocketEvent& event);
  void OnPing(std::string_view payload);
  void OnPeerClose(const wire::WebSocketEvent& event);
  void OnPeerError(const wire::WebSocketEvent& event);
  void OnEnd(absl::Status status);

  // Writing.
  void AppendCompressed(wire::FrameView frame);
  void Write();
  void WaitWritable();
  void OnWritable(error_code error);
  void OnWritten();

  void AppendClose(const wire::CloseInfo& info);
  void Finish(TransportClosed closed);
  absl::Status Lost(const absl::Status& status) const;

  const std::shared_ptr<const Shared> shared_;
  const boost::asio::any_io_executor executor_;
  TransportHandler* handler_;  // null once it has heard the end, or after Abandon()
  State state_ = State::kNew;
  std::string url_;  // without its query, for messages

  boost::asio::cancellation_signal cancel_dial_;
  std::optional<net::Stream> stream_;
  wire::WebSocketFrameDecoder decoder_;
  std::optional<MessageInflater> inflater_;  // if messages may be compressed
  std::optional<MessageDeflater> deflater_;
  std::size_t min_deflate_size_ = 0;
  net::OutputBuffer output_;

  bool is_delivering_ = false;  // in OnInput(): what is sent leaves when all input is handled
  bool is_waiting_to_read_ = false;
  bool is_waiting_to_write_ = false;
  // Runs while nothing is read, for what was read has not taken its time yet; null until then.
  std::unique_ptr<boost::asio::steady_timer> read_pause_;
  bool read_wants_write_ = false;  // TLS: a read that has to write first
  absl::Status write_status_;      // not OK: writing has failed, reading goes on to the end
  std::unique_ptr<std::string> late_pong_;  // waits until the stream takes bytes again
  std::unique_ptr<wire::CloseInfo> peer_close_;
};

void WebSocketTransport::Open(TransportRequest request) {
  if (state_ != State::kNew) return;
  state_ = State::kDialing;
  url_ = wire::RedactUrl(request.url);
  auto on_stage = [self = shared_from_this()](ConnectStage stage, std::string_view detail) {
    if (self->state_ == State::kDialing) self->handler_->OnTransportStage(stage, detail);
  };
  auto on_dialed = [self = shared_from_this()](const std::exception_ptr& exception,
                                               DialResult result) {
    self->OnDialed(exception, std::move(result));
  };
  boost::asio::co_spawn(
      executor_,
      Dial({shared_, &shared_->dialer}, std::move(request), shared_->options.deflate,
           std::move(on_stage)),
      boost::asio::bind_cancellation_slot(cancel_dial_.slot(), std::move(on_dialed)));
}

void WebSocketTransport::OnDialed(const std::exception_ptr& exception, DialResult result) {
  if (state_ != State::kDialing) return;  // given up: the exception is the cancellation's
  if (exception) std::rethrow_exception(exception);
  cancel_dial_.slot().clear();
  if (!result.status.ok()) {
    return Finish({.info = {wire::close_code::kAbnormal, ""},
                   .status = std::move(result.status),
                   .response = std::move(result.refusal)});
  }
  stream_ = std::move(result.stream);
  if (result.deflate) StartDeflate(*result.deflate);
  state_ = State::kOpen;
  handler_->OnTransportOpen(std::move(result.info));
  if (OnInput(result.leftover.data(), result.leftover.size())) WaitReadable();
}

void WebSocketTransport::StartDeflate(const DeflateAgreement& agreement) {
  const DeflateOptions& options = *shared_->options.deflate;
  decoder_.AllowCompressed();
  inflater_.emplace(MessageInflater::Options{.window_bits = agreement.server_window_bits,
                                             .max_size = shared_->options.max_message_size});
  if (agreement.client_window_bits < kMinWindowBits) return;
  min_deflate_size_ = std::max(options.min_size, std::size_t{1});
  deflater_.emplace(
      MessageDeflater::Options{.level = options.level,
                               .window_bits = agreement.client_window_bits,
                               .no_context_takeover = agreement.client_no_context_takeover});
}

void WebSocketTransport::WaitReadable() {
  if (is_waiting_to_read_) return;
  is_waiting_to_read_ = true;
  stream_->AsyncWaitReadable([self = shared_from_this()](error_code error) {
    self->is_waiting_to_read_ = false;
    self->OnReadable(error);
  });
}

// Takes what has come, delivers it, and waits for more.
void WebSocketTransport::OnReadable(error_code error) {
  if (error || state_ == State::kDone) return;
  net::SharedReadBuffer buffer;
  net::IoResult result = stream_->TryRead(Portion(buffer.bytes()));
  switch (result.outcome) {
    case net::IoOutcome::kDone:
      if (OnInput(buffer.bytes().data(), result.bytes)) ReadOn(result.bytes);
      return;
    case net::IoOutcome::kWantRead:
      // The peer had no last word after all.
      if (!write_status_.ok()) return OnEnd(write_status_);
      Write();  // TLS may have had to read first
      return WaitReadable();
    case net::IoOutcome::kWantWrite: read_wants_write_ = true; return WaitWritable();
    case net::IoOutcome::kEof:
      return OnEnd(absl::UnavailableError("the server closed it without a close frame"));
    case net::IoOutcome::kError: return OnEnd(std::move(result.status));
  }
}

// What is read at a time: all there is room for, or what a tenth of a second brings.
std::span<char> WebSocketTransport::Portion(std::span<char> buffer) const {
  if (!is_paced()) return buffer;
  const std::size_t portion = shared_->options.max_read_rate / 10;
  return buffer.first(std::clamp<std::size_t>(portion, 1, buffer.size()));
}

// Waits for more, when `read` bytes have taken the time that they take (max_read_rate).
void WebSocketTransport::ReadOn(std::size_t read) {
  if (!is_paced()) return WaitReadable();
  const std::chrono::duration<double> taken(static_cast<double>(read) /
                                            static_cast<double>(shared_->options.max_read_rate));
  if (read_pause_ == nullptr) read_pause_ = std::make_unique<boost::asio::steady_timer>(executor_);
  read_pause_->expires_after(std::chrono::ceil<std::chrono::nanoseconds>(taken));
  read_pause_->async_wait([self = shared_from_this()](error_code) {
    if (self->state_ != State::kDone) self->WaitReadable();
  });
}

// Handles all frames in `data`, and writes what this gave rise to. False if nothing more is to be
// read.
bool WebSocketTransport::OnInput(char* data, std::size_t size) {
  {
    is_delivering_ = true;
    const absl::Cleanup delivered = [this] { is_delivering_ = false; };
    if (handler_ != nullptr) handler_->OnTransportBatchBegin();
    decoder_.Feed(data, size);
    while (state_ != State::kDone) {
      const wire::WebSocketEvent event = decoder_.Next();
      if (event.kind == wire::WebSocketEvent::Kind::kNeedInput) break;
      OnEvent(event);
    }
  }
  if (state_ == State::kDone) return false;
  Write();
  OnWritten();
  if (handler_ != nullptr) handler_->OnTransportBatchEnd();
  return state_ != State::kDone;
}

void WebSocketTransport::OnEvent(const wire::WebSocketEvent& event) {
  switch (event.kind) {
    case wire::WebSocketEvent::Kind::kMessage: return OnMessage(event);
    case wire::WebSocketEvent::Kind::kPing: return OnPing(event.data);
    case wire::WebSocketEvent::Kind::kClose: return OnPeerClose(event);
    case wire::WebSocketEvent::Kind::kError: return OnPeerError(event);
    case wire::WebSocketEvent::Kind::kPong:
    case wire::WebSocketEvent::Kind::kNeedInput: return;
  }
}

void WebSocketTransport::OnMessage(const wire::WebSocketEvent& event) {
  if (state_ != State::kOpen) return;
  if (!event.compressed) return handler_->OnTransportFrame({event.type, event.data});
  const absl::Status inflated = inflater_->Inflate(event.data);
  if (inflated.ok()) {
    const std::string_view message = inflater_->message();
    if (event.type == wire::FrameType::kBinary || wire::IsValidUtf8(message)) {
      return handler_->OnTransportFrame({event.type, message});
    }
  }
  const bool is_too_big = absl::IsResourceExhausted(inflated);
  const std::string what(inflated.ok() ? "compressed text is not UTF-8" : inflated.message());
  OnPeerError({.kind = wire::WebSocketEvent::Kind::kError,
               .close_code = is_too_big ? wire::close_code::kMessageTooBig
                                        : wire::close_code::kInvalidPayload,
               .data = what});
}

// While the stream takes nothing, only the last ping is kept (RFC 6455 5.5.3): a peer that sends
// pings and does not read must not fill our memory.
void WebSocketTransport::OnPing(std::string_view payload) {
  if (state_ != State::kOpen || !write_status_.ok()) return;
  if (is_waiting_to_write_) {
    late_pong_ = std::make_unique<std::string>(payload);
  } else {
    wire::AppendPong(output_.bytes(), payload, wire::NextMaskingKey());
  }
}

void WebSocketTransport::OnPeerClose(const wire::WebSocketEvent& event) {
  peer_close_ =
      std::make_unique<wire::CloseInfo>(wire::CloseInfo{event.close_code, std::string(event.data)});
  // The answer repeats the code (RFC 6455 5.5.1).
  if (state_ == State::kOpen) AppendClose({event.close_code, ""});
}

void WebSocketTransport::OnPeerError(const wire::WebSocketEvent& event) {
  const std::string message =
      absl::StrCat("protocol error (", event.close_code, "): ", Absl(event.data));
  if (state_ == State::kOpen) AppendClose({event.close_code, std::string(event.data)});
  Write();  // as far as it goes: there is nothing to wait for
  Finish({.info = {wire::close_code::kAbnormal, ""},
          .status = Lost(event.close_code == wire::close_code::kMessageTooBig
                             ? absl::ResourceExhaustedError(message)
                             : absl::UnavailableError(message))});
}

// The connection is gone, or of no more use.
void WebSocketTransport::OnEnd(absl::Status status) {
  if (peer_close_) return Finish({.info = std::move(*peer_close_)});  // our answer did not get out
  if (!write_status_.ok()) status = write_status_;
  Finish({.info = {wire::close_code::kAbnormal, ""}, .status = Lost(status)});
}

void WebSocketTransport::Send(wire::FrameView frame) {
  if (state_ != State::kOpen || !write_status_.ok()) return;
  if (deflater_ && frame.data.size() >= min_deflate_size_) return AppendCompressed(frame);
  wire::AppendMessage(output_.bytes(), frame, wire::NextMaskingKey());
}

// Compressed it has to be sent even where that made it larger: the next ones may refer to it.
void WebSocketTransport::AppendCompressed(wire::FrameView frame) {
  constexpr std::uint8_t kRsv1 = 4;
  const bool is_text = frame.type == wire::FrameType::kText;
  wire::AppendFrame(
      output_.bytes(),
      {.opcode = is_text ? wire::WebSocketOpcode::kText : wire::WebSocketOpcode::kBinary,
       .rsv = kRsv1,
       .masking_key = wire::NextMaskingKey()},
      deflater_->Deflate(frame.data));
}

void WebSocketTransport::Flush() {
  if (state_ == State::kOpen && !is_delivering_) Write();
}

// Writes what is queued, as far as the stream takes it. Never calls the handler.
void WebSocketTransport::Write() {
  if (is_waiting_to_write_ || output_.empty()) return;
  net::IoResult result = output_.Write(*stream_);
  if (result.outcome == net::IoOutcome::kWantWrite) return WaitWritable();
  if (result.outcome == net::IoOutcome::kWantRead || result.status.ok()) return;
  // What the peer has sent before it went is still to be read, its close frame perhaps.
  write_status_ = std::move(result.status);
  output_.Clear();
  boost::asio::post(executor_, [self = shared_from_this()] { self->OnReadable({}); });
}

void WebSocketTransport::WaitWritable() {
  if (is_waiting_to_write_) return;
  is_waiting_to_write_ = true;
  stream_->AsyncWaitWritable([self = shared_from_this()](error_code error) {
    self->is_waiting_to_write_ = false;
    self->OnWritable(error);
  });
}

void WebSocketTransport::OnWritable(error_code error) {
  if (error || state_ == State::kDone) return;
  Write();
  OnWritten();
  if (std::exchange(read_wants_write_, false)) OnReadable({});
}

// After each Write() of a completion: what had to wait until all was written.
void WebSocketTransport::OnWritten() {
  if (state_ == State::kDone || !output_.empty()) return;
  if (state_ == State::kOpen && late_pong_ && write_status_.ok()) {
    wire::AppendPong(output_.bytes(), *late_pong_, wire::NextMaskingKey());
    late_pong_.reset();
    Write();
  }
  if (peer_close_) {
    Finish({.info = std::move(*peer_close_), .was_clean = write_status_.ok()});
  }
}

void WebSocketTransport::Close(const wire::CloseInfo& info) {
  switch (state_) {
    case State::kOpen:
      AppendClose(info);
      read_pause_.reset();
      if (!is_delivering_) Write();
      return;
    case State::kNew:
    case State::kDialing:
      state_ = State::kClosing;
      cancel_dial_.emit(boost::asio::cancellation_type::terminal);
      boost::asio::post(executor_, [self = shared_from_this()] {
        if (self->state_ == State::kDone) return;
        self->Finish({.info = {wire::close_code::kAbnormal, ""},
                      .status = self->Lost(absl::CancelledError("closed before it was open"))});
      });
      return;
    case State::kClosing:
    case State::kDone: return;
  }
}

void WebSocketTransport::AppendClose(const wire::CloseInfo& info) {
  state_ = State::kClosing;
  if (write_status_.ok()) wire::AppendClose(output_.bytes(), info, wire::NextMaskingKey());
}

void WebSocketTransport::Abandon() {
  handler_ = nullptr;
  state_ = State::kDone;
  cancel_dial_.emit(boost::asio::cancellation_type::terminal);
  if (stream_) stream_->Close();
  read_pause_.reset();
  output_.Clear();
}

void WebSocketTransport::Finish(TransportClosed closed) {
  state_ = State::kDone;
  TransportHandler* const handler = std::exchange(handler_, nullptr);
  output_.Clear();
  read_pause_.reset();
  if (stream_) net::CloseGently(*std::move(stream_), shared_->options.linger);
  handler->OnTransportClosed(std::move(closed));
}

absl::Status WebSocketTransport::Lost(const absl::Status& status) const {
  return absl::Status(status.code(), absl::StrCat("connection to ", url_, ": ", status.message()));
}

}  // namespace

TransportFactory MakeWebSocketTransport(WebSocketOptions options) {
  return [shared = std::make_shared<const Shared>(std::move(options))](
             const boost::asio::any_io_executor& executor, TransportHandler& handler) {
    return std::make_shared<WebSocketTransport>(shared, executor, handler);
  };
}

}  // namespace phx
