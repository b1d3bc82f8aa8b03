// SocketImpl: the shell around the protocol core. It owns one strand, one timer that is set to the
// core's next deadline, the transports, and the user's handlers; it carries out the core's actions
// and decides nothing.
//
// Commands come in from any thread: on the strand they act at once, elsewhere they are queued, in
// order, and run in the next turn. Everything that reaches the user (handlers, completions) runs in
// a turn, after the core has finished its transition. All frames of a turn leave in one write.
#ifndef PHX_CLIENT_INTERNAL_SOCKET_IMPL_H_
#define PHX_CLIENT_INTERNAL_SOCKET_IMPL_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/strand.hpp"
#include "client/core/socket_core.h"
#include "client/core/topic_set.h"
#include "client/internal/async_operations.h"
#include "client/internal/atomic_status.h"
#include "client/internal/channel_shared.h"
#include "client/internal/handler_table.h"
#include "client/internal/push_state.h"
#include "client/internal/run_gate.h"
#include "client/internal/shared_setup.h"
#include "client/internal/stream_state.h"
#include "client/internal/transport_attempts.h"
#include "client/internal/waiter_list.h"
#include "client/options.h"
#include "client/wire/endpoint_url.h"
#include "client/wire/ref_counter.h"

namespace phx::internal {

class SocketImpl final : public std::enable_shared_from_this<SocketImpl>,
                         private TransportListener {
 public:
  using Command = absl::AnyInvocable<void(SocketImpl&)>;

  SocketImpl(const boost::asio::any_io_executor& executor, std::string_view url,
             const std::shared_ptr<const SocketOptions>& options,
             std::shared_ptr<const void> context = nullptr);
  ~SocketImpl();

  // --- any thread

  bool is_on_strand() const {
    return strand_of_context_ != nullptr ? strand_of_context_->running_in_this_thread()
                                         : strand_of_any_->running_in_this_thread();
  }

  // Runs `command`, which runs no user code, now: this is the strand. False if the socket is gone.
  template <typename F>
  bool RunHere(F&& command) {
    const Turn turn(*this);
    if (!turn.is_admitted() || is_shut_down_) return false;
    BeginCommand();
    command(*this);
    if (!is_draining_) ScheduleTurn();
    return true;
  }

  // Runs `command`, which runs no user code, on the strand: now, if this is the strand, or else in
  // the next turn. False if the socket is gone: the command is then untouched.
  template <typename F>
  bool Submit(F&& command) {
    if (is_on_strand()) return RunHere(std::forward<F>(command));
    bool is_first = false;
    {
      const std::lock_guard lock(mutex_);
      if (is_gone_) return false;
      is_first = commands_.empty();
      commands_.emplace_back(std::forward<F>(command));
      has_commands_.store(true, std::memory_order_release);
    }
    if (is_first) PostTurn();
    return true;
  }

  // Ends it: see ~Socket. Runs on whatever thread.
  void Shutdown();

  // The channel of `topic`, which may be new.
  ChannelPtr GetChannel(std::string_view topic, std::optional<JoinParams> params);
  std::vector<ChannelPtr> GetChannels() const;
  void RemoveChannel(const ChannelPtr& channel);

  Ref NewRef() { return refs_.Next(); }
  SocketStatus status() const { return status_.Load(); }
  const absl::StatusOr<wire::EndpointUrl>& endpoint() const { return endpoint_; }
  const SocketOptions& options() const { return *setup_->options; }
  const wire::Serializer& serializer() const { return *setup_->core.serializer; }
  const boost::asio::any_io_executor& executor() const { return executor_; }

  // --- the strand, inside a command

  // Runs `notification`, which may run user code, in this turn or the next: not inside the call
  // that the user is making.
  template <typename F>
  void Defer(F&& notification) {
    deferred_.emplace_back(std::forward<F>(notification));
  }

  core::SocketCore& core() { return core_; }
  TimePoint now() const { return now_; }
  HandlerTable& handlers() { return handlers_; }
  WaiterList<absl::Status>& connect_waiters() { return connect_waiters_; }
  WaiterList<absl::Status>& disconnect_waiters() { return disconnect_waiters_; }
  WaiterList<PingOutcome>& ping_waiters() { return ping_waiters_; }
  void StartPush(const ChannelShared& channel, const PushPtr& push, wire::Payload&& payload);
  void Cast(const ChannelShared& channel, std::string_view event, wire::Payload&& payload);
  void StartJoin(ChannelShared& channel, const PushPtr& push);
  void StartLeave(const ChannelShared& channel, const PushPtr& push);
  void Send(wire::Message message);
  // Gives `push` its outcome, to whoever waits. A push that has one keeps it, unless it is a join.
  // `references`: how many to `push` are not the user's.
  void FinishPush(const PushPtr& push, const PushOutcome& outcome, unsigned references = 1);
  void FinishLater(const PushPtr& push, absl::Status status);
  void AddHook(const PushPtr& push, StatusFilter status, PushState::Hook::Handler&& handler);
  void AddWaiter(const PushPtr& push, PushState::Waiter waiter);
  void CancelPush(const PushPtr& push);
  void CancelWait(const PushPtr& push, WaiterId id);
  void Off(const ChannelShared& channel, Ref registration);
  void AddStream(ChannelShared& channel, const StreamPtr& stream);
  void FeedStream(StreamState& stream, const wire::Message& message);
  void EndStream(ChannelShared& channel, const StreamPtr& stream, absl::Status why);
  absl::Status ReportUndecodable(const wire::Message& message, const absl::Status& why);
  void ReplaceTransport(const TransportFactory& factory);
  void StartConnect(WaiterId id, Completion<absl::Status> completion);
  void StartDisconnect(const wire::CloseInfo& info, WaiterId id,
                       Completion<absl::Status> completion);
  void Disconnect(const wire::CloseInfo& info);
  // A handler of `who` threw.
  void LogThrown(std::string_view who, std::string_view what);
  void Log(LogLevel level, std::string_view kind, std::string_view text);
  // No handler may run any more.
  bool is_shut_down() const { return is_shut_down_; }
  void StartPing(WaiterId id, Completion<PingOutcome> completion);
  // From where completions run now.
  CompleteFrom complete_from() const { return CompleteFrom::Turn(executor_, is_shut_down_); }

 private:
  using StrandOfContext = boost::asio::strand<boost::asio::io_context::executor_type>;
  using StrandOfAny = boost::asio::strand<boost::asio::any_io_executor>;

  struct TopicOf {
    std::string_view operator()(std::string_view topic) const { return topic; }
    std::string_view operator()(const ChannelPtr& channel) const { return channel->topic; }
  };

  // Marks that the strand is busy with this socket, so that a destructor elsewhere waits. The turns
  // of one batch pass through the gate together: the destructor waits for the end of the batch, of
  // which no further turn is admitted.
  class Turn {
   public:
    explicit Turn(SocketImpl& socket) : socket_(socket), is_outermost_(!socket.in_turn_) {
      if (!is_outermost_) return;
      is_inside_ = socket_.in_batch_ || socket_.gate_.Enter();
      is_admitted_ = is_inside_ && !socket_.gate_.is_closed();
      if (is_admitted_) socket_.in_turn_ = true;
    }
    ~Turn() {
      if (!is_outermost_ || !is_inside_) return;
      socket_.in_turn_ = false;
      if (!socket_.in_batch_) socket_.gate_.Exit();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    bool is_admitted() const { return is_admitted_; }

   private:
    SocketImpl& socket_;
    const bool is_outermost_;
    bool is_inside_ = false;  // the gate; only of the outermost
    bool is_admitted_ = true;
  };

  // Those of the options.
  std::shared_ptr<const TransportFactories> SharedTransports() const {
    return {setup_, &setup_->transports};
  }

  static boost::asio::any_io_executor MakeStrand(const boost::asio::any_io_executor& executor);
  template <typename F>
  void Post(F function);

  // Writes nothing where there is no batch: the strand asks for it before it knows whether it is
  // admitted, perhaps while a destructor elsewhere cleans up.
  void EndBatch() {
    if (in_batch_) in_batch_ = false;
  }

  void BeginCommand();
  void PostTurn();
  void ScheduleTurn();
  void RunTurn();
  void RunCommands() {
    if (has_commands_.load(std::memory_order_acquire)) RunQueuedCommands();
  }
  void RunQueuedCommands();
  void RunDeferred();

  // Carries out the core's actions.
  void Drain();
  void Settle();
  void Flush();
  void SetTimer();
  void OnTimer(TimePoint at);
  // Asks for a value, and calls `then(*this, answer)` on the strand: now, or later, or never if the
  // socket is gone by then.
  template <typename T, typename Then>
  void Ask(const ValueOrFunction<T>& source, const char* what, Then then);
  void OnConnectParams(const core::OpenTransport& attempt, absl::StatusOr<nlohmann::json> params);
  void Dial(const core::OpenTransport& attempt, const nlohmann::json& params,
            const absl::StatusOr<std::string>& token);
  void FailDial(core::Generation attempt, const absl::Status& why);
  void OnJoinParams(const ChannelShared& channel, std::uint32_t serial,
                    absl::StatusOr<nlohmann::json> answer);

  void Do(const core::OpenTransport& action);
  void Do(const core::SendFrame& action);
  void Do(const core::CloseTransport& action);
  void Do(const core::AbandonTransport& action);
  void Do(const core::RequestJoinParams& action);
  static void Do(const core::PushSent& action);
  void Do(const core::PushDone& action);
  void Do(const core::JoinDone& action);
  void Do(const core::PingDone& action);
  void Do(const core::Dispatch& action);
  void Do(const core::ConnectionChanged& action);
  void Do(const core::ChannelChanged& action);
  void Do(const core::Log& action);

  void OnStage(core::Generation generation, ConnectStage stage, std::string_view detail) override;
  void OnOpen(core::Generation generation, OpenInfo info, bool skip_heartbeat) override;
  void OnFrame(core::Generation generation, wire::FrameView frame) override;
  void OnBatchBegin() override;
  void OnBatchEnd() override;
  void OnClosed(core::Generation generation, TransportClosed closed) override;

  void AddChannel(const ChannelPtr& channel);
  void SetJoinParams(ChannelShared& channel, JoinParams params);
  // Runs those of the hooks that are for this outcome.
  void RunHooks(absl::Span<PushState::Hook> hooks, const PushOutcome& outcome);
  void CompleteWaiters(PushState& push, const PushOutcome& outcome) const;
  void RetireJoin(ChannelShared& channel, const absl::Status& why);
  void RetireJoinIfOver(ChannelShared& channel, ChannelStatus::Kind kind);
  void ShrinkJoins();
  void ShrinkJoin(ChannelShared& channel);
  void EndStreams(ChannelShared& channel, const absl::Status& why);
  void Cleanup();

  // Set at construction; any thread.
  const std::shared_ptr<const void> context_;  // of the executor, if it is ours: goes last
  const std::shared_ptr<const SharedSetup> setup_;
  const absl::StatusOr<wire::EndpointUrl> endpoint_;
  const boost::asio::any_io_executor executor_;  // a strand: one of the two below
  const StrandOfContext* const strand_of_context_;
  const StrandOfAny* const strand_of_any_;

  // Any thread.
  RefCounter refs_;
  RunGate gate_;
  AtomicStatus<SocketStatus> status_;
  std::atomic<bool> has_commands_{false};
  mutable std::mutex mutex_;  // of the three below; never held while user code runs
  bool is_gone_ = false;      // no command is taken any more
  std::vector<Command> commands_;
  core::TopicSet<ChannelPtr, TopicOf> channels_;

  // The strand only, inside a turn; after the gate is closed and idle, whoever closed it.
  core::SocketCore core_;
  TransportAttempts attempts_;
  core::Generation asking_ = 0;  // the attempt whose params and token are being asked for; 0: none
  HandlerTable handlers_;
  std::vector<ChannelPtr> by_id_;  // by ChannelId
  WaiterList<absl::Status> connect_waiters_;
  WaiterList<absl::Status> disconnect_waiters_;
  WaiterList<PingOutcome> ping_waiters_;         // by PingId
  std::vector<Command> deferred_;                // notifications that wait for the caller to return
  std::vector<core::ChannelId> answered_joins_;  // whose joins had an outcome in this turn
  boost::asio::steady_timer timer_;
  std::optional<TimePoint> timer_at_;
  TimePoint now_;
  bool in_turn_ = false;
  bool in_batch_ = false;  // between the frames of one read, and inside the gate all the while: the
                           // end of it sets the timer, flushes, and leaves
  bool is_draining_ = false;
  bool needs_flush_ = false;
  bool turn_scheduled_ = false;
  bool is_shut_down_ = false;
};

}  // namespace phx::internal

#endif  // PHX_CLIENT_INTERNAL_SOCKET_IMPL_H_
