#include "testing/action_text.h"

#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "testing/client_frame.h"

namespace phx::test {
namespace {

template <typename Value>
std::string Stream(const Value& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

std::string StatusText(const absl::Status& status) { return status.ToString(); }

std::string DurationText(Duration duration) {
  return absl::FormatDuration(absl::FromChrono(duration));
}

std::string ReconnectText(const std::optional<Duration>& wait) {
  if (!wait.has_value()) return ", no reconnect";
  return absl::StrCat(", reconnect in ", DurationText(*wait));
}

std::string CodeText(const absl::Status& status) { return absl::StatusCodeToString(status.code()); }

struct NotificationPrinter {
  std::string operator()(const wire::Message* message) const {
    return absl::StrCat(message->event.ToString(), " ", Stream(message->payload));
  }
  std::string operator()(const std::shared_ptr<const OpenInfo>& info) const {
    static_cast<void>(info);
    return "open";
  }
  std::string operator()(const std::shared_ptr<const SocketClosed>& closed) const {
    return absl::StrCat("close(", Stream(closed->info), closed->was_clean ? ", clean" : "",
                        closed->status.ok() ? "" : ", ",
                        closed->status.ok() ? "" : CodeText(closed->status),
                        ReconnectText(closed->reconnect_in), ")");
  }
  std::string operator()(const std::shared_ptr<const SocketError>& error) const {
    return absl::StrCat("error(", CodeText(error->status),
                        error->response.status == 0
                            ? std::string()
                            : absl::StrCat(", HTTP ", error->response.status),
                        error->stage.has_value() ? ", " : "",
                        error->stage.has_value() ? Stream(ToString(*error->stage)) : "",
                        ReconnectText(error->reconnect_in), ")");
  }
  std::string operator()(const std::shared_ptr<const Heartbeat>& heartbeat) const {
    const bool is_answered = heartbeat->event == Heartbeat::Event::kOk;
    return absl::StrCat("heartbeat(", Stream(ToString(heartbeat->event)), is_answered ? ", " : "",
                        is_answered ? DurationText(heartbeat->round_trip) : "", ")");
  }
  std::string operator()(const std::shared_ptr<const SocketStatus>& status) const {
    return absl::StrCat("status(", Stream(status->kind), ")");
  }
  std::string operator()(const std::shared_ptr<const ChannelStatus>& status) const {
    return absl::StrCat("status(", Stream(status->kind), ")");
  }
  std::string operator()(const std::shared_ptr<const ChannelJoined>& joined) const {
    return absl::StrCat(joined->is_rejoin ? "rejoin " : "join ", Stream(joined->reply.response));
  }
  std::string operator()(const std::shared_ptr<const ChannelClosed>& closed) const {
    return closed->cause == ChannelClosed::Cause::kLeft ? "close(left)" : "close(by the server)";
  }
  std::string operator()(const std::shared_ptr<const ChannelErrored>& errored) const {
    const bool says_more = errored->cause == ChannelErrored::Cause::kChannelCrashed;
    return absl::StrCat("error(", Stream(ToString(errored->cause)),
                        says_more ? absl::StrCat(": ", errored->reason) : std::string(), ")");
  }
};

struct ActionPrinter {
  const core::SocketCore& core;

  std::string operator()(const core::OpenTransport& action) const {
    const bool is_fallback = action.transport == core::TransportKind::kFallback;
    return absl::StrCat("dial #", action.generation, is_fallback ? " by the fallback" : "");
  }
  std::string operator()(const core::SendFrame& action) const {
    return absl::StrCat("send #", action.generation, " ",
                        FrameToJson(core.FrameOf(action))
                            .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  std::string operator()(const core::CloseTransport& action) const {
    return absl::StrCat("close #", action.generation, " ", Stream(action.info));
  }
  std::string operator()(const core::AbandonTransport& action) const {
    return absl::StrCat("abandon #", action.generation);
  }
  std::string operator()(const core::RequestJoinParams& action) const {
    return absl::StrCat("ask for the join params of channel ", action.channel, ", serial ",
                        action.serial);
  }
  std::string operator()(const core::PushSent& action) const {
    return absl::StrCat("push ", action.push, " sent with ref ", action.ref.value);
  }
  std::string operator()(const core::PushDone& action) const {
    return absl::StrCat("push ", action.push, " done: ", OutcomeText(action.outcome));
  }
  std::string operator()(const core::JoinDone& action) const {
    return absl::StrCat("join ", action.push, " done: ", OutcomeText(action.outcome));
  }
  std::string operator()(const core::PingDone& action) const {
    return absl::StrCat(
        "ping ", action.ping, " done: ",
        action.outcome.ok() ? DurationText(*action.outcome) : StatusText(action.outcome.status()));
  }
  std::string operator()(const core::Dispatch& action) const {
    return absl::StrCat("dispatch to ", action.binding.value, ": ",
                        NotificationText(action.notification));
  }
  std::string operator()(const core::ConnectionChanged& action) const {
    return absl::StrCat("connection is ", Stream(action.status.kind));
  }
  std::string operator()(const core::ChannelChanged& action) const {
    return absl::StrCat("channel ", action.channel, " is ", Stream(action.status.kind),
                        ", join_ref ", action.join_ref.value);
  }
  std::string operator()(const core::Log& action) const {
    return absl::StrCat("log ", Stream(action.level), " ", action.kind, ": ", action.text);
  }
};

}  // namespace

std::string OutcomeText(const absl::StatusOr<wire::Reply>& outcome) {
  return outcome.ok() ? Stream(*outcome) : StatusText(outcome.status());
}

std::string NotificationText(const core::Notification& notification) {
  return std::visit(NotificationPrinter(), notification);
}

std::string ActionText(const core::Action& action, const core::SocketCore& core) {
  return std::visit(ActionPrinter{core}, action);
}

}  // namespace phx::test
