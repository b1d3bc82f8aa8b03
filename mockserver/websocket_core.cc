#include "mockserver/websocket_core.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "client/transport/message_deflate.h"
#include "client/wire/close_info.h"
#include "client/wire/frame.h"
#include "client/wire/utf8.h"
#include "client/wire/websocket_frame.h"
#include "client/wire/websocket_frame_decoder.h"
#include "mockserver/deflate_offer.h"
#include "mockserver/outbox.h"
#include "mockserver/session_core.h"

namespace phx::mock {
namespace {

// The fragments of a message on Bandit, together.
constexpr std::uint64_t kBanditFragmentedMessage = 8'000'000;

// Bandit's limit is on a frame with its header, of which a client's has 6, 8 or 14 bytes.
std::uint64_t LargestPayload(std::uint64_t max_frame_size) {
  const std::uint64_t header = max_frame_size <= 125 + 6 ? 6 : max_frame_size <= 65535 + 8 ? 8 : 14;
  return max_frame_size - std::min(header, max_frame_size);
}

// The defaults of websock_adapter and the servers beneath it.
std::uint64_t DefaultMaxFrameSize(const Flavor& flavor) {
  if (!flavor.is_17()) return 10'000'000;
  return flavor.is_cowboy() ? std::numeric_limits<std::uint64_t>::max() : 8'000'000;
}

std::uint64_t MaxMessageSize(const SessionOptions& session) {
  const std::uint64_t limit =
      session.socket->max_frame_size.value_or(DefaultMaxFrameSize(session.flavor));
  return session.flavor.is_cowboy() ? limit : LargestPayload(limit);
}

// Cowboy limits a message, however many frames it comes in; Bandit a frame, and what fragments are
// together by another limit.
wire::WebSocketDecoderOptions DecoderOptions(const SessionOptions& session) {
  wire::WebSocketDecoderOptions options = {.role = wire::WebSocketRole::kServer,
                                           .max_message_size = MaxMessageSize(session)};
  if (!session.flavor.is_cowboy()) {
    options.max_fragmented_message_size = kBanditFragmentedMessage;
    options.allow_undefined_close_codes = true;
  }
  return options;
}

// When Cowboy stops, its supervisor gives connections that have nobody to close them this long.
constexpr std::chrono::seconds kCowboyShutdown{5};

bool LiesIn(std::string_view data, std::string_view input) {
  const std::less_equal<const char*> not_after;
  return not_after(input.data(), data.data()) &&
         not_after(data.data() + data.size(), input.data() + input.size());
}

}  // namespace

// Both directions of permessage-deflate.
struct WebSocketCore::Deflate {
  Deflate(const DeflateTerms& terms, std::size_t max_size)
      : inflater({.window_bits = terms.client_window_bits, .max_size = max_size}),
        deflater({.window_bits = terms.server_window_bits,
                  .no_context_takeover = terms.server_no_context_takeover}) {}

  MessageInflater inflater;
  MessageDeflater deflater;
};

WebSocketCore::WebSocketCore(SessionOptions options, TimePoint now,
                             std::chrono::milliseconds close_timeout, Shard& shard,
                             SessionHost& host)
    : session_(std::move(options), shard, host),
      decoder_(DecoderOptions(session_.options())),
      max_message_size_(MaxMessageSize(session_.options())),
      timeout_(session_.options().socket->timeout),
      close_timeout_(close_timeout),
      last_input_(now) {}

WebSocketCore::~WebSocketCore() = default;

void WebSocketCore::StartDeflate(const DeflateTerms& terms) {
  decoder_.AllowCompressed();
  // An inflater makes room for a byte more.
  constexpr std::uint64_t kLargest = std::numeric_limits<std::size_t>::max() - 1;
  deflate_ = std::make_unique<Deflate>(terms, std::min(max_message_size_, kLargest));
}

void WebSocketCore::OnBytes(TimePoint now, char* data, std::size_t size) {
  last_input_ = now;
  if (peer_is_done_) return;
  decoder_.Feed(data, size);
  const std::string_view input(data, size);
  while (!peer_is_done_) {
    const wire::WebSocketEvent event = decoder_.Next();
    if (event.kind == wire::WebSocketEvent::Kind::kNeedInput) return;
    OnEvent(now, event, input);
  }
}

void WebSocketCore::OnEvent(TimePoint now, const wire::WebSocketEvent& event,
                            std::string_view input) {
  switch (event.kind) {
    case wire::WebSocketEvent::Kind::kNeedInput: return;
    case wire::WebSocketEvent::Kind::kMessage:
      return event.compressed ? OnCompressed(now, event) : OnMessage(now, event.message(), input);
    case wire::WebSocketEvent::Kind::kPing:
      if (observer() != nullptr) observer()->OnPing(connection(), event.data);
      if (!is_closing()) session_.outbox().AddControl(Outbox::Entry::Kind::kPong, event.data);
      return;
    case wire::WebSocketEvent::Kind::kPong:
      if (observer() != nullptr) observer()->OnPong(connection(), event.data);
      return;
    case wire::WebSocketEvent::Kind::kClose: OnPeerClose(event); return;
    case wire::WebSocketEvent::Kind::kError: Fail(event.close_code); return;
  }
}

void WebSocketCore::OnMessage(TimePoint now, wire::FrameView message, std::string_view input) {
  if (!LiesIn(message.data, input)) message.data = kept_.emplace_back(message.data);
  session_.OnFrame(now, message);
}

void WebSocketCore::OnCompressed(TimePoint now, const wire::WebSocketEvent& event) {
  const absl::Status inflated = deflate_->inflater.Inflate(event.data);
  if (absl::IsResourceExhausted(inflated)) return Fail(wire::close_code::kMessageTooBig);
  const std::string_view data = deflate_->inflater.message();
  const bool is_valid =
      inflated.ok() && (event.type == wire::FrameType::kBinary || wire::IsValidUtf8(data));
  if (!is_valid) return Fail(wire::close_code::kInvalidPayload);
  OnMessage(now, {event.type, data}, {});
}

// Bandit answers every code that it knows with 1000, Cowboy with the same; both answer others,
// newer ones among them, with 1002.
std::uint16_t WebSocketCore::AnswerToClose(std::uint16_t code) const {
  const bool is_known = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1011) ||
                        code >= 3000 || code == wire::close_code::kNoStatus;
  if (!is_known) return wire::close_code::kProtocolError;
  return flavor().is_cowboy() ? code : wire::close_code::kNormal;
}

void WebSocketCore::OnPeerClose(const wire::WebSocketEvent& event) {
  if (observer() != nullptr) {
    observer()->OnClose(connection(), {event.close_code, std::string(event.data)});
  }
  if (session_.options().faults->ignore_close) return;
  peer_is_done_ = true;
  if (close_sent_) {
    ending_ = Ending::kFinish;
  } else if (!is_closing()) {
    Close({AnswerToClose(event.close_code)});
  }
}

void WebSocketCore::Fail(std::uint16_t code) {
  peer_is_done_ = true;
  if (!is_closing()) Close({code});
}

void WebSocketCore::OnEof(TimePoint now) {
  peer_is_done_ = true;
  ending_ = Ending::kDrop;
  OnClosed(now);
}

void WebSocketCore::OnClosed(TimePoint now) { session_.OnClosed(now); }

std::optional<TimePoint> WebSocketCore::NextDeadline() const {
  if (close_sent_) return close_deadline_;
  if (finish_at_.has_value()) return finish_at_;
  std::optional<TimePoint> deadline = session_.NextDeadline();
  if (timeout_.count() != 0 && !is_closing()) {
    const TimePoint idle = last_input_ + timeout_;
    deadline = deadline.has_value() ? std::min(*deadline, idle) : idle;
  }
  return deadline;
}

void WebSocketCore::OnDeadline(TimePoint now) {
  if (close_sent_) {
    if (now >= close_deadline_) ending_ = Ending::kDrop;
    return;
  }
  if (finish_at_.has_value()) {
    if (now >= *finish_at_) ending_ = Ending::kFinish;
    return;
  }
  session_.OnDeadline(now);
  if (timeout_.count() != 0 && now >= last_input_ + timeout_ && !is_closing()) {
    Close({flavor().is_cowboy() ? wire::close_code::kNormal : wire::close_code::kProtocolError});
  }
}

void WebSocketCore::Close(const wire::CloseInfo& info) {
  if (is_closing()) return;
  session_.outbox().AddClose(info);
  closing_ = true;
}

void WebSocketCore::SendRaw(std::string_view bytes) {
  if (!is_closing()) session_.outbox().AddControl(Outbox::Entry::Kind::kRaw, bytes);
}

void WebSocketCore::SendFrame(wire::FrameView frame) {
  if (!is_closing()) session_.outbox().AddFrame(frame);
}

void WebSocketCore::SendPing(std::string_view payload) {
  if (!is_closing()) session_.outbox().AddControl(Outbox::Entry::Kind::kPing, payload);
}

void WebSocketCore::Shutdown(TimePoint now) {
  if (session_.has_channels()) return Close({wire::close_code::kServiceRestart});
  if (!flavor().is_cowboy()) return Close({wire::close_code::kNormal});
  if (!is_closing()) finish_at_ = now + kCowboyShutdown;
}

void WebSocketCore::Flush(TimePoint now, std::string& out) {
  const bool was_closed = close_sent_;
  const std::size_t old_size = out.size();
  const bool is_drained =
      observer() == nullptr && deflate_ == nullptr && !was_closed && session_.DrainPlain(out);
  if (!is_drained) {
    session_.DrainOutbox([&](const Outbox::Entry& entry, std::string_view data) {
      if (!close_sent_) AppendEntry(entry, data, out);
    });
  }
  kept_.clear();
  // Bandit 1.11 takes its own output for a sign of life.
  if (flavor().is_17() && !flavor().is_cowboy() && out.size() != old_size) last_input_ = now;
  if (!close_sent_ || was_closed) return;
  close_deadline_ = now + close_timeout_;
  session_.OnClosed(now);
  if (peer_is_done_) ending_ = Ending::kFinish;
}

void WebSocketCore::AppendCompressed(wire::FrameView frame, std::string& out) {
  constexpr std::uint8_t kRsv1 = 4;
  const bool is_text = frame.type == wire::FrameType::kText;
  wire::AppendFrame(
      out,
      {.opcode = is_text ? wire::WebSocketOpcode::kText : wire::WebSocketOpcode::kBinary,
       .rsv = kRsv1},
      deflate_->deflater.Deflate(frame.data));
}

void WebSocketCore::AppendEntry(const Outbox::Entry& entry, std::string_view data,
                                std::string& out) {
  using Kind = Outbox::Entry::Kind;
  switch (entry.kind) {
    case Kind::kFrame: {
      const wire::FrameView frame =
          entry.shared != nullptr ? entry.shared->frame() : wire::FrameView{entry.type, data};
      if (observer() != nullptr) observer()->OnSent(connection(), frame);
      if (deflate_ != nullptr && !frame.data.empty()) {
        AppendCompressed(frame, out);
      } else if (entry.shared != nullptr) {
        out.append(entry.shared->websocket_bytes());
      } else {
        wire::AppendMessage(out, frame, std::nullopt);
      }
      return;
    }
    case Kind::kPing: wire::AppendPing(out, data, std::nullopt); return;
    case Kind::kPong: wire::AppendPong(out, data, std::nullopt); return;
    case Kind::kRaw: out.append(data); return;
    case Kind::kReset: ending_ = Ending::kReset; return;
    case Kind::kClose: {
      const wire::CloseInfo info{entry.close_code, std::string(data)};
      if (observer() != nullptr) observer()->OnSentClose(connection(), info);
      wire::AppendClose(out, info, std::nullopt);
      close_sent_ = true;
      return;
    }
  }
}

}  // namespace phx::mock
