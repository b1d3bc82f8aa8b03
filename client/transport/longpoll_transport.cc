#include "client/transport/longpoll_transport.h"

#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/bind_cancellation_slot.hpp"
#include "boost/asio/cancellation_signal.hpp"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "boost/system/error_code.hpp"
#include "client/core/time.h"
#include "client/transport/dialer.h"
#include "client/transport/http_connection.h"
#include "client/transport/http_response_parser.h"
#include "client/transport/longpoll_core.h"
#include "client/transport/longpoll_options.h"
#include "client/transport/longpoll_request.h"
#include "client/transport/stage_clock.h"
#include "client/transport/transport.h"
#include "client/wire/close_info.h"
#include "client/wire/connection_info.h"
#include "client/wire/endpoint_url.h"

namespace phx {
namespace {

TimePoint Now() { return std::chrono::steady_clock::now(); }

// What all transports of one factory share.
struct Shared {
  explicit Shared(LongPollOptions given)
      : options(std::move(given)), dialer(DialOptionsOf(options)) {}

  const LongPollOptions options;
  const Dialer dialer;
};

// The shell around LongPollCore: two connections and a timer.
//
// The functions of the interface (Open … Abandon) must not call the handler: they tell the core,
// and of what it wants done only requests are carried out at once. All else is left to Pump(),
// which completions call.
class LongPollTransport final : public Transport,
                                public std::enable_shared_from_this<LongPollTransport> {
 public:
  LongPollTransport(const std::shared_ptr<const Shared>& shared,
                    const boost::asio::any_io_executor& executor, TransportHandler& handler)
      : executor_(executor),
        handler_(&handler),
        core_({.token = shared->options.token,
               .poll_timeout = shared->options.poll_timeout,
               .post_timeout = shared->options.post_timeout}),
        poll_(shared),
        post_(shared),
        stages_([this](ConnectStage stage, std::string_view detail) { OnStage(stage, detail); }),
        timer_(executor) {}

  void Open(TransportRequest request) override;
  void Send(wire::FrameView frame) override { core_.Send(frame); }
  void Flush() override;
  void Close(const wire::CloseInfo& info) override;
  void Abandon() override;
  std::size_t buffered_amount() const override { return core_.buffered_amount(); }
  bool skip_heartbeat() const override { return true; }

 private:
  using Answer = absl::StatusOr<HttpResponse>;

  // A connection and what is under way on it.
  struct Lane {
    explicit Lane(const std::shared_ptr<const Shared>& shared)
        : connection({shared, &shared->dialer}, {.max_body = shared->options.max_answer_size}) {}

    void Stop() {
      cancel.emit(boost::asio::cancellation_type::terminal);
      connection.Close();
    }

    HttpConnection connection;
    boost::asio::cancellation_signal cancel;
  };

  static boost::asio::awaitable<Answer> Exchange(std::shared_ptr<LongPollTransport> self,
                                                 Lane& lane, HttpConnection::Request request);
  void Start(Lane& lane, HttpConnection::Request request,
             void (LongPollCore::*done)(TimePoint, const Answer&));
  void OnStage(ConnectStage stage, std::string_view detail);
  LongPollRequests::Token token() const { return {core_.header_token(), core_.query_token()}; }

  // Carries out the core's actions.
  void Pump();
  void PumpLater();
  void Do(const StartPoll& action);
  void Do(const StartPost& action);
  void Do(const StopPolling& action);
  void Do(SessionOpened& action);
  void Do(const DeliverFrame& action);
  void Do(SessionClosed& action);

  void SetTimer();
  void Stop();

  const boost::asio::any_io_executor executor_;
  TransportHandler* handler_;  // null once it has heard the end, or after Abandon()
  LongPollCore core_;
  std::string url_;  // without its query, for messages
  std::optional<LongPollRequests> requests_;
  Lane poll_;
  Lane post_;
  StageClock stages_;  // of the opening
  boost::asio::steady_timer timer_;
  std::optional<TimePoint> timer_at_;
  bool is_open_ = false;
  bool is_pumping_ = false;
  bool is_pump_posted_ = false;  // what waits for it is more than requests
};

void LongPollTransport::Open(TransportRequest request) {
  url_ = wire::RedactUrl(request.url);
  auto requests = LongPollRequests::Make(request);
  if (requests.ok()) {
    requests_ = *std::move(requests);
    core_.Open();
    return Pump();
  }
  boost::asio::post(executor_, [self = shared_from_this(), status = requests.status()] {
    if (self->handler_ == nullptr) return;
    SessionClosed failed{{.info = {wire::close_code::kAbnormal, ""}, .status = status}};
    self->Do(failed);
  });
}

void LongPollTransport::Flush() {
  core_.Flush(Now());
  if (!is_pump_posted_) Pump();
}

void LongPollTransport::Close(const wire::CloseInfo& info) {
  core_.Close(Now(), info);
  PumpLater();
}

void LongPollTransport::Abandon() {
  handler_ = nullptr;
  Stop();
}

void LongPollTransport::Stop() {
  poll_.Stop();
  post_.Stop();
  timer_.cancel();
}

// --- requests

boost::asio::awaitable<LongPollTransport::Answer> LongPollTransport::Exchange(
    std::shared_ptr<LongPollTransport> self, Lane& lane, HttpConnection::Request request) {
  // Nothing happens inside the call that starts it. And Asio lets an exception escape when a
  // coroutine is cancelled before it has waited for anything.
  co_await boost::asio::post(boost::asio::use_awaitable);
  co_return co_await lane.connection.Exchange(self->requests_->url(), std::move(request),
                                              self->stages_);
}

void LongPollTransport::Start(Lane& lane, HttpConnection::Request request,
                              void (LongPollCore::*done)(TimePoint, const Answer&)) {
  auto on_done = [self = shared_from_this(), done](const std::exception_ptr& exception,
                                                   const Answer& answer) {
    if (self->handler_ == nullptr) return;  // given up: the exception is the cancellation's
    // So it is if polling was stopped, and the core does not listen any more.
    const Answer stopped = absl::CancelledError("stopped");
    (self->core_.*done)(Now(), exception ? stopped : answer);
    self->Pump();
  };
  boost::asio::co_spawn(
      executor_, Exchange(shared_from_this(), lane, std::move(request)),
      boost::asio::bind_cancellation_slot(lane.cancel.slot(), std::move(on_done)));
}

// Stages are told until the session is open; later ones are those of replaced connections.
void LongPollTransport::OnStage(ConnectStage stage, std::string_view detail) {
  if (handler_ != nullptr && !is_open_) handler_->OnTransportStage(stage, detail);
}

// --- actions

void LongPollTransport::Pump() {
  if (std::exchange(is_pumping_, true)) return;
  const absl::Cleanup pumped = [this] { is_pumping_ = false; };
  while (handler_ != nullptr) {
    std::optional<LongPollAction> action = core_.PollAction();
    if (!action) return SetTimer();
    std::visit([this](auto& alternative) { Do(alternative); }, *action);
  }
}

void LongPollTransport::PumpLater() {
  is_pump_posted_ = true;
  boost::asio::post(executor_, [self = shared_from_this()] {
    self->is_pump_posted_ = false;
    self->Pump();
  });
}

void LongPollTransport::Do(const StartPoll&) {
  Start(poll_, {.text = requests_->Poll(token()), .may_repeat = true}, &LongPollCore::OnPolled);
}

void LongPollTransport::Do(const StartPost&) {
  Start(post_, {.text = requests_->Post(core_.batch(), token())}, &LongPollCore::OnPosted);
}

void LongPollTransport::Do(const StopPolling&) { poll_.Stop(); }

void LongPollTransport::Do(SessionOpened& action) {
  stages_.Stop();
  is_open_ = true;
  handler_->OnTransportOpen({.transport = std::string(transport_name::kLongPoll),
                             .response = std::move(action.response),
                             .remote_address = poll_.connection.remote_address(),
                             .timings = stages_.timings()});
}

void LongPollTransport::Do(const DeliverFrame& action) {
  handler_->OnTransportFrame(action.frame.view());
}

void LongPollTransport::Do(SessionClosed& action) {
  TransportHandler* const handler = std::exchange(handler_, nullptr);
  Stop();
  const absl::Status& status = action.closed.status;
  if (!status.ok()) {
    action.closed.status = absl::Status(
        status.code(),
        absl::StrCat(is_open_ ? "connection to " : "connect to ", url_, ": ", status.message()));
  }
  handler->OnTransportClosed(std::move(action.closed));
}

void LongPollTransport::SetTimer() {
  const std::optional<TimePoint> next = core_.NextDeadline();
  if (next == timer_at_) return;
  timer_at_ = next;
  if (!next) {
    timer_.cancel();
    return;
  }
  timer_.expires_at(*next);
  timer_.async_wait([self = shared_from_this()](boost::system::error_code error) {
    if (error || self->handler_ == nullptr) return;
    self->timer_at_.reset();
    self->core_.OnDeadline(Now());
    self->Pump();
  });
}

}  // namespace

TransportFactory MakeLongPollTransport(LongPollOptions options) {
  return [shared = std::make_shared<const Shared>(std::move(options))](
             const boost::asio::any_io_executor& executor, TransportHandler& handler) {
    return std::make_shared<LongPollTransport>(shared, executor, handler);
  };
}

}  // namespace phx
