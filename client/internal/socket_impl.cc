#include "client/internal/socket_impl.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/post.hpp"
#include "client/core/time.h"
#include "client/internal/connect_request.h"
#include "client/wire/events.h"
#include "client/wire/text.h"
#include "client/wire/utf8.h"

namespace phx::internal {
namespace {

TimePoint ReadClock() { return std::chrono::steady_clock::now(); }

std::uint64_t RandomSeed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

std::string_view NameOf(const absl::StatusOr<wire::EndpointUrl>& endpoint) {
  return endpoint.ok() ? endpoint->Redacted() : std::string_view("an invalid URL");
}

absl::Status ValidateTopic(std::string_view topic) {
  if (topic.empty()) return absl::InvalidArgumentError("a channel's topic must not be empty");
  if (topic == events::kPhoenixTopic) {
    return absl::InvalidArgumentError("the topic \"phoenix\" is the protocol's own");
  }
  if (!wire::IsValidUtf8(topic)) return absl::InvalidArgumentError("a topic must be UTF-8");
  return absl::OkStatus();
}

// Why a channel that the core does not know cannot do that.
absl::Status WhyUnusable(const ChannelShared& channel, const char* what) {
  if (!channel.validity.ok()) return channel.validity;
  return absl::FailedPreconditionError(
      absl::StrCat("channel \"", channel.topic, "\": ", what, ": the channel was removed"));
}

// That of a join or a leave.
Duration TimeoutOf(const PushState& push) {
  const bool is_bounded = push.timeout > std::chrono::milliseconds::zero();
  return is_bounded ? core::ToDuration(push.timeout) : Duration::max();
}

// How Push::Receive tells of an outcome that is not a reply.
wire::Reply ReplyFor(const absl::Status& status) {
  if (status.code() == absl::StatusCode::kDeadlineExceeded) return {.status = "timeout"};
  const nlohmann::json reason = {{"reason", std::string(status.message())}};
  // The message may quote what is not UTF-8.
  return {.status = "error",
          .response = wire::Payload::JsonText(
              reason.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace))};
}

}  // namespace

SocketImpl::SocketImpl(const boost::asio::any_io_executor& executor, std::string_view url,
                       const std::shared_ptr<const SocketOptions>& options,
                       std::shared_ptr<const void> context)
    : context_(std::move(context)),
      setup_(SharedSetup::For(options)),
      endpoint_(wire::EndpointUrl::Parse(url)),
      executor_(MakeStrand(executor)),
      strand_of_context_(executor_.target<StrandOfContext>()),
      strand_of_any_(executor_.target<StrandOfAny>()),
      core_(std::shared_ptr<const core::CoreOptions>(setup_, &setup_->core), NameOf(endpoint_),
            refs_, RandomSeed()),
      attempts_(SharedTransports(), *this),
      timer_(executor_) {
  const Ref failures = refs_.Next();
  core_.On(core::Hook::kError, failures);
  // A connect that will not be repeated fails those who wait for it.
  handlers_.Add(failures,
                absl::AnyInvocable<void(const SocketError&)>([this](const SocketError& error) {
                  if (error.reconnect_in.has_value()) return;
                  connect_waiters_.CompleteAll(complete_from(), error.status);
                }));
}

SocketImpl::~SocketImpl() = default;

// An any_io_executor has room for a strand of an io_context's own executor, and not for one of
// another any_io_executor: each copy of that is an allocation.
boost::asio::any_io_executor SocketImpl::MakeStrand(const boost::asio::any_io_executor& executor) {
  const auto* const context = executor.target<boost::asio::io_context::executor_type>();
  if (context != nullptr) return boost::asio::make_strand(*context);
  return boost::asio::make_strand(executor);
}

// --- commands

template <typename F>
void SocketImpl::Post(F function) {
  if (strand_of_context_ != nullptr) {
    boost::asio::post(*strand_of_context_, std::move(function));
  } else {
    boost::asio::post(*strand_of_any_, std::move(function));
  }
}

void SocketImpl::BeginCommand() {
  if (!is_draining_ && !turn_scheduled_) now_ = ReadClock();
  RunCommands();  // those that were queued before it
}

void SocketImpl::PostTurn() {
  Post([self = shared_from_this()] { self->RunTurn(); });
}

void SocketImpl::ScheduleTurn() {
  if (std::exchange(turn_scheduled_, true)) return;
  Post([self = shared_from_this()] {
    self->turn_scheduled_ = false;
    self->RunTurn();
  });
}

void SocketImpl::RunTurn() {
  const Turn turn(*this);
  if (!turn.is_admitted()) return;
  now_ = ReadClock();
  attempts_.Bury();
  RunCommands();
  Drain();
  Flush();
}

void SocketImpl::RunQueuedCommands() {
  do {
    std::vector<Command> commands;
    {
      const std::lock_guard lock(mutex_);
      commands.swap(commands_);
      has_commands_.store(false, std::memory_order_release);
    }
    for (Command& command : commands) command(*this);
  } while (has_commands_.load(std::memory_order_acquire));
}

void SocketImpl::Shutdown() {
  if (!gate_.Close()) return;
  if (!is_on_strand()) gate_.AwaitIdle();
  Cleanup();
}

// Nobody else is in here any more: the gate is closed, and what runs on the strand, if this does,
// is the caller.
void SocketImpl::Cleanup() {
  now_ = ReadClock();
  is_shut_down_ = true;
  EndBatch();
  handlers_.Clear();
  {
    const std::lock_guard lock(mutex_);
    is_gone_ = true;
    channels_.clear();
  }
  RunCommands();      // what they start is cancelled right after
  handlers_.Clear();  // those that they registered, which may own handles of this socket
  core_.Disconnect(now_, {});
  const absl::Status gone = absl::CancelledError("the socket was destroyed");
  for (const ChannelPtr& channel : by_id_) {
    RetireJoin(*channel, gone);
    EndStreams(*channel, gone);
  }
  if (!is_draining_) Drain();
  connect_waiters_.CompleteAll(complete_from(), gone);
  disconnect_waiters_.CompleteAll(complete_from(), gone);
  Post([self = shared_from_this()] {
    self->attempts_.AbandonAll();
    self->timer_.cancel();
  });
}

// --- channels

ChannelPtr SocketImpl::GetChannel(std::string_view topic, std::optional<JoinParams> params) {
  ChannelPtr channel;
  {
    const std::lock_guard lock(mutex_);
    const auto found = channels_.find(topic);
    if (found != channels_.end()) {
      channel = *found;
    } else {
      channel = std::make_shared<ChannelShared>(std::string(topic), ValidateTopic(topic));
      channels_.insert(channel);
    }
  }
  Submit([channel, params = std::move(params)](SocketImpl& self) mutable {
    if (!channel->validity.ok() || channel->status.Load().state() == ChannelState::kRemoved) return;
    self.AddChannel(channel);
    if (params.has_value()) self.SetJoinParams(*channel, *std::move(params));
  });
  return channel;
}

void SocketImpl::SetJoinParams(ChannelShared& channel, JoinParams params) {
  const bool is_function = params.is_function();
  if (is_function) {
    core_.AskForJoinParams(*channel.id);
  } else {
    core_.SetJoinParams(*channel.id, wire::Payload::Json(params.value()));
  }
  // Where a function is replaced by a value, it may be about to be asked.
  if (is_function || channel.params != nullptr) {
    channel.params = std::make_shared<const JoinParams>(std::move(params));
  }
}

void SocketImpl::AddChannel(const ChannelPtr& channel) {
  if (channel->id.has_value()) return;
  const core::ChannelId id = core_.AddChannel(wire::Text::Borrow(channel->topic));
  channel->id = id;
  if (id >= by_id_.size()) by_id_.resize(id + 1);
  by_id_[id] = channel;
}

std::vector<ChannelPtr> SocketImpl::GetChannels() const {
  const std::lock_guard lock(mutex_);
  return {channels_.begin(), channels_.end()};
}

void SocketImpl::RemoveChannel(const ChannelPtr& channel) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = channels_.find(channel->topic);
    if (found != channels_.end() && *found == channel) channels_.erase(found);
  }
  Submit([channel](SocketImpl& self) {
    channel->status.Store({.kind = ChannelStatus::Kind::kRemoved});
    channel->join_ref = 0;
    if (!channel->id.has_value()) return;
    for (const Ref ref : self.core_.Remove(self.now_, *channel->id)) self.handlers_.Remove(ref);
    channel->id.reset();
    channel->params.reset();
    const absl::Status removed = absl::CancelledError("the channel was removed");
    self.RetireJoin(*channel, removed);
    self.EndStreams(*channel, removed);
  });
}

// Those who still wait for a further outcome of this join, or will, wait in vain. What is deferred
// runs when the actions are carried out, so that the join outlives those which name it.
void SocketImpl::RetireJoin(ChannelShared& channel, const absl::Status& why) {
  if (channel.kept_join != nullptr) Defer([kept = std::move(channel.kept_join)](SocketImpl&) {});
  if (channel.join == nullptr) return;
  Defer([push = std::move(channel.join), why](SocketImpl& self) {
    push->over = why;
    self.CompleteWaiters(*push, why);
  });
}

// Once no action is left that names them.
void SocketImpl::ShrinkJoins() {
  for (const core::ChannelId id : std::exchange(answered_joins_, {})) ShrinkJoin(*by_id_[id]);
}

// To join again takes what the core has. Of the push nothing is needed, if nobody can ask it for
// its outcome, but those who are told of the outcomes to come.
void SocketImpl::ShrinkJoin(ChannelShared& channel) {
  const PushPtr& join = channel.join;
  if (!channel.id.has_value() || join == nullptr || !join->is_done) return;
  if (join->use_count() > 1 || !join->waiters.empty()) return;
  if (!join->hooks.empty()) {
    channel.kept_join = std::make_unique<KeptJoin>(KeptJoin{std::move(join->hooks)});
  }
  core_.RenameJoin(*channel.id, channel.kept_join ? channel.kept_join->id() : core::kNobody);
  channel.join.reset();
}

void SocketImpl::Off(const ChannelShared& channel, Ref registration) {
  handlers_.Remove(registration);
  if (channel.id.has_value()) core_.Off(*channel.id, registration);
}

// --- streams

void SocketImpl::AddStream(ChannelShared& channel, const StreamPtr& stream) {
  if (channel.streams == nullptr) channel.streams = std::make_unique<std::vector<StreamPtr>>();
  channel.streams->push_back(stream);
  if (!channel.id.has_value()) EndStream(channel, stream, WhyUnusable(channel, "stream"));
}

void SocketImpl::FeedStream(StreamState& stream, const wire::Message& message) {
  if (stream.Add(complete_from(), message)) return;
  const bool is_news = std::has_single_bit(stream.dropped());  // 1, 2, 4, 8, …
  if (!is_news) return;
  Log(LogLevel::kWarning, "receive",
      absl::StrCat("stream on \"", message.topic.ToString(), "\": ", stream.dropped(),
                   " messages dropped so far; they are not received in time"));
}

void SocketImpl::EndStream(ChannelShared& channel, const StreamPtr& stream, absl::Status why) {
  if (channel.streams != nullptr) std::erase(*channel.streams, stream);
  Defer(
      [stream, why = std::move(why)](SocketImpl& self) { stream->End(self.complete_from(), why); });
}

void SocketImpl::EndStreams(ChannelShared& channel, const absl::Status& why) {
  const auto streams = std::move(channel.streams);
  if (streams == nullptr) return;
  for (const StreamPtr& stream : *streams) EndStream(channel, stream, why);
}

absl::Status SocketImpl::ReportUndecodable(const wire::Message& message, const absl::Status& why) {
  core_.CountUndecodable();
  absl::Status status(why.code(),
                      absl::StrCat("channel \"", message.topic.ToString(), "\": event \"",
                                   message.event.ToString(), "\": ", why.message()));
  Log(LogLevel::kWarning, "receive", std::string(status.message()));
  return status;
}

// --- pushes

void SocketImpl::StartPush(const ChannelShared& channel, const PushPtr& push,
                           wire::Payload&& payload) {
  if (push->is_cancelled) return;
  if (!channel.id.has_value()) {
    return FinishLater(push, WhyUnusable(channel, "push"));
  }
  push->channel = *channel.id;
  intrusive_ptr_add_ref(push.get());  // the core's, until PushDone
  const Ref ref = core_.Push(now_, *channel.id, push->id(), push->event, std::move(payload),
                             core::ToDuration(push->timeout));
  push->ref.store(ref.value, std::memory_order_release);
}

void SocketImpl::Cast(const ChannelShared& channel, std::string_view event,
                      wire::Payload&& payload) {
  if (channel.id.has_value()) {
    core_.Push(now_, *channel.id, core::kNobody, event, std::move(payload),
               core::ToDuration(options().push_timeout));
    return;
  }
  core_.CountDropped();
  Log(LogLevel::kWarning, "push",
      absl::StrCat("message dropped: ", WhyUnusable(channel, "cast").message()));
}

void SocketImpl::StartJoin(ChannelShared& channel, const PushPtr& push) {
  if (!channel.id.has_value()) {
    return FinishLater(push, WhyUnusable(channel, "join"));
  }
  if (!core_.Join(now_, *channel.id, push->id(), TimeoutOf(*push))) {
    intrusive_ptr_add_ref(push.get());  // for the PushDone that tells why
    return;
  }
  push->is_join = true;
  push->channel = *channel.id;
  RetireJoin(channel, absl::CancelledError("Join() was called again"));
  channel.join = push;
}

void SocketImpl::StartLeave(const ChannelShared& channel, const PushPtr& push) {
  if (!channel.id.has_value()) {
    return FinishLater(push, WhyUnusable(channel, "leave"));
  }
  intrusive_ptr_add_ref(push.get());
  core_.Leave(now_, *channel.id, push->id(), TimeoutOf(*push));
}

void SocketImpl::Send(wire::Message message) {
  const std::string topic = message.topic.ToString();
  const absl::Status sent = core_.Send(now_, std::move(message));
  if (sent.ok()) return;
  Log(LogLevel::kError, "push",
      absl::StrCat("message for \"", topic, "\" dropped: ", sent.message()));
}

// Outcomes may borrow from the frame that brought them; what is kept is a copy.
void SocketImpl::FinishPush(const PushPtr& push, const PushOutcome& outcome, unsigned references) {
  if (push->is_done.load(std::memory_order_relaxed) && !push->is_join) return;
  push->is_done.store(true, std::memory_order_release);
  const bool somebody_may_ask = push->use_count() > references;
  if (somebody_may_ask) push->outcome = std::make_unique<PushOutcome>(outcome);
  if (!push->waiters.empty()) CompleteWaiters(*push, outcome);
  if (!push->hooks.empty()) RunHooks(absl::MakeSpan(push->hooks), outcome);
}

void SocketImpl::CompleteWaiters(PushState& push, const PushOutcome& outcome) const {
  auto waiters = std::exchange(push.waiters, {});
  for (PushState::Waiter& waiter : waiters) waiter.completion(complete_from(), outcome);
}

void SocketImpl::FinishLater(const PushPtr& push, absl::Status status) {
  Defer([push, status = std::move(status)](SocketImpl& self) { self.FinishPush(push, status); });
}

// While hooks run, there is an outcome, and the list stays as it is.
void SocketImpl::AddHook(const PushPtr& push, StatusFilter status,
                         PushState::Hook::Handler&& handler) {
  if (push->outcome == nullptr) {
    push->hooks.emplace_back(std::move(status), std::move(handler));
    return;
  }
  Defer([push,
         hook = PushState::Hook(std::move(status), std::move(handler))](SocketImpl& self) mutable {
    const PushOutcome outcome = *push->outcome;
    self.RunHooks(absl::MakeSpan(&hook, 1), outcome);
    if (push->is_join) push->hooks.push_back(std::move(hook));
  });
}

void SocketImpl::AddWaiter(const PushPtr& push, PushState::Waiter waiter) {
  if (push->over.ok() && (push->is_join || push->outcome == nullptr)) {
    push->waiters.push_back(std::move(waiter));
    return;
  }
  Defer([push, completion = std::move(waiter.completion)](SocketImpl& self) mutable {
    if (!push->over.ok()) return completion(self.complete_from(), push->over);
    completion(self.complete_from(), *push->outcome);
  });
}

void SocketImpl::RunHooks(absl::Span<PushState::Hook> hooks, const PushOutcome& outcome) {
  std::optional<wire::Reply> failure;
  if (!outcome.ok()) failure = ReplyFor(outcome.status());
  const wire::Reply& reply = outcome.ok() ? *outcome : *failure;
  for (PushState::Hook& hook : hooks) {
    if (is_shut_down_) return;  // by the hook before, perhaps
    if (!hook.status.Admits(reply.status)) continue;
    try {
      hook.handler(reply);
    } catch (const std::exception& error) {
      LogThrown("Receive", error.what());
    } catch (...) {
      LogThrown("Receive", "an exception that is not a std::exception");
    }
  }
}

void SocketImpl::LogThrown(std::string_view who, std::string_view what) {
  Log(LogLevel::kError, "handler",
      absl::StrCat("a handler of ", absl::string_view(who.data(), who.size()),
                   " threw: ", absl::string_view(what.data(), what.size())));
}

void SocketImpl::Log(LogLevel level, std::string_view kind, std::string_view text) {
  if (is_shut_down_) return;  // the logger is the user's, like all handlers
  try {
    setup_->logger->Log(level, kind, text);
  } catch (...) {
    // There is nowhere left to tell of it.
  }
}

void SocketImpl::CancelPush(const PushPtr& push) {
  if (push->is_join || push->is_done) return;
  push->is_cancelled = true;  // if it has not reached the core yet, it will not
  if (push->channel.has_value()) core_.CancelBufferedPush(now_, *push->channel, push->id());
  FinishLater(push, absl::CancelledError("the push was cancelled"));
}

void SocketImpl::CancelWait(const PushPtr& push, WaiterId id) {
  for (PushState::Waiter& waiter : push->waiters) {
    if (waiter.id != id) continue;
    Completion<PushOutcome> completion = std::move(waiter.completion);
    push->waiters.erase(push->waiters.begin() + (&waiter - push->waiters.data()));
    Defer([completion = std::move(completion)](SocketImpl& self) mutable {
      completion(self.complete_from(), absl::CancelledError("the wait was cancelled"));
    });
    return;
  }
}

// --- the connection

void SocketImpl::StartConnect(WaiterId id, Completion<absl::Status> completion) {
  const bool is_open = core_.connection_state() == ConnectionState::kOpen;
  if (endpoint_.ok() && !is_open) {
    core_.Connect(now_);
    connect_waiters_.Add(id, std::move(completion));
    return;
  }
  Defer([status = endpoint_.status(), completion = std::move(completion)](
            SocketImpl& self) mutable { completion(self.complete_from(), status); });
}

void SocketImpl::StartDisconnect(const wire::CloseInfo& info, WaiterId id,
                                 Completion<absl::Status> completion) {
  Disconnect(info);
  if (core_.connection_state() != ConnectionState::kClosed) {
    disconnect_waiters_.Add(id, std::move(completion));
    return;
  }
  Defer([completion = std::move(completion)](SocketImpl& self) mutable {
    completion(self.complete_from(), absl::OkStatus());
  });
}

void SocketImpl::Disconnect(const wire::CloseInfo& info) {
  core_.Disconnect(now_, info);
  Defer([waiters = std::exchange(connect_waiters_, {})](SocketImpl& self) mutable {
    waiters.CompleteAll(self.complete_from(), absl::CancelledError("Disconnect() was called"));
  });
}

void SocketImpl::StartPing(WaiterId id, Completion<PingOutcome> completion) {
  ping_waiters_.Add(id, std::move(completion));
  core_.Ping(now_, id);
}

void SocketImpl::ReplaceTransport(const TransportFactory& factory) {
  attempts_.ReplaceFactories(factory != nullptr ? std::make_shared<const TransportFactories>(
                                                      TransportFactories{factory, factory})
                                                : SharedTransports());
  core_.Reconnect(now_);
}

// --- actions

void SocketImpl::Drain() {
  if (std::exchange(is_draining_, true)) return;
  do {
    while (core_.TakeActions([this](const auto& action) { Do(action); })) {
    }
    if (!deferred_.empty()) RunDeferred();
  } while (core_.has_actions() || !deferred_.empty());
  is_draining_ = false;
  if (!answered_joins_.empty()) ShrinkJoins();
  if (!in_batch_) Settle();
}

void SocketImpl::RunDeferred() {
  for (Command& notification : std::exchange(deferred_, {})) notification(*this);
}

// Until the next turn.
void SocketImpl::Settle() {
  SetTimer();
  core_.Rest();
}

void SocketImpl::Flush() {
  if (is_shut_down_ || !std::exchange(needs_flush_, false)) return;
  core_.OnBacklog(attempts_.Flush());
}

void SocketImpl::SetTimer() {
  const std::optional<TimePoint> next = core_.NextDeadline();
  if (!next.has_value() && core_.connection_state() == ConnectionState::kClosed) {
    timer_at_.reset();
    timer_.cancel();  // an event loop with nothing else to do may end
  }
  const bool is_soon_enough = timer_at_.has_value() && next.has_value() && *timer_at_ <= *next;
  if (is_shut_down_ || !next.has_value() || is_soon_enough) return;
  timer_at_ = next;
  timer_.expires_at(*next);
  timer_.async_wait([self = shared_from_this(), at = *next](boost::system::error_code error) {
    if (!error) self->OnTimer(at);
  });
}

// A timer that was set too early for what is left is simply set again.
void SocketImpl::OnTimer(TimePoint at) {
  const Turn turn(*this);
  if (!turn.is_admitted() || timer_at_ != at) return;
  timer_at_.reset();
  now_ = ReadClock();
  RunCommands();
  core_.OnDeadline(now_);
  Drain();
  Flush();
}

// An answer may come on any thread, more than once, and after the socket is gone.
template <typename T, typename Then>
void SocketImpl::Ask(const ValueOrFunction<T>& source, const char* what, Then then) {
  if (!source.is_function()) return then(*this, absl::StatusOr<T>(source.value()));
  auto is_answered = std::make_shared<std::atomic<bool>>(false);
  source.Ask(executor_, [weak = weak_from_this(), is_answered, what,
                         then = std::move(then)](absl::StatusOr<T> answer) {
    if (is_answered->exchange(true)) return;
    const SocketPtr self = weak.lock();
    if (self == nullptr) return;
    if (!answer.ok()) {
      answer =
          absl::Status(answer.status().code(), absl::StrCat(what, ": ", answer.status().message()));
    }
    self->Submit([then, answer = std::move(answer)](SocketImpl& here) mutable {
      then(here, std::move(answer));
    });
  });
}

void SocketImpl::Do(const core::OpenTransport& action) {
  if (is_shut_down_) return;
  asking_ = action.generation;
  Ask(options().params, "params",
      [action](SocketImpl& self, absl::StatusOr<nlohmann::json> params) {
        self.OnConnectParams(action, std::move(params));
      });
}

void SocketImpl::OnConnectParams(const core::OpenTransport& attempt,
                                 absl::StatusOr<nlohmann::json> params) {
  if (attempt.generation != asking_) return;  // given up meanwhile
  if (!params.ok()) return FailDial(attempt.generation, params.status());
  Ask(options().auth_token, "auth_token",
      [attempt, params = *std::move(params)](SocketImpl& self,
                                             const absl::StatusOr<std::string>& token) {
        self.Dial(attempt, params, token);
      });
}

void SocketImpl::Dial(const core::OpenTransport& attempt, const nlohmann::json& params,
                      const absl::StatusOr<std::string>& token) {
  if (attempt.generation != asking_) return;
  asking_ = 0;
  if (!token.ok()) return FailDial(attempt.generation, token.status());
  absl::StatusOr<TransportRequest> request =
      MakeConnectRequest(*endpoint_, params, *token, options().headers, serializer().version());
  if (!request.ok()) return FailDial(attempt.generation, request.status());
  core_.OnTransportStage(attempt.generation, ConnectStage::kResolving, NameOf(endpoint_));
  const absl::Status started = attempts_.Open(attempt, executor_, *std::move(request));
  if (!started.ok()) FailDial(attempt.generation, started);
}

void SocketImpl::FailDial(core::Generation attempt, const absl::Status& why) {
  asking_ = 0;
  core_.OnTransportClosed(
      now_, attempt,
      {.info = {wire::close_code::kAbnormal, ""},
       .status = absl::Status(
           why.code(),
           absl::StrCat("connect to ", std::string(NameOf(endpoint_)), ": ", why.message()))});
}

void SocketImpl::Do(const core::SendFrame& action) {
  if (is_shut_down_) return;
  attempts_.Send(action.generation, core_.FrameOf(action));
  needs_flush_ = true;
}

void SocketImpl::Do(const core::CloseTransport& action) {
  if (!is_shut_down_) attempts_.Close(action.generation, action.info);
}

void SocketImpl::Do(const core::AbandonTransport& action) {
  if (is_shut_down_) return;
  if (action.generation == asking_) asking_ = 0;
  attempts_.Abandon(action.generation);
  EndBatch();
  ScheduleTurn();  // which buries it
}

void SocketImpl::Do(const core::RequestJoinParams& action) {
  const ChannelPtr& channel = by_id_[action.channel];
  if (is_shut_down_ || !channel->id.has_value()) return;
  const auto params = channel->params;  // the function may replace itself
  Ask(*params, "join params",
      [channel, serial = action.serial](SocketImpl& self, absl::StatusOr<nlohmann::json> answer) {
        self.OnJoinParams(*channel, serial, std::move(answer));
      });
}

void SocketImpl::OnJoinParams(const ChannelShared& channel, std::uint32_t serial,
                              absl::StatusOr<nlohmann::json> answer) {
  if (!channel.id.has_value()) return;  // removed meanwhile
  if (answer.ok()) {
    return core_.OnJoinParams(now_, *channel.id, serial, wire::Payload::Json(*answer));
  }
  core_.OnJoinParams(
      now_, *channel.id, serial,
      absl::Status(answer.status().code(),
                   absl::StrCat("channel \"", channel.topic, "\": ", answer.status().message())));
}

void SocketImpl::Do(const core::PushSent& action) {
  PushState::Of(action.push).ref.store(action.ref.value, std::memory_order_release);
}

void SocketImpl::Do(const core::PushDone& action) {
  PushState& push = PushState::Of(action.push);
  const PushPtr from_core(&push, /*add_ref=*/false);  // the core is done with it
  FinishPush(from_core, action.outcome);
}

void SocketImpl::Do(const core::JoinDone& action) {
  if (KeptJoin* const kept = KeptJoin::Of(action.push)) {
    return RunHooks(absl::MakeSpan(kept->hooks), action.outcome);
  }
  const PushPtr push(&PushState::Of(action.push));
  FinishPush(push, action.outcome, /*references=*/2);  // the other one is the channel's
  answered_joins_.push_back(*push->channel);
}

void SocketImpl::Do(const core::PingDone& action) {
  ping_waiters_.Complete(complete_from(), action.ping, action.outcome);
}

void SocketImpl::Do(const core::Dispatch& action) {
  handlers_.Run(action.binding, action.notification,
                [this](std::string_view what) { LogThrown("On", what); });
}

void SocketImpl::Do(const core::ConnectionChanged& action) {
  status_.Store(action.status);
  if (action.status.kind == SocketStatus::Kind::kOpen) {
    connect_waiters_.CompleteAll(complete_from(), absl::OkStatus());
  }
  if (action.status.kind != SocketStatus::Kind::kClosing) {
    disconnect_waiters_.CompleteAll(complete_from(), absl::OkStatus());
  }
}

void SocketImpl::Do(const core::ChannelChanged& action) {
  ChannelShared& channel = *by_id_[action.channel];
  if (!channel.id.has_value()) return;  // removed meanwhile
  channel.status.Store(action.status);
  channel.join_ref.store(action.join_ref.value, std::memory_order_release);
  if (core_.channel_status(action.channel) == action.status) {
    RetireJoinIfOver(channel, action.status.kind);
  }
}

// A channel that does not join again by itself has no further outcome to tell.
void SocketImpl::RetireJoinIfOver(ChannelShared& channel, ChannelStatus::Kind kind) {
  using Kind = ChannelStatus::Kind;
  if (kind == Kind::kClosed) RetireJoin(channel, absl::CancelledError("the channel was closed"));
  if (kind == Kind::kRefused) {
    RetireJoin(channel, absl::CancelledError("should_rejoin said not to join again"));
  }
}

void SocketImpl::Do(const core::Log& action) { Log(action.level, action.kind, action.text); }

// --- transports

void SocketImpl::OnStage(core::Generation generation, ConnectStage stage, std::string_view detail) {
  const Turn turn(*this);
  if (turn.is_admitted()) core_.OnTransportStage(generation, stage, detail);
}

void SocketImpl::OnOpen(core::Generation generation, OpenInfo info, bool skip_heartbeat) {
  const Turn turn(*this);
  if (!turn.is_admitted()) return;
  now_ = ReadClock();
  core_.OnTransportOpen(now_, generation, std::make_shared<const OpenInfo>(std::move(info)),
                        skip_heartbeat);
  Drain();
  ScheduleTurn();
}

// The time of a turn serves all frames of one read: the clock is read again when the next turn
// begins, or when frames come without one.
void SocketImpl::OnFrame(core::Generation generation, wire::FrameView frame) {
  const Turn turn(*this);
  if (!turn.is_admitted()) return;
  if (!turn_scheduled_ && !in_batch_) now_ = ReadClock();
  RunCommands();  // a handler that was registered before the frame was read must hear of it
  core_.OnTransportFrame(now_, generation, frame);
  Drain();
  if (needs_flush_ && !in_batch_) ScheduleTurn();
}

void SocketImpl::OnBatchBegin() {
  const Turn turn(*this);
  if (!turn.is_admitted()) return;
  in_batch_ = true;
  now_ = ReadClock();
}

void SocketImpl::OnBatchEnd() {
  const Turn turn(*this);
  if (!in_batch_) return;
  in_batch_ = false;
  if (!turn.is_admitted()) return;
  Settle();
  Flush();
}

void SocketImpl::OnClosed(core::Generation generation, TransportClosed closed) {
  const Turn turn(*this);
  EndBatch();
  if (!turn.is_admitted()) return;
  now_ = ReadClock();
  RunCommands();
  attempts_.Retire(generation);
  core_.OnTransportClosed(now_, generation, std::move(closed));
  Drain();
  ScheduleTurn();
}

}  // namespace phx::internal
