#include "mockserver/long_poll_exchange.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/escaping.h"
#include "client/wire/frame.h"
#include "client/wire/utf8.h"
#include "mockserver/endpoint.h"
#include "mockserver/http_message.h"
#include "mockserver/json_string.h"
#include "mockserver/long_poll_port.h"
#include "mockserver/plug_answer.h"

namespace phx::mock {
namespace {

// Lines beyond these are dropped without a word.
constexpr std::size_t kMaxBatch = 100;

// Base64 longer than this is refused unread.
constexpr std::size_t kMaxBase64 = 10'000'000;

// The lines of a body, one after the other. A body that ends in a line break has an empty last
// line, as in Elixir.
class Lines {
 public:
  explicit Lines(std::string_view body) : rest_(body) {}

  bool is_at_end() const { return is_at_end_; }
  std::string_view Take() {
    const std::size_t end = rest_.find('\n');
    std::string_view line = rest_.substr(0, end);
    if (end == std::string_view::npos) {
      is_at_end_ = true;
      return line;
    }
    rest_.remove_prefix(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

 private:
  std::string_view rest_;
  bool is_at_end_ = false;
};

// Base64 as Elixir's Base.decode64! takes it: padded, with nothing else in it.
bool DecodeBase64(std::string_view base64, std::string& bytes) {
  const bool is_plain =
      base64.size() % 4 == 0 && base64.find_first_of(" \t\r\n\v\f.") == std::string_view::npos;
  return is_plain && base64.size() <= kMaxBase64 &&
         absl::Base64Unescape(absl::string_view(base64.data(), base64.size()), &bytes);
}

// The frames in a body of application/x-ndjson; nullopt if one is neither an array nor Base64.
std::optional<std::vector<wire::Frame>> ReadBatch(std::string_view body) {
  std::vector<wire::Frame> batch;
  Lines lines(body);
  while (!lines.is_at_end() && batch.size() < kMaxBatch) {
    const std::string_view line = lines.Take();
    if (line.starts_with('[')) {
      batch.push_back({wire::FrameType::kText, std::string(line)});
      continue;
    }
    std::string bytes;
    if (!DecodeBase64(line, bytes)) return std::nullopt;
    batch.push_back({wire::FrameType::kBinary, std::move(bytes)});
  }
  return batch;
}

}  // namespace

LongPollExchange::LongPollExchange(const UserSocket& socket, HttpRequest request, ConnectInfo info,
                                   LongPollHome& home, std::weak_ptr<LongPollCaller> caller)
    : socket_(socket),
      request_(std::move(request)),
      info_(std::move(info)),
      home_(home),
      caller_(std::move(caller)) {
  if (!flavor().is_17()) token_ = HeaderOf(request_.headers, "x-phoenix-longpoll-token");
  const auto param = info_.params.find("token");
  if (token_.empty() && param != info_.params.end() && param->is_string()) {
    token_ = param->get<std::string>();
  }
}

void LongPollExchange::Start(TimePoint now) {
  if (!Resume(now)) NotResumed(now);
}

bool LongPollExchange::Resume(TimePoint now) {
  const std::optional<std::string> topic =
      home_.sessions().Verify(token_, now, socket_.longpoll->max_age);
  if (!topic.has_value()) return false;
  state_ = State::kSubscribing;
  deadline_ = now + socket_.longpoll->pubsub_timeout;
  session_ = home_.sessions().Find(*topic);
  Call(LongPollCall::Kind::kSubscribe);
  return true;
}

void LongPollExchange::NotResumed(TimePoint now) {
  if (is_post()) return Answer(LongPollStatus(410, flavor()));
  StartSession(now);
}

void LongPollExchange::StartSession(TimePoint now) {
  ConnectDecision decision = home_.endpoint().Connect(socket_, info_);
  if (std::holds_alternative<ConnectCrash>(decision)) {
    return Answer(InternalServerError(request_.headers));
  }
  auto* admission = std::get_if<Admission>(&decision);
  if (admission == nullptr) return Answer(LongPollStatus(403, flavor()));
  const std::string topic = home_.sessions().MakeTopic(now);
  if (!home_.StartSession(socket_, topic, std::move(*admission))) {
    HttpAnswer busy = PlugAnswer(503, "The server has too many long-polling sessions.");
    busy.headers.emplace_back("access-control-allow-origin", "*");
    return Answer(std::move(busy));
  }
  token_ = home_.sessions().Sign(topic, now);
  AnswerMessages(410, {});
}

void LongPollExchange::Call(LongPollCall::Kind kind, wire::Frame frame) {
  if (session_ != nullptr) session_->Post({kind, std::move(frame), caller_});
}

void LongPollExchange::OnReply(TimePoint now, const LongPollReply& reply) {
  if (state_ == State::kAnswered) return;
  switch (reply.kind) {
    case LongPollReply::Kind::kSubscribed:
      if (state_ != State::kSubscribing) return;
      return is_post() ? StartDispatching(now) : Poll(now);
    case LongPollReply::Kind::kNowAvailable: return Poll(now);
    case LongPollReply::Kind::kMessages: return AnswerMessages(200, reply.messages);
    case LongPollReply::Kind::kDispatched: return DispatchNext(now);
    case LongPollReply::Kind::kForgotten: return NotResumed(now);
  }
}

void LongPollExchange::Poll(TimePoint now) {
  state_ = State::kPolling;
  deadline_ = now + socket_.longpoll->window;
  Call(LongPollCall::Kind::kFlush);
}

void LongPollExchange::StartDispatching(TimePoint now) {
  state_ = State::kDispatching;
  if (HeaderOf(request_.headers, "content-type") == "application/x-ndjson") {
    std::optional<std::vector<wire::Frame>> batch = ReadBatch(request_.body);
    if (!batch.has_value()) return Answer(InternalServerError(request_.headers));
    batch_ = *std::move(batch);
  } else {
    batch_ = {{wire::FrameType::kText, request_.body}};
  }
  DispatchNext(now);
}

void LongPollExchange::DispatchNext(TimePoint now) {
  if (next_ == batch_.size()) return Answer(LongPollStatus(200, flavor()));
  deadline_ = now + socket_.longpoll->window;
  Call(LongPollCall::Kind::kDispatch, std::move(batch_[next_++]));
}

void LongPollExchange::OnDeadline(TimePoint now) {
  if (!deadline_.has_value() || now < *deadline_) return;
  switch (state_) {
    case State::kSubscribing: return NotResumed(now);
    case State::kPolling: return AnswerMessages(204, {});
    case State::kDispatching: return Answer(LongPollStatus(408, flavor()));
    case State::kNew:
    case State::kAnswered: return;
  }
}

void LongPollExchange::Answer(HttpAnswer answer) {
  state_ = State::kAnswered;
  deadline_.reset();
  session_.reset();
  answer_ = WithAdapterHeaders(std::move(answer), flavor());
}

void LongPollExchange::AnswerMessages(int status, const std::vector<std::string>& messages) {
  std::string json = R"({"messages":[)";
  for (const std::string& message : messages) {
    // Binary frames go as they are, in a JSON string, if they happen to be UTF-8.
    if (!wire::IsValidUtf8(message)) return Answer(InternalServerError(request_.headers));
    if (&message != &messages.front()) json += ',';
    AppendJsonString(json, message);
  }
  json += R"(],"status":)" + std::to_string(status) + R"(,"token":)";
  AppendJsonString(json, token_);
  Answer(LongPollAnswer(std::move(json) + '}', flavor()));
}

std::optional<HttpAnswer> LongPollExchange::TakeAnswer() { return std::exchange(answer_, {}); }

}  // namespace phx::mock
