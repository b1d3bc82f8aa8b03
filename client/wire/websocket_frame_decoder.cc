#include "client/wire/websocket_frame_decoder.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "client/wire/close_info.h"
#include "client/wire/frame.h"
#include "client/wire/masking.h"
#include "client/wire/utf8.h"
#include "client/wire/websocket_frame.h"
#include "client/wire/websocket_frame_header.h"

namespace phx::wire {
namespace {

constexpr std::uint8_t kRsv1 = 4;
constexpr std::uint16_t kLastDefinedCloseCode = 4999;

// A collected message makes room for at most this much, or as much as it has, at a time: memory is
// taken for bytes that came, not for what a header promises.
constexpr std::size_t kGrowth = std::size_t{256} * 1024;

static_assert(sizeof(WebSocketFrameDecoder) <= 200, "every connection has one");

absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

// Assigning an empty string would keep the memory.
void Free(std::string& text) { std::string().swap(text); }

// What `text` has taken from the heap.
std::size_t HeldBy(const std::string& text) {
  return text.capacity() == std::string().capacity() ? 0 : text.capacity();
}

}  // namespace

WebSocketFrameDecoder::WebSocketFrameDecoder(const WebSocketDecoderOptions& options)
    : options_(options) {}

void WebSocketFrameDecoder::Feed(char* data, std::size_t size) {
  input_ = data;
  input_end_ = data + size;
}

bool WebSocketFrameDecoder::is_idle() const {
  return state_ == State::kHeader && header_size_ == 0 && !in_message_ && input_ == input_end_;
}

std::size_t WebSocketFrameDecoder::held_memory() const {
  return HeldBy(collected_) + HeldBy(control_);
}

// The event is filled where it is returned: built elsewhere and copied, it would cost as much as
// all the rest.
WebSocketEvent WebSocketFrameDecoder::Next() {
  WebSocketEvent event;
  if (is_delivered_) ReleaseDelivered();
  while (event.kind == WebSocketEvent::Kind::kNeedInput) {
    if (state_ == State::kHeader && (TakeShortMessage(event) || !TakeHeader())) break;
    if (state_ == State::kFailed) {
      ReportError(event);
    } else if (state_ == State::kClosed) {
      input_ = input_end_;
      break;
    } else {
      std::string_view payload;
      if (!TakePayload(payload)) break;
      FinishFrame(payload, event);
    }
  }
  return event;
}

// The short cut that nearly all frames take: an uncompressed message in one frame of at most 125
// bytes, all of it in the input. False, with nothing done, for anything else.
bool WebSocketFrameDecoder::TakeShortMessage(WebSocketEvent& event) {
  if (header_size_ != 0 || in_message_ || input_size() < kFixedHeaderSize) return false;
  const bool is_masked = options_.role == WebSocketRole::kServer;
  const unsigned first = static_cast<unsigned char>(input_[0]);
  const unsigned size = static_cast<unsigned char>(input_[1]) ^ (is_masked ? 0x80u : 0u);
  const bool is_text = first == (0x80u | static_cast<unsigned>(WebSocketOpcode::kText));
  const bool is_binary = first == (0x80u | static_cast<unsigned>(WebSocketOpcode::kBinary));
  if ((!is_text && !is_binary) || size > kMaxControlPayload) return false;
  const std::size_t header_size = kFixedHeaderSize + (is_masked ? sizeof(MaskingKey) : 0);
  if (input_size() < header_size + size || size > options_.max_message_size) return false;

  char* const payload = input_ + header_size;
  header_.opcode = is_text ? WebSocketOpcode::kText : WebSocketOpcode::kBinary;
  frame_offset_ = offset_;
  if (is_masked) {
    MaskingKey key{};
    std::memcpy(key.data(), input_ + kFixedHeaderSize, key.size());
    ApplyMask(payload, payload, size, key);
  }
  offset_ += header_size + size;
  input_ = payload + size;
  message_type_ = is_text ? FrameType::kText : FrameType::kBinary;
  message_is_compressed_ = false;
  FinishMessage({payload, size}, event);
  return true;
}

// Reads a header. False if the input ends in it; otherwise the state says whether it was accepted.
bool WebSocketFrameDecoder::TakeHeader() {
  const char* bytes = input_;
  const bool is_whole =
      header_size_ == 0 && input_size() >= kFixedHeaderSize && input_size() >= HeaderSize(bytes);
  if (is_whole) {
    input_ += HeaderSize(bytes);
  } else {
    if (!CollectHeader()) return false;
    bytes = header_bytes_.data();
  }
  header_ = ParseHeader(bytes);
  header_size_ = 0;
  frame_offset_ = offset_;
  offset_ += HeaderSize(bytes);
  payload_left_ = header_.payload_size;
  if (CheckHeader(HasShortestLength(bytes, header_.payload_size))) state_ = State::kPayload;
  return true;
}

// Adds to a header that did not come in one piece. True when it is complete.
bool WebSocketFrameDecoder::CollectHeader() {
  for (;;) {
    const std::size_t needed =
        header_size_ < kFixedHeaderSize ? kFixedHeaderSize : HeaderSize(header_bytes_.data());
    if (header_size_ == needed) return true;
    if (input_ == input_end_) return false;
    header_bytes_[header_size_++] = *input_++;
  }
}

bool WebSocketFrameDecoder::CheckHeader(bool has_shortest_length) {
  const bool must_be_masked = options_.role == WebSocketRole::kServer;
  if (IsReserved(header_.opcode)) {
    return Fail(close_code::kProtocolError,
                absl::StrCat("reserved opcode ", static_cast<unsigned>(header_.opcode)));
  }
  const bool may_be_compressed = options_.allow_compressed && !IsControl(header_.opcode) &&
                                 header_.opcode != WebSocketOpcode::kContinuation;
  if ((header_.rsv & (may_be_compressed ? ~kRsv1 : ~0)) != 0) {
    return Fail(close_code::kProtocolError, "reserved bit set");
  }
  if (header_.masking_key.has_value() != must_be_masked) {
    return Fail(close_code::kProtocolError, must_be_masked ? "not masked" : "masked by a server");
  }
  if (!has_shortest_length) {
    return Fail(close_code::kProtocolError, "length not in its shortest form");
  }
  return IsControl(header_.opcode) ? CheckControl() : CheckData();
}

bool WebSocketFrameDecoder::CheckControl() {
  if (!header_.fin) return Fail(close_code::kProtocolError, "fragmented control frame");
  if (header_.payload_size > kMaxControlPayload) {
    return Fail(close_code::kProtocolError, "control frame of more than 125 bytes");
  }
  return true;
}

bool WebSocketFrameDecoder::CheckData() {
  const bool is_continuation = header_.opcode == WebSocketOpcode::kContinuation;
  if (is_continuation && !in_message_) {
    return Fail(close_code::kProtocolError, "no message to continue");
  }
  if (!is_continuation && in_message_) {
    return Fail(close_code::kProtocolError, "new message inside a fragmented one");
  }
  if ((header_.payload_size >> 63u) != 0) {
    return Fail(close_code::kProtocolError, "length with its highest bit set");
  }
  return CheckSize();
}

bool WebSocketFrameDecoder::CheckSize() {
  const bool is_fragment = in_message_ || !header_.fin;
  const std::uint64_t limit =
      is_fragment ? options_.max_fragmented_message_size.value_or(options_.max_message_size)
                  : options_.max_message_size;
  // `collected_` is never larger than the limit, so that nothing can overflow.
  if (header_.payload_size > limit - collected_.size()) {
    return Fail(close_code::kMessageTooBig,
                absl::StrCat("message of ", collected_.size() + header_.payload_size,
                             header_.fin ? "" : " or more", " bytes exceeds the limit of ", limit));
  }
  if (header_.payload_size > options_.max_message_size) {
    return Fail(close_code::kMessageTooBig,
                absl::StrCat("fragment of ", header_.payload_size, " bytes exceeds the limit of ",
                             options_.max_message_size));
  }
  return true;
}

// Gives the payload if the whole of it lies in the input; otherwise collects what there is. False
// if more has to come. When the end of a collected payload came, `payload` is empty.
bool WebSocketFrameDecoder::TakePayload(std::string_view& payload) {
  const bool is_control = IsControl(header_.opcode);
  const bool is_first_piece = payload_left_ == header_.payload_size;
  const bool is_rest = payload_left_ <= input_size();
  const bool is_fragment = !is_control && (in_message_ || !header_.fin);
  if (is_first_piece && is_rest && !is_fragment) {
    const auto size = static_cast<std::size_t>(payload_left_);
    if (header_.masking_key) ApplyMask(input_, input_, size, *header_.masking_key);
    payload = {input_, size};
    input_ += size;
    offset_ += size;
    payload_left_ = 0;
    return true;
  }
  Collect(is_control ? control_ : collected_,
          is_rest ? static_cast<std::size_t>(payload_left_) : input_size());
  return is_rest;
}

// Moves the next `size` bytes of the input to the end of `into`.
void WebSocketFrameDecoder::Collect(std::string& into, std::size_t size) {
  if (header_.masking_key) {
    const std::uint64_t position = header_.payload_size - payload_left_;
    ApplyMask(input_, input_, size, *header_.masking_key, static_cast<std::size_t>(position % 4));
  }
  if (into.capacity() < into.size() + payload_left_) {
    const std::uint64_t room = std::max({size, into.size(), kGrowth});
    into.reserve(into.size() + static_cast<std::size_t>(std::min(payload_left_, room)));
  }
  into.append(input_, size);
  input_ += size;
  offset_ += size;
  payload_left_ -= size;
}

// Fills in the event of the frame that has ended; none for a fragment that is not the last.
void WebSocketFrameDecoder::FinishFrame(std::string_view payload, WebSocketEvent& event) {
  state_ = State::kHeader;
  if (!IsControl(header_.opcode)) return FinishData(payload, event);
  if (payload.empty() && !control_.empty()) {
    payload = control_;
    is_delivered_ = true;
  }
  if (header_.opcode == WebSocketOpcode::kClose) return FinishClose(payload, event);
  event.kind = header_.opcode == WebSocketOpcode::kPing ? WebSocketEvent::Kind::kPing
                                                        : WebSocketEvent::Kind::kPong;
  event.data = payload;
}

void WebSocketFrameDecoder::FinishData(std::string_view payload, WebSocketEvent& event) {
  if (header_.opcode != WebSocketOpcode::kContinuation) {
    message_type_ =
        header_.opcode == WebSocketOpcode::kText ? FrameType::kText : FrameType::kBinary;
    message_is_compressed_ = header_.rsv == kRsv1;
  }
  in_message_ = !header_.fin;
  if (in_message_) return;
  if (!collected_.empty()) {
    payload = collected_;
    is_delivered_ = true;
  }
  FinishMessage(payload, event);
}

void WebSocketFrameDecoder::FinishMessage(std::string_view payload, WebSocketEvent& event) {
  if (message_type_ == FrameType::kText && !message_is_compressed_ && !IsValidUtf8(payload)) {
    Fail(close_code::kInvalidPayload, "text is not UTF-8");
    return ReportError(event);
  }
  event.kind = WebSocketEvent::Kind::kMessage;
  event.type = message_type_;
  event.compressed = message_is_compressed_;
  event.data = payload;
}

// RFC 6455 5.5.1, 7.4.
void WebSocketFrameDecoder::FinishClose(std::string_view payload, WebSocketEvent& event) {
  std::uint16_t code = close_code::kNoStatus;
  if (payload.size() == 1) {
    Fail(close_code::kProtocolError, "close frame of one byte");
    return ReportError(event);
  }
  if (!payload.empty()) {
    const auto high = static_cast<unsigned char>(payload[0]);
    const auto low = static_cast<unsigned char>(payload[1]);
    code = static_cast<std::uint16_t>(high << 8u | low);
    payload.remove_prefix(2);
    const bool is_allowed = IsCloseCodeOnWire(code) ||
                            (options_.allow_undefined_close_codes && code > kLastDefinedCloseCode);
    if (!is_allowed) {
      Fail(close_code::kProtocolError, absl::StrCat("invalid close code ", code));
      return ReportError(event);
    }
  }
  if (!IsValidUtf8(payload)) {
    Fail(close_code::kInvalidPayload, "close reason is not UTF-8");
    return ReportError(event);
  }
  state_ = State::kClosed;
  event.kind = WebSocketEvent::Kind::kClose;
  event.close_code = code;
  event.data = payload;
}

void WebSocketFrameDecoder::ReportError(WebSocketEvent& event) const {
  event.kind = WebSocketEvent::Kind::kError;
  event.close_code = error_code_;
  event.data = control_;
}

// Always false, for the checks to return.
bool WebSocketFrameDecoder::Fail(std::uint16_t code, std::string_view what) {
  state_ = State::kFailed;
  error_code_ = code;
  control_ = absl::StrCat(Absl(ToString(header_.opcode)), " frame at byte ", frame_offset_, ": ",
                          Absl(what));
  is_delivered_ = false;
  input_ = input_end_;
  Free(collected_);
  return false;
}

// Frees what the last event showed.
void WebSocketFrameDecoder::ReleaseDelivered() {
  is_delivered_ = false;
  Free(IsControl(header_.opcode) ? control_ : collected_);
}

}  // namespace phx::wire
