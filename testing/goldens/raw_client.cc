#include "testing/goldens/raw_client.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/io_context.hpp"
#include "boost/asio/ip/address_v4.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/system/error_code.hpp"
#include "client/net/io_result.h"
#include "client/net/stream.h"
#include "client/wire/masking_key_source.h"
#include "client/wire/websocket_frame.h"
#include "client/wire/websocket_frame_decoder.h"
#include "testing/goldens/replay_target.h"

namespace phx::test {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using net::IoOutcome;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{10};

// Reads "HTTP/1.1 403 Forbidden\r\nname: value\r\n…" without the empty line.
ServerEvent ParseHead(std::string_view head) {
  ServerEvent event{.kind = ServerEvent::Kind::kResponse};
  std::istringstream lines{std::string(head)};
  std::string version;
  std::string line;
  lines >> version >> event.status;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    const std::size_t colon = line.find(": ");
    std::string value = line.substr(colon + 2);
    if (!value.empty() && value.back() == '\r') value.pop_back();
    event.headers.emplace_back(absl::AsciiStrToLower(line.substr(0, colon)), std::move(value));
  }
  return event;
}

std::size_t ContentLength(const ServerEvent& answer) {
  for (const auto& [name, value] : answer.headers) {
    if (name == "content-length") return static_cast<std::size_t>(std::stoul(value));
  }
  return 0;
}

}  // namespace

std::string UpgradeRequest(std::string_view target) {
  std::string request = "GET ";
  request.append(target);
  return request +
         " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
}

RawClient::RawClient(std::unique_ptr<boost::asio::io_context> context, net::Stream stream)
    : context_(std::move(context)),
      stream_(std::move(stream)),
      decoder_(wire::WebSocketDecoderOptions{.role = wire::WebSocketRole::kClient,
                                             .allow_compressed = true}) {}

absl::StatusOr<std::unique_ptr<RawClient>> RawClient::Connect(std::uint16_t port,
                                                              const net::TlsContext* tls) {
  auto context = std::make_unique<boost::asio::io_context>();
  tcp::socket socket(*context);
  error_code error;
  socket.connect({boost::asio::ip::address_v4::loopback(), port}, error);
  if (error) return absl::UnavailableError(error.message());
  net::Stream stream(std::move(socket));
  if (tls != nullptr) {
    if (absl::Status status = stream.StartTls(*tls, "localhost"); !status.ok()) return status;
  }
  std::unique_ptr<RawClient> client(new RawClient(std::move(context), std::move(stream)));
  if (absl::Status status = client->ShakeHands(); !status.ok()) return status;
  return client;
}

// Runs the loop until what `start` begins has completed; false if that takes until `deadline`.
template <typename Start>
bool RawClient::Wait(Start start, Clock::time_point deadline) {
  bool is_done = false;
  start([&is_done](error_code error) { is_done = !error; });
  context_->restart();
  context_->run_one_until(deadline);
  if (is_done) return true;
  stream_.socket().cancel();  // the completion refers to this function's variable
  context_->restart();
  context_->run();
  return false;
}

absl::Status RawClient::ShakeHands() {
  const Clock::time_point deadline = Clock::now() + kPatience;
  for (;;) {
    const net::IoResult result = stream_.TryHandshake();
    if (result.outcome == IoOutcome::kDone) return absl::OkStatus();
    if (!result.would_block()) return result.status;
    const bool in_time =
        result.outcome == IoOutcome::kWantRead
            ? Wait([&](auto done) { stream_.AsyncWaitReadable(std::move(done)); }, deadline)
            : Wait([&](auto done) { stream_.AsyncWaitWritable(std::move(done)); }, deadline);
    if (!in_time) return absl::DeadlineExceededError("the TLS handshake takes too long");
  }
}

absl::Status RawClient::Send(std::string_view bytes) {
  const Clock::time_point deadline = Clock::now() + kPatience;
  while (!bytes.empty()) {
    const net::IoResult result = stream_.TryWrite(bytes);
    if (result.outcome == IoOutcome::kDone) {
      bytes.remove_prefix(result.bytes);
    } else if (!result.would_block()) {
      return result.status;
    } else if (!Wait([&](auto done) { stream_.AsyncWaitWritable(std::move(done)); }, deadline)) {
      return absl::DeadlineExceededError("the server does not read");
    }
  }
  return absl::OkStatus();
}

absl::Status RawClient::SendText(std::string_view text) { return SendTexts({std::string(text)}); }

absl::Status RawClient::SendTexts(const std::vector<std::string>& texts) {
  std::string bytes;
  for (const std::string& text : texts) {
    wire::AppendMessage(bytes, {wire::FrameType::kText, text}, wire::NextMaskingKey());
  }
  return Send(bytes);
}

bool RawClient::Upgrade(std::string_view target) {
  if (!Send(UpgradeRequest(target)).ok()) return false;
  const std::optional<ServerEvent> answer = Await(kPatience);
  return answer.has_value() && answer->status == 101;
}

std::optional<ServerEvent> RawClient::Await(std::chrono::milliseconds timeout) {
  const Clock::time_point deadline = Clock::now() + timeout;
  while (events_.empty() && !is_ended_ && Clock::now() < deadline) Read(deadline);
  if (events_.empty()) return std::nullopt;
  ServerEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

std::string RawClient::AwaitText(std::chrono::milliseconds timeout) {
  const std::optional<ServerEvent> event = Await(timeout);
  if (!event.has_value()) return "[nothing]";
  const bool is_text =
      event->kind == ServerEvent::Kind::kFrame && event->opcode == wire::WebSocketOpcode::kText;
  if (is_text) return event->data;
  std::ostringstream text;
  text << '[' << *event << ']';
  return text.str();
}

std::optional<ServerEvent> RawClient::Poll() {
  constexpr std::string_view kMark = "poll";
  std::string ping;
  wire::AppendPing(ping, kMark, wire::NextMaskingKey());
  if (is_ended_ || !is_websocket_ || !Send(ping).ok()) return Await(std::chrono::milliseconds(0));
  std::optional<ServerEvent> event = Await(kPatience);
  const bool is_mark =
      event.has_value() && event->opcode == wire::WebSocketOpcode::kPong && event->data == kMark;
  return is_mark ? std::nullopt : event;
}

void RawClient::Disconnect() {
  stream_.ShutdownWrite();
  stream_.Close();
  is_ended_ = true;
}

void RawClient::Read(Clock::time_point deadline) {
  std::string buffer(std::size_t{64} << 10, '\0');
  const net::IoResult result = stream_.TryRead(buffer);
  switch (result.outcome) {
    case IoOutcome::kDone: buffer.resize(result.bytes); return OnBytes(std::move(buffer));
    case IoOutcome::kEof: return OnEnd(false);
    case IoOutcome::kError: return OnEnd(true);
    case IoOutcome::kWantRead:
      Wait([&](auto done) { stream_.AsyncWaitReadable(std::move(done)); }, deadline);
      return;
    case IoOutcome::kWantWrite:
      Wait([&](auto done) { stream_.AsyncWaitWritable(std::move(done)); }, deadline);
      return;
  }
}

void RawClient::OnBytes(std::string bytes) {
  if (is_websocket_) {
    AppendFrames(decoder_, std::move(bytes), events_);
  } else {
    OnHttp(bytes);
  }
}

void RawClient::OnHttp(std::string_view bytes) {
  http_.append(bytes);
  while (!is_websocket_ && TakeAnswer()) {
  }
}

// Takes an answer from what has come; false if it is not complete.
bool RawClient::TakeAnswer() {
  constexpr std::string_view kEndOfHead = "\r\n\r\n";
  const std::size_t end = http_.find(kEndOfHead);
  if (end == std::string::npos) return false;
  ServerEvent answer = ParseHead(std::string_view(http_).substr(0, end));
  std::string rest = http_.substr(end + kEndOfHead.size());
  if (answer.status == 101) {
    is_websocket_ = true;
    events_.push_back(std::move(answer));
    AppendFrames(decoder_, std::move(rest), events_);
    return true;
  }
  const std::size_t length = ContentLength(answer);
  if (rest.size() < length) return false;
  answer.data = rest.substr(0, length);
  events_.push_back(std::move(answer));
  http_ = rest.substr(length);
  return true;
}

void RawClient::OnEnd(bool was_reset) {
  is_ended_ = true;
  was_reset_ = was_reset;
  events_.push_back({.kind = ServerEvent::Kind::kTcpClose});
}

}  // namespace phx::test
