#include "loadgen/user.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "boost/asio/dispatch.hpp"

namespace phx::loadgen {
namespace {

// As many as the client lets be under way: more would wait inside it, and count as slow joins.
constexpr std::uint64_t kJoinsAtATime = 100;
// What a server said may be long; an example needs only its beginning.
constexpr std::size_t kMaxExampleSize = 200;

std::chrono::milliseconds ToMilliseconds(Duration duration) {
  return std::chrono::ceil<std::chrono::milliseconds>(duration);
}

std::string Describe(const SocketClosed& closed) {
  if (!closed.status.ok()) return std::string(closed.status.message());
  return absl::StrCat("closed by the server with ", closed.info.code,
                      closed.info.reason.empty() ? "" : ": ", closed.info.reason);
}

// What a reply other than "ok" said: its status, and the beginning of its response.
std::string Describe(const Reply& reply) {
  return absl::StrCat(reply.status.ToString(), " ",
                      std::string(reply.response.text().substr(0, kMaxExampleSize)));
}

}  // namespace

std::shared_ptr<const SocketOptions> MakeSocketOptions(const Plan& plan) {
  auto options = std::make_shared<SocketOptions>();
  options->params = plan.params;
  options->connect_timeout = ToMilliseconds(plan.connect_timeout);
  options->push_timeout = ToMilliseconds(plan.timeout);
  options->max_joins_in_flight = kJoinsAtATime;
  options->should_reconnect = [](const SocketClosed&) { return false; };
  options->should_rejoin = [](const Reply&) { return false; };
  options->logger = NoopLogger();  // everything is counted; a line for each would drown the report
  options->tls.verify_peer = plan.verify_tls;
  return options;
}

User::User(const UserSettings& settings, std::uint64_t number, UserEvents& events)
    : settings_(settings),
      number_(number),
      events_(events),
      socket_(settings.executor, settings.plan.url, settings.socket_options),
      strand_(socket_.get_executor()) {}

void User::Open(Duration intended) {
  socket_.OnOpen([this, intended](const OpenInfo&) { OnOpen(intended); });
  socket_.OnError([this](const SocketError& error) { OnConnectFailed(error); });
  socket_.OnClose([this](const SocketClosed& closed) { OnConnectionClosed(closed); });
  const absl::Status status = socket_.Connect();
  if (!status.ok()) OnConnectFailed({.status = status});
}

void User::OnOpen(Duration intended) {
  events_.OnConnected(intended);
  channels_.reserve(settings_.plan.channels);
  JoinMore();
}

void User::OnConnectFailed(const SocketError& error) {
  if (is_closing_) return;
  const Cause cause = error.response.status != 0 ? Cause::kRefused : CauseOf(error.status);
  events_.OnFailure(Stage::kConnect, cause,
                    {error.status.message().data(), error.status.message().size()});
  FinishSetUp();
}

void User::OnConnectionClosed(const SocketClosed& closed) {
  if (is_closing_) return;
  const Cause cause = closed.status.ok() ? Cause::kClosed : CauseOf(closed.status);
  events_.OnFailure(Stage::kConnection, cause, Describe(closed));
  FinishSetUp();
}

void User::OnChannelErrored(const ChannelErrored& errored) {
  if (is_closing_) return;
  switch (errored.cause) {
    case ChannelErrored::Cause::kChannelCrashed:
    case ChannelErrored::Cause::kUnmatchedTopic:
      return events_.OnFailure(
          Stage::kChannel, Cause::kClosed,
          absl::StrCat(std::string(ToString(errored.cause)), ": ", errored.reason));
    case ChannelErrored::Cause::kConnectionLost:
    case ChannelErrored::Cause::kHeartbeatTimeout:
    case ChannelErrored::Cause::kDisconnected: return;  // counted once, as the connection's failure
  }
}

void User::AddChannel() {
  const std::uint64_t number = channels_.size() + 1;
  channels_.push_back(
      socket_.Channel(settings_.plan.topic.Expand({.connection = number_, .channel = number}),
                      settings_.plan.join_params));
  const Channel& channel = channels_.back();
  channel.OnError([this](const ChannelErrored& errored) { OnChannelErrored(errored); });
  channel.OnClose([this](const ChannelClosed& closed) {
    if (is_closing_ || closed.cause != ChannelClosed::Cause::kServerClosed) return;
    events_.OnFailure(Stage::kChannel, Cause::kClosed, "closed by the server");
  });
}

void User::JoinMore() {
  while (channels_.size() < settings_.plan.channels &&
         channels_.size() < joins_answered_ + kJoinsAtATime) {
    AddChannel();
    events_.OnJoinStarted();
    Join();
  }
  if (joins_answered_ == settings_.plan.channels) FinishSetUp();
}

void User::Join() {
  joins_.push_back(channels_.back().Join());
  joins_.back().AsyncWait([this, channel = joins_.size() - 1,
                           started = events_.Now()](const absl::StatusOr<Reply>& outcome) {
    if (is_closing_) return;
    AwaitRejoin(channel);
    OnJoinOutcome(started, outcome);
  });
}

void User::OnJoinOutcome(Duration started, const absl::StatusOr<Reply>& outcome) {
  if (outcome.ok() && outcome->ok()) {
    events_.OnJoined(started);
  } else {
    CountJoinFailure(outcome);
  }
  ++joins_answered_;
  if (!is_set_up_) JoinMore();
}

void User::AwaitRejoin(std::uint64_t channel) {
  joins_[channel].AsyncWait([this, channel](const absl::StatusOr<Reply>& outcome) {
    if (is_closing_) return;
    AwaitRejoin(channel);
    if (!outcome.ok() || !outcome->ok()) CountJoinFailure(outcome);
  });
}

void User::CountJoinFailure(const absl::StatusOr<Reply>& outcome) {
  if (outcome.ok()) {
    return events_.OnFailure(Stage::kJoin, Cause::kRefused, Describe(*outcome));
  }
  events_.OnFailure(Stage::kJoin, CauseOf(outcome.status()),
                    {outcome.status().message().data(), outcome.status().message().size()});
}

void User::FinishSetUp() {
  if (is_set_up_) return;
  is_set_up_ = true;
  events_.OnSetUp();
}

PushTarget::Result User::StartPush(std::uint64_t channel, Duration intended) {
  if (channel >= channels_.size() || !channels_[channel].is_joined()) {
    return PushTarget::Result::kDown;
  }
  const std::uint64_t limit = settings_.plan.max_outstanding;
  if (limit != 0 && outstanding_ >= limit) return PushTarget::Result::kBusy;
  ++outstanding_;
  // On the socket's strand the client needs no hop of its own, and since this thread is the only
  // one the strand runs right here.
  boost::asio::dispatch(strand_, [this, channel, intended] {
    channels_[channel].AsyncPush(
        settings_.plan.event, wire::Payload::JsonText(wire::Text::Borrow(settings_.plan.payload)),
        [this, intended](const absl::StatusOr<Reply>& outcome) {
          OnPushOutcome(intended, outcome);
        });
  });
  return PushTarget::Result::kStarted;
}

void User::OnPushOutcome(Duration intended, const absl::StatusOr<Reply>& outcome) {
  --outstanding_;
  if (!outcome.ok()) {
    events_.OnPushFailure(intended, CauseOf(outcome.status()),
                          {outcome.status().message().data(), outcome.status().message().size()});
  } else if (!outcome->ok()) {
    events_.OnPushFailure(intended, Cause::kRefused, Describe(*outcome));
  } else {
    events_.OnReply(intended);
  }
}

void User::Close() {
  is_closing_ = true;
  socket_.AsyncDisconnect([this](const absl::Status&) { events_.OnClosed(); });
}

}  // namespace phx::loadgen
