#include "testing/core_script.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "client/wire/message.h"
#include "gtest/gtest.h"
#include "testing/action_text.h"
#include "testing/client_frame.h"

namespace phx::test {
namespace {

using nlohmann::json;

absl::string_view Abseil(std::string_view text) { return {text.data(), text.size()}; }

bool IsV1(const core::CoreOptions& options) {
  return options.serializer != nullptr && options.serializer->version() == "1.0.0";
}

std::string CloseText(int code, std::string_view reason) {
  return absl::StrCat("close ", code, reason.empty() ? "" : " ", Abseil(reason));
}

}  // namespace

core::CoreOptions CoreScript::Options() {
  core::CoreOptions options;
  options.jitter = 0;
  options.logging = true;
  options.log_level = LogLevel::kDebug;
  return options;
}

CoreScript::CoreScript(const core::CoreOptions& options, std::uint64_t seed)
    : is_v1_(IsV1(options)), driver_(options, seed) {
  bindings_[driver_.hooks().open] = "socket";
  bindings_[driver_.hooks().close] = "socket";
  bindings_[driver_.hooks().error] = "socket";
  driver_.SetListener([this](const core::Action& action) { Listen(action); });
}

CoreScript::~CoreScript() {
  const Where end = {"the end of the script", 0};
  for (const std::string& violation : driver_.invariants().violations()) {
    Fail(end, absl::StrCat("violated: ", violation));
  }
  if (is_faulty_) return;
  if (!frames_.empty()) Fail(end, absl::StrCat("not expected: ", frames_.front()));
  if (!transports_.empty()) Fail(end, absl::StrCat("not expected: ", transports_.front()));
}

// --- the user

CoreScript& CoreScript::Connect() {
  driver_.Connect();
  return EndStep();
}

CoreScript& CoreScript::Disconnect(const wire::CloseInfo& info) {
  driver_.Disconnect(info);
  return EndStep();
}

CoreScript& CoreScript::Reconnect() {
  driver_.Reconnect();
  return EndStep();
}

CoreScript& CoreScript::Ping() {
  driver_.Ping();
  return EndStep();
}

CoreScript& CoreScript::Params(const std::string& topic, std::string_view json) {
  driver_.SetJoinParams(channel(topic), wire::Payload::JsonText(json));
  return EndStep();
}

CoreScript& CoreScript::ParamsFrom(const std::string& topic, CoreDriver::ParamsFunction params) {
  driver_.AskForJoinParams(channel(topic), std::move(params));
  return EndStep();
}

CoreScript& CoreScript::Join(const std::string& topic, Duration timeout) {
  const core::ChannelId id = channel(topic);
  wished_.insert(topic);
  // The outcome may come in the step itself, hence before the push has its number.
  const std::string name = absl::StrCat("join ", topic);
  driver_.Step(name, [&] { Named(driver_.Join(id, timeout), name); });
  return EndStep();
}

CoreScript& CoreScript::Leave(const std::string& topic, Duration timeout) {
  const core::ChannelId id = channel(topic);
  wished_.erase(topic);
  const std::string name = absl::StrCat("leave ", topic);
  driver_.Step(name, [&] { Named(driver_.Leave(id, timeout), name); });
  return EndStep();
}

CoreScript& CoreScript::Push(const std::string& topic, const std::string& event,
                             wire::Payload payload, Duration timeout) {
  const core::ChannelId id = channel(topic);
  driver_.Step(absl::StrCat("push ", event),
               [&] { Named(driver_.Push(id, event, std::move(payload), timeout), event); });
  return EndStep();
}

CoreScript& CoreScript::Cast(const std::string& topic, const std::string& event,
                             wire::Payload payload) {
  driver_.Cast(channel(topic), event, std::move(payload));
  return EndStep();
}

CoreScript& CoreScript::Cancel(const std::string& topic, const std::string& event) {
  const core::ChannelId id = channel(topic);
  for (const auto& [push, name] : push_names_) {
    if (name == event) driver_.Cancel(id, push);
  }
  return EndStep();
}

CoreScript& CoreScript::Remove(const std::string& topic) {
  const core::ChannelId id = channel(topic);
  channels_.erase(topic);
  wished_.erase(topic);
  driver_.Remove(id);
  return EndStep();
}

CoreScript& CoreScript::Send(const std::string& topic, const std::string& event,
                             wire::Payload payload) {
  const std::string ref = driver_.refs().Next().ToString();
  const absl::Status sent =
      driver_.Send({.ref = ref, .topic = topic, .event = event, .payload = std::move(payload)});
  if (sent.ok()) {
    done_[event].emplace_back(wire::Reply{.status = "ok"});
  } else {
    done_[event].emplace_back(sent);
  }
  return EndStep();
}

CoreScript& CoreScript::On(const std::string& topic, const std::string& event, Handler handler) {
  const Ref binding = driver_.refs().Next();
  const std::string name = absl::StrCat(topic, " ", event);
  driver_.core().On(channel(topic), event, binding);
  bindings_[binding] = topic;
  if (handler != nullptr) handlers_[name].push_back(std::move(handler));
  return *this;
}

CoreScript& CoreScript::Off(const std::string& topic, const std::string& event) {
  driver_.core().OffAll(channel(topic), event);
  return *this;
}

CoreScript& CoreScript::OnMessage() { return OnSocket(core::Hook::kMessage); }

CoreScript& CoreScript::OnHeartbeat() { return OnSocket(core::Hook::kHeartbeat); }

CoreScript& CoreScript::OnStatus() { return OnSocket(core::Hook::kStatus); }

CoreScript& CoreScript::OnStatus(const std::string& topic) {
  return OnChannel(topic, core::Hook::kStatus);
}

CoreScript& CoreScript::OnMessage(const std::string& topic) {
  return OnChannel(topic, core::Hook::kMessage);
}

CoreScript& CoreScript::OnChannel(const std::string& topic, core::Hook hook) {
  const Ref binding = driver_.refs().Next();
  driver_.core().On(channel(topic), hook, binding);
  bindings_[binding] = topic;
  return *this;
}

CoreScript& CoreScript::OnSocket(core::Hook hook) {
  const Ref binding = driver_.refs().Next();
  driver_.core().On(hook, binding);
  bindings_[binding] = "socket";
  return *this;
}

CoreScript& CoreScript::When(const std::string& what, Handler handler) {
  handlers_[what].push_back(std::move(handler));
  return *this;
}

// --- the network and the server

CoreScript& CoreScript::Open(bool skip_heartbeat, Where where) {
  if (is_faulty_) return *this;
  ExpectDial(where);
  driver_.Open(skip_heartbeat);
  return EndStep();
}

CoreScript& CoreScript::Frame(std::string_view text) {
  if (is_faulty_) return *this;
  driver_.Frame(names_.Fill(text));
  return EndStep();
}

CoreScript& CoreScript::BinaryFrame(std::string_view bytes) {
  if (is_faulty_) return *this;
  driver_.Frame({wire::FrameType::kBinary, bytes});
  return EndStep();
}

CoreScript& CoreScript::Reply(const std::string& join_ref, const std::string& ref,
                              const std::string& topic, std::string_view status,
                              std::string_view response) {
  const std::string payload =
      absl::StrCat(R"({"response":)", Abseil(response), R"(,"status":")", Abseil(status), R"("})");
  if (is_v1_) {
    return Frame(absl::StrCat(R"({"event":"phx_reply","payload":)", payload, R"(,"ref":")", ref,
                              R"(","topic":")", topic, R"("})"));
  }
  return Frame(absl::StrCat("[\"", join_ref, "\",\"", ref, "\",\"", topic, R"(","phx_reply",)",
                            payload, "]"));
}

CoreScript& CoreScript::Closed(int code, std::string_view reason) {
  if (is_faulty_) return *this;
  driver_.Closed(
      {.info = {static_cast<std::uint16_t>(code), std::string(reason)}, .was_clean = true});
  return EndStep();
}

CoreScript& CoreScript::Lost(std::string_view why) {
  if (is_faulty_) return *this;
  driver_.Closed(
      {.info = {wire::close_code::kAbnormal, ""}, .status = absl::UnavailableError(Abseil(why))});
  return EndStep();
}

CoreScript& CoreScript::Refused(int http_status) {
  if (is_faulty_) return *this;
  const std::string message = absl::StrCat("HTTP ", http_status);
  driver_.Closed({.info = {wire::close_code::kAbnormal, ""},
                  .status = http_status == 403 ? absl::PermissionDeniedError(message)
                                               : absl::UnavailableError(message),
                  .response = {.status = http_status}});
  return EndStep();
}

CoreScript& CoreScript::Advance(Duration duration) {
  driver_.Advance(duration);
  return EndStep();
}

// --- whole chapters

CoreScript& CoreScript::Opened(Where where) {
  Connect();
  return Open(/*skip_heartbeat=*/false, where);
}

CoreScript& CoreScript::Joined(const std::string& topic, Where where) {
  Join(topic);
  return Rejoined(topic, where).ExpectJoin(topic, "ok", "", where);
}

CoreScript& CoreScript::Rejoined(const std::string& topic, Where where) {
  if (is_faulty_) return *this;
  const std::string name = absl::StrCat("$", topic);
  names_.Forget(name);
  if (is_v1_) {
    ExpectFrame(absl::StrCat(R"({"event":"phx_join","payload":{},"ref":")", name, R"(","topic":")",
                             topic, R"("})"),
                where);
  } else {
    ExpectFrame(absl::StrCat("[\"", name, "\",\"", name, "\",\"", topic, R"(","phx_join",{}])"),
                where);
  }
  Reply(name, name, topic);
  return ExpectState(topic, ChannelState::kJoined, where);
}

// --- what must have happened

CoreScript& CoreScript::ExpectFrame(std::string_view pattern, Where where) {
  if (is_faulty_) return *this;
  if (frames_.empty()) {
    Fail(where, absl::StrCat("no frame; expected ", Abseil(pattern)));
    return *this;
  }
  const std::string actual = std::move(frames_.front());
  frames_.pop_front();
  if (!names_.Match(json::parse(pattern), json::parse(actual))) {
    Fail(where, absl::StrCat("frame ", actual, "\nexpected ", names_.Fill(pattern)));
  }
  return *this;
}

CoreScript& CoreScript::ExpectNoFrame(Where where) {
  if (!is_faulty_ && !frames_.empty()) {
    Fail(where, absl::StrCat("frame ", frames_.front(), "\nexpected none"));
  }
  return *this;
}

std::string CoreScript::NextTransport() {
  if (transports_.empty()) return "nothing";
  std::string next = std::move(transports_.front());
  transports_.pop_front();
  return next;
}

CoreScript& CoreScript::ExpectDial(Where where) {
  if (is_faulty_) return *this;
  if (const std::string next = NextTransport(); next != "dial") {
    Fail(where, absl::StrCat(next, "; expected a dial"));
  }
  return *this;
}

CoreScript& CoreScript::ExpectFallback(Where where) {
  if (is_faulty_) return *this;
  if (const std::string next = NextTransport(); next != "dial by the fallback") {
    Fail(where, absl::StrCat(next, "; expected a dial by the fallback"));
  }
  return *this;
}

CoreScript& CoreScript::ExpectClose(int code, std::string_view reason, Where where) {
  if (is_faulty_) return *this;
  const std::string expected = CloseText(code, reason);
  if (const std::string next = NextTransport(); next != expected) {
    Fail(where, absl::StrCat(next, "; expected ", expected));
  }
  return *this;
}

CoreScript& CoreScript::ExpectAbandon(Where where) {
  if (is_faulty_) return *this;
  if (const std::string next = NextTransport(); next != "abandon") {
    Fail(where, absl::StrCat(next, "; expected that a transport is abandoned"));
  }
  return *this;
}

CoreScript& CoreScript::ExpectNoTransport(Where where) {
  if (!is_faulty_ && !transports_.empty()) {
    Fail(where, absl::StrCat(transports_.front(), "; expected nothing"));
  }
  return *this;
}

CoreScript& CoreScript::ExpectConnection(ConnectionState state, Where where) {
  const ConnectionState actual = driver_.core().connection_state();
  if (!is_faulty_ && actual != state) {
    Fail(where, absl::StrCat("connection ", Abseil(ToString(actual)), "; expected ",
                             Abseil(ToString(state))));
  }
  return *this;
}

CoreScript& CoreScript::ExpectState(const std::string& topic, ChannelState state, Where where) {
  if (is_faulty_) return *this;
  const ChannelState actual = driver_.core().channel_state(channel(topic));
  if (actual != state) {
    Fail(where, absl::StrCat(topic, " is ", Abseil(ToString(actual)), "; expected ",
                             Abseil(ToString(state))));
  }
  return *this;
}

CoreScript& CoreScript::ExpectJoin(const std::string& topic, std::string_view status,
                                   std::string_view response, Where where) {
  ExpectOutcome(joins_[topic], absl::StrCat("join of ", topic), status, response, where);
  return *this;
}

CoreScript& CoreScript::ExpectJoin(const std::string& topic, absl::StatusCode code,
                                   std::string_view what, Where where) {
  ExpectOutcome(joins_[topic], absl::StrCat("join of ", topic), code, what, where);
  return *this;
}

CoreScript& CoreScript::ExpectNoJoinOutcome(const std::string& topic, Where where) {
  if (!is_faulty_ && !joins_[topic].empty()) {
    Fail(where, absl::StrCat("join of ", topic, ": ", OutcomeText(joins_[topic].front()),
                             "\nexpected none"));
  }
  return *this;
}

CoreScript& CoreScript::ExpectDone(const std::string& push, std::string_view status,
                                   std::string_view response, Where where) {
  ExpectOutcome(done_[push], push, status, response, where);
  return *this;
}

CoreScript& CoreScript::ExpectDone(const std::string& push, absl::StatusCode code,
                                   std::string_view what, Where where) {
  ExpectOutcome(done_[push], push, code, what, where);
  return *this;
}

CoreScript& CoreScript::ExpectPending(const std::string& push, Where where) {
  if (!is_faulty_ && !done_[push].empty()) {
    Fail(where, absl::StrCat(push, ": ", OutcomeText(done_[push].front()), "\nexpected none"));
  }
  return *this;
}

void CoreScript::ExpectOutcome(std::deque<absl::StatusOr<wire::Reply>>& outcomes,
                               std::string_view what, std::string_view status,
                               std::string_view response, Where where) {
  if (is_faulty_) return;
  if (outcomes.empty()) return Fail(where, absl::StrCat(Abseil(what), ": no outcome"));
  const absl::StatusOr<wire::Reply> actual = std::move(outcomes.front());
  outcomes.pop_front();
  const bool matches = actual.ok() && actual->status == status &&
                       (response.empty() || actual->response.text() == response);
  if (matches) return;
  Fail(where, absl::StrCat(Abseil(what), ": ", OutcomeText(actual), "\nexpected ", Abseil(status),
                           " ", Abseil(response)));
}

void CoreScript::ExpectOutcome(std::deque<absl::StatusOr<wire::Reply>>& outcomes,
                               std::string_view what, absl::StatusCode code,
                               std::string_view message, Where where) {
  if (is_faulty_) return;
  if (outcomes.empty()) return Fail(where, absl::StrCat(Abseil(what), ": no outcome"));
  const absl::StatusOr<wire::Reply> actual = std::move(outcomes.front());
  outcomes.pop_front();
  const bool matches = actual.status().code() == code &&
                       absl::StrContains(actual.status().message(), Abseil(message));
  if (matches) return;
  Fail(where, absl::StrCat(Abseil(what), ": ", OutcomeText(actual), "\nexpected ",
                           absl::StatusCodeToString(code), " ", Abseil(message)));
}

CoreScript& CoreScript::ExpectPing(Duration round_trip, Where where) {
  if (is_faulty_) return *this;
  if (pings_.empty()) {
    Fail(where, "no ping has an outcome");
    return *this;
  }
  const absl::StatusOr<Duration> actual = std::move(pings_.front());
  pings_.pop_front();
  if (!actual.ok()) {
    Fail(where, absl::StrCat("ping: ", actual.status().ToString()));
  } else if (*actual != round_trip) {
    Fail(where, absl::StrCat("ping: ", absl::FormatDuration(absl::FromChrono(*actual))));
  }
  return *this;
}

CoreScript& CoreScript::ExpectPing(absl::StatusCode code, std::string_view what, Where where) {
  if (is_faulty_) return *this;
  if (pings_.empty()) {
    Fail(where, "no ping has an outcome");
    return *this;
  }
  const absl::Status actual = pings_.front().status();
  pings_.pop_front();
  if (actual.code() != code || !absl::StrContains(actual.message(), Abseil(what))) {
    Fail(where, absl::StrCat("ping: ", actual.ToString()));
  }
  return *this;
}

CoreScript& CoreScript::ExpectNoPing(Where where) {
  if (!is_faulty_ && !pings_.empty()) Fail(where, "a ping has an outcome; expected none");
  return *this;
}

CoreScript& CoreScript::ExpectHeard(const std::string& what, Where where) {
  if (is_faulty_) return *this;
  const auto found = std::find(heard_.begin(), heard_.end(), what);
  if (found == heard_.end()) {
    Fail(where, absl::StrCat("not heard: ", what, "\nbut:\n  ", absl::StrJoin(heard_, "\n  ")));
  } else {
    heard_.erase(found);
  }
  return *this;
}

CoreScript& CoreScript::ExpectStory(std::initializer_list<std::string> story, Where where) {
  if (is_faulty_) return *this;
  const std::vector<std::string> expected(story);
  if (heard_ != expected) {
    Fail(where, absl::StrCat("heard:\n  ", absl::StrJoin(heard_, "\n  "), "\nexpected:\n  ",
                             absl::StrJoin(expected, "\n  ")));
  }
  heard_.clear();
  return *this;
}

CoreScript& CoreScript::ExpectSilence(Where where) { return ExpectStory({}, where); }

CoreScript& CoreScript::ExpectLog(std::string_view part, Where where) {
  const bool is_there = std::any_of(logs_.begin(), logs_.end(), [&](const std::string& line) {
    return absl::StrContains(line, Abseil(part));
  });
  if (!is_faulty_ && !is_there) Fail(where, absl::StrCat("not logged: ", Abseil(part)));
  return *this;
}

CoreScript& CoreScript::ExpectStatus(SocketStatus::Kind kind, std::optional<Duration> ends_in,
                                     Where where) {
  ExpectStatusIs(driver_.core().status(), kind, ends_in, where);
  return *this;
}

CoreScript& CoreScript::ExpectStatus(const std::string& topic, ChannelStatus::Kind kind,
                                     std::optional<Duration> ends_in, Where where) {
  ExpectStatusIs(driver_.core().channel_status(channel(topic)), kind, ends_in, where);
  return *this;
}

template <typename Status>
void CoreScript::ExpectStatusIs(const Status& actual, typename Status::Kind kind,
                                const std::optional<Duration>& ends_in, Where where) {
  std::optional<TimePoint> until;
  if (ends_in.has_value()) until = driver_.now() + *ends_in;
  if (is_faulty_ || (actual.kind == kind && actual.until == until)) return;
  Fail(where, absl::StrCat(Abseil(ToString(actual.kind)), "; expected ", Abseil(ToString(kind)),
                           actual.until == until ? "" : ", which ends at another time"));
}

CoreScript& CoreScript::ExpectDeadlineIn(Duration wait, Where where) {
  const std::optional<TimePoint> next = driver_.core().NextDeadline();
  if (!is_faulty_ && next != driver_.now() + wait) Fail(where, "the next deadline is another");
  return *this;
}

CoreScript& CoreScript::ExpectNoDeadline(Where where) {
  if (!is_faulty_ && driver_.core().NextDeadline().has_value()) Fail(where, "there is a deadline");
  return *this;
}

// --- what is known

core::ChannelId CoreScript::channel(const std::string& topic) {
  const auto found = channels_.find(topic);
  if (found != channels_.end()) return found->second;
  const core::ChannelId id = driver_.AddChannel(topic);
  for (const core::Hook hook : {core::Hook::kJoin, core::Hook::kClose, core::Hook::kError}) {
    const Ref binding = driver_.refs().Next();
    bindings_[binding] = topic;
    driver_.core().On(id, hook, binding);
  }
  channels_[topic] = id;
  return id;
}

CoreScript& CoreScript::Forget() {
  frames_.clear();
  transports_.clear();
  heard_.clear();
  return *this;
}

CoreScript& CoreScript::ForgetName(std::string_view name) {
  names_.Forget(name);
  return *this;
}

// --- listening

void CoreScript::Listen(const core::Action& action) {
  if (const auto* frame = std::get_if<core::SendFrame>(&action)) {
    frames_.push_back(FrameToJson(driver_.core().FrameOf(*frame)).dump());
  } else if (const auto* done = std::get_if<core::PushDone>(&action)) {
    const std::string name = push_names_[done->push];
    done_[name].push_back(done->outcome);
    RunHandlers(absl::StrCat("done ", name));
  } else if (const auto* joined = std::get_if<core::JoinDone>(&action)) {
    const std::string name = push_names_[joined->push];
    joins_[name.substr(std::string_view("join ").size())].push_back(joined->outcome);
    RunHandlers(absl::StrCat("done ", name));
  } else if (const auto* ping = std::get_if<core::PingDone>(&action)) {
    pings_.push_back(ping->outcome);
    RunHandlers("done ping");
  } else if (const auto* dispatch = std::get_if<core::Dispatch>(&action)) {
    Hear(dispatch->binding, dispatch->notification);
  } else if (const auto* dial = std::get_if<core::OpenTransport>(&action)) {
    const bool is_fallback = dial->transport == core::TransportKind::kFallback;
    transports_.emplace_back(is_fallback ? "dial by the fallback" : "dial");
  } else if (const auto* close = std::get_if<core::CloseTransport>(&action)) {
    transports_.push_back(CloseText(close->info.code, close->info.reason));
  } else if (std::holds_alternative<core::AbandonTransport>(action)) {
    transports_.emplace_back("abandon");
  } else if (const auto* log = std::get_if<core::Log>(&action)) {
    logs_.push_back(log->text);
  }
}

void CoreScript::Hear(Ref binding, const core::Notification& notification) {
  const std::string who = bindings_[binding];
  const std::string what = absl::StrCat(who, " ", NotificationText(notification));
  heard_.push_back(what);
  if (what == absl::StrCat(who, " close(by the server)")) wished_.erase(who);
  RunHandlers(what);
  if (const auto* message = std::get_if<const wire::Message*>(&notification)) {
    RunHandlers(absl::StrCat(who, " ", (*message)->event.ToString()));
  }
}

void CoreScript::RunHandlers(const std::string& what) {
  const auto found = handlers_.find(what);
  if (found == handlers_.end()) return;
  const std::vector<Handler> handlers = found->second;  // which may add others
  for (const Handler& handler : handlers) handler(*this);
}

CoreScript& CoreScript::EndStep() {
  if (after_step_ != nullptr) after_step_();
  return *this;
}

void CoreScript::Fail(Where where, const std::string& what) {
  if (std::exchange(has_failed_, true)) return;  // the rest follows from the first
  ADD_FAILURE_AT(where.file, where.line) << what << "\n\n" << driver_.Transcript();
}

// --- faults

// One performance of a play in which something goes wrong after one of the steps.
class FaultRun {
 public:
  enum class Fault : std::uint8_t { kNone, kLost, kClosedByServer, kSilence };

  FaultRun(const core::CoreOptions& options, Fault fault, int step)
      : fault_(fault), step_(step), script_(options), server_(script_.is_v1_) {
    script_.after_step_ = [this] { AfterStep(); };
    script_.driver_.SetListener([this](const core::Action& action) {
      script_.Listen(action);
      if (const auto* frame = std::get_if<core::SendFrame>(&action)) Serve(*frame);
    });
  }

  // How many steps the play has.
  int Play(const std::function<void(CoreScript&)>& play) {
    play(script_);
    script_.after_step_ = nullptr;
    const int steps = steps_;
    if (fault_ != Fault::kNone) {
      script_.is_faulty_ = true;
      Recover();
      Verify();
    }
    return steps;
  }

 private:
  void AfterStep() {
    if (++steps_ != step_ || fault_ == Fault::kNone) return;
    script_.is_faulty_ = true;
    const CoreInvariants& state = script_.driver_.invariants();
    if (fault_ == Fault::kSilence || (state.open() == 0 && state.dialling() == 0)) return;
    const bool by_server = fault_ == Fault::kClosedByServer && state.open() != 0;
    script_.driver_.Closed(
        by_server ? TransportClosed{.info = {wire::close_code::kNormal, ""}, .was_clean = true}
                  : TransportClosed{.info = {wire::close_code::kAbnormal, ""},
                                    .status = absl::UnavailableError("cut")});
  }

  // A healthy server answers on every connection that opens from now on.
  void Recover() {
    CoreDriver& driver = script_.driver_;
    const core::Generation silent = driver.invariants().open();
    driver.Connect();
    constexpr int kMost = 400;
    for (int i = 0; i < kMost; ++i) {
      if (driver.invariants().dialling() != 0) {
        server_.Reset();
        answers_.clear();
        driver.Open();
      }
      for (const std::string& answer : std::exchange(answers_, {})) {
        if (driver.invariants().open() != silent) driver.Frame(answer);
      }
      driver.Advance(std::chrono::milliseconds(250));
    }
  }

  void Serve(const core::SendFrame& action) {
    if (!script_.is_faulty_) return;
    const auto frame = ParseClientFrame(script_.driver_.core().FrameOf(action));
    if (!frame.has_value()) return;
    for (std::string& answer : server_.Answer(*frame)) answers_.push_back(std::move(answer));
  }

  void Verify() {
    const CoreScript::Where where = {"with a fault after step", step_};
    for (const std::string& topic : script_.wished_) {
      const ChannelState state = script_.driver_.core().channel_state(script_.channel(topic));
      if (state == ChannelState::kJoined) continue;
      script_.Fail(where, absl::StrCat(topic, " is ", Abseil(ToString(state)), ", not joined"));
    }
    if (script_.driver_.invariants().pending_pings() != 0) {
      script_.Fail(where, "a ping has no outcome");
    }
    if (script_.driver_.invariants().pending() != 0) {
      script_.Fail(where, "a push or a leave has no outcome");
    }
  }

  const Fault fault_;
  const int step_;
  int steps_ = 0;
  CoreScript script_;
  PhoenixModel server_;
  std::vector<std::string> answers_;
};

void CheckFaults(const std::function<void(CoreScript&)>& play, const core::CoreOptions& options) {
  using Fault = FaultRun::Fault;
  const int steps = FaultRun(options, Fault::kNone, 0).Play(play);
  for (int step = 1; step <= steps; ++step) {
    for (const Fault fault : {Fault::kLost, Fault::kClosedByServer, Fault::kSilence}) {
      FaultRun(options, fault, step).Play(play);
    }
  }
}

}  // namespace phx::test
