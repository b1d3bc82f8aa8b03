#include "testing/core_world.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/core/hooks.h"
#include "client/core/states.h"
#include "client/wire/close_info.h"
#include "client/wire/json_serializer_v1.h"
#include "client/wire/json_serializer_v2.h"
#include "testing/client_frame.h"

namespace phx::test {
namespace {

using core::Generation;
using wire::Payload;
using namespace std::chrono_literals;

constexpr std::array kTopics = {"a", "b", "c", "d", "e", "f"};
constexpr std::array kEvents = {"msg", "phx_reply", "presence_state"};
constexpr std::array kGarbage = {
    "",
    "[]",
    "{}",
    "null",
    R"([null,null,"a","msg")",
    R"(["1","2","a","phx_reply",{}])",
    R"(["1","1","b","phx_close",{}])",
    R"(["2","2","c","phx_error",null])",
    R"([null,"3","a","phx_reply",7])",
    R"(["x","y","z","phx_reply",{"status":"ok","response":1}])",
    R"({"topic":"a","event":"phx_reply","ref":"9","payload":[]})",
};

}  // namespace

CoreWorld::CoreWorld(Random chance, std::uint64_t seed, bool is_quiet)
    : chance_(std::move(chance)), is_v1_(Chance(4)), driver_(AnyOptions(), seed), server_(is_v1_) {
  if (is_quiet) driver_.BeQuiet();
  driver_.SetListener([this](const core::Action& action) { Hear(action); });
}

void CoreWorld::Step() {
  switch (Below(8)) {
    case 0:
    case 1: return Command();
    case 2: return Network();
    case 3: return Server();
    case 4:
    case 5: return Deliver();
    case 6: return driver_.Advance(1ms * Below(100));
    default: return driver_.Advance(Chance(20) ? 1s * Below(60) : 1ms * Below(3000));
  }
}

void CoreWorld::End() {
  CalmDown();
  CheckCalm();
  TakeAway();
}

// --- chance

Duration CoreWorld::AnyTimeout() {
  constexpr std::array<Duration, 5> kTimeouts = {1s, 3s, 10s, 10s, 60s};
  return AnyOf(kTimeouts);
}

Payload CoreWorld::AnyPayload() {
  if (Chance(20)) return Payload::Json("\xff");  // cannot be sent
  if (Chance(10)) return Payload::Binary("bytes");
  return Payload::JsonText(R"({"n":1})");
}

core::CoreOptions CoreWorld::AnyOptions() {
  core::CoreOptions options;
  options.serializer = std::make_shared<const wire::JsonSerializerV2>();
  if (is_v1_) options.serializer = std::make_shared<const wire::JsonSerializerV1>();
  options.logging = true;
  options.log_level = LogLevel::kDebug;
  options.heartbeat_timeout = 1s * (1 + Below(10));
  options.close_timeout = 1s * (1 + Below(3));
  options.max_joins_in_flight = Below(4);
  options.max_push_buffer = Below(6);
  options.max_send_buffer = Below(4);
  if (Chance(2)) options.overflow = OverflowPolicy::kDropOldest;
  if (Chance(3)) options.max_backlog = 200;
  stops_when_refused_ = Chance(3);
  if (stops_when_refused_) options.should_rejoin = [](const wire::Reply&) { return false; };
  if (Chance(4)) {
    options.should_reconnect = [](const SocketClosed& closed) {
      return closed.info.code != wire::close_code::kNormal;
    };
  }
  return options;
}

// --- the user

void CoreWorld::Command() {
  if (Below(4) == 0) return CommandConnection();
  CommandChannel(AnyOf(kTopics));
}

void CoreWorld::CommandConnection() {
  switch (Below(24)) {
    case 0: return driver_.Disconnect();
    case 3:
    case 4: return static_cast<void>(driver_.Ping());
    case 1:
    case 2: return driver_.Reconnect();
    default: return driver_.Connect();
  }
}

void CoreWorld::CommandChannel(const std::string& topic) {
  switch (Below(20)) {
    case 0: return Leave(Of(topic));
    case 1: return Chance(3) ? Remove(topic) : Join(Of(topic));
    case 2: return Listen(Of(topic));
    case 3: return SetParams(Of(topic));
    case 4: return Send(topic);
    case 5:
      if (Chance(2)) return driver_.Cast(Of(topic).id, "msg", AnyPayload());
      return driver_.Cancel(Of(topic).id, last_push_);
    case 6:
    case 7:
    case 8:
    case 9:
    case 10: return Join(Of(topic));
    default: return Push(Of(topic));
  }
}

CoreWorld::Channel& CoreWorld::Of(const std::string& topic) {
  const auto [found, is_new] = channels_.try_emplace(topic);
  Channel& channel = found->second;
  if (!is_new) return channel;
  channel.id = driver_.AddChannel(topic);
  const Ref binding = driver_.refs().Next();
  on_close_[binding] = topic;
  driver_.core().On(channel.id, core::Hook::kClose, binding);
  return channel;
}

void CoreWorld::Join(Channel& channel) {
  channel.is_wished = true;
  driver_.Join(channel.id, AnyTimeout());
}

void CoreWorld::Leave(Channel& channel) {
  channel.is_wished = false;
  driver_.Leave(channel.id, AnyTimeout());
}

void CoreWorld::Remove(const std::string& topic) {
  const core::ChannelId id = Of(topic).id;
  channels_.erase(topic);
  driver_.Remove(id);
}

void CoreWorld::Listen(const Channel& channel) {
  driver_.core().On(channel.id, AnyOf(kEvents), driver_.refs().Next());
  if (Chance(3)) driver_.core().OffAll(channel.id, AnyOf(kEvents));
}

void CoreWorld::SetParams(const Channel& channel) {
  const auto params = Payload::JsonText(R"({"user":1})");
  if (Chance(2)) return driver_.SetJoinParams(channel.id, params);
  if (Chance(4)) return driver_.AskForJoinParams(channel.id, {});  // Server() answers some time
  driver_.AskForJoinParams(channel.id, [this, params]() -> absl::StatusOr<Payload> {
    if (is_calm_ || !Chance(8)) return params;
    return absl::InvalidArgumentError("no params today");
  });
}

void CoreWorld::Push(const Channel& channel) {
  last_push_ = driver_.Push(channel.id, "msg", AnyPayload(), Chance(10) ? 0s : AnyTimeout());
}

void CoreWorld::Send(const std::string& topic) {
  static_cast<void>(driver_.Send({.ref = driver_.refs().Next().ToString(),
                                  .topic = "admin:" + topic,
                                  .event = "msg",
                                  .payload = AnyPayload()}));
}

// --- the network

void CoreWorld::Network() {
  const Generation dialling = driver_.invariants().dialling();
  const Generation open = driver_.invariants().open();
  const Generation closing = driver_.invariants().closing();
  if (Chance(20)) return Stale();
  if (Chance(10)) return Chance(2) ? driver_.Stall() : driver_.Unstall();
  if (dialling != 0) return Chance(3) ? Lose(dialling) : Open();
  if (closing != 0 && Chance(2)) return Lose(closing);
  if (open != 0 && Chance(8)) Lose(open);
}

void CoreWorld::Open() {
  server_.Reset();
  answers_.clear();
  driver_.Open(Chance(10));
}

void CoreWorld::Lose(Generation generation) {
  constexpr std::array<std::uint16_t, 5> kCodes = {1000, 1001, 1006, 1011, 1012};
  const std::uint16_t code = AnyOf(kCodes);
  TransportClosed closed{.info = {code, ""}, .was_clean = code != wire::close_code::kAbnormal};
  if (!closed.was_clean) closed.status = absl::UnavailableError("lost");
  driver_.Closed(generation, std::move(closed));
}

// What a transport says that nobody has any more.
void CoreWorld::Stale() {
  const CoreInvariants& state = driver_.invariants();
  constexpr Generation kFirst = 1;
  const bool is_there =
      state.dialling() == kFirst || state.open() == kFirst || state.closing() == kFirst;
  if (is_there) return;
  driver_.Open(kFirst, false);
  driver_.Frame(kFirst, {wire::FrameType::kText, R"([null,null,"a","msg",{}])"});
  driver_.Closed(kFirst, {.status = absl::UnavailableError("stale")});
}

// --- the server

void CoreWorld::Server() {
  const std::string topic = AnyOf(kTopics);
  switch (Below(10)) {
    case 0: return Say(server_.Crash(topic));
    case 1: return Chance(3) ? Say(server_.Close(topic)) : Say(server_.Push(topic, "msg"));
    case 2: return Say(server_.Push(topic, AnyOf(kEvents)));
    case 3: return Chance(4) ? server_.Forget(topic) : Say(server_.Broadcast(topic, "msg"));
    case 4: return Chance(2) ? server_.Refuse(topic) : server_.Accept(topic);
    case 5: return Say(AnyOf(kGarbage));
    case 6: return AnswerParams();
    default: return Say(server_.Broadcast(topic, AnyOf(kEvents)));
  }
}

void CoreWorld::Say(const std::string& frame) {
  if (!frame.empty() || Chance(10)) answers_.push_back(frame);
}

void CoreWorld::AnswerParams() {
  if (requests_.empty()) return;
  const core::RequestJoinParams request = requests_.front();
  requests_.pop_front();
  driver_.AnswerJoinParams(request.channel, request.serial, Payload());
}

// Answers arrive in order; but some never come, and some, where they can be told apart, twice.
void CoreWorld::Deliver() {
  if (answers_.empty() || driver_.invariants().open() == 0) return;
  const std::string answer = answers_.front();
  const bool is_repeated = !is_v1_ && Chance(30);
  if (!is_repeated) answers_.pop_front();
  if (!Chance(30)) driver_.Frame(answer);
}

void CoreWorld::Serve(const core::SendFrame& action) {
  const std::optional<ClientFrame> frame = ParseClientFrame(driver_.core().FrameOf(action));
  if (!frame.has_value()) return;
  for (std::string& answer : server_.Answer(*frame)) answers_.push_back(std::move(answer));
}

// --- handlers

void CoreWorld::Hear(const core::Action& action) {
  if (const auto* frame = std::get_if<core::SendFrame>(&action)) return Serve(*frame);
  if (const auto* request = std::get_if<core::RequestJoinParams>(&action)) {
    requests_.push_back(*request);
  }
  if (const auto* dispatch = std::get_if<core::Dispatch>(&action)) HearClose(*dispatch);
  const bool runs_handler = std::holds_alternative<core::Dispatch>(action) ||
                            std::holds_alternative<core::PushDone>(action) ||
                            std::holds_alternative<core::PingDone>(action) ||
                            std::holds_alternative<core::JoinDone>(action);
  if (runs_handler && !is_calm_ && Chance(20)) Command();
}

void CoreWorld::HearClose(const core::Dispatch& dispatch) {
  using Closed = std::shared_ptr<const ChannelClosed>;
  const auto* closed = std::get_if<Closed>(&dispatch.notification);
  if (closed == nullptr || (*closed)->cause != ChannelClosed::Cause::kServerClosed) return;
  const auto channel = channels_.find(on_close_[dispatch.binding]);
  if (channel != channels_.end()) channel->second.is_wished = false;
}

// --- the end

// The last connection may have been forgotten in part by its server: there will be another.
void CoreWorld::CalmDown() {
  is_calm_ = true;
  for (const char* topic : kTopics) server_.Accept(topic);
  driver_.Unstall();
  driver_.Connect();
  driver_.Reconnect();
  constexpr int kMost = 300;
  constexpr int kEnough = 20;
  int calm = 0;
  for (int i = 0; i < kMost && calm < kEnough; ++i) {
    if (driver_.invariants().dialling() != 0) Open();
    while (!answers_.empty() && driver_.invariants().open() != 0) {
      const std::string answer = answers_.front();
      answers_.pop_front();
      driver_.Frame(answer);
    }
    while (!requests_.empty()) AnswerParams();
    driver_.Advance(500ms);
    calm = WhatIsAmiss().empty() ? calm + 1 : 0;
  }
}

std::string CoreWorld::WhatIsAmiss() {
  const core::SocketCore& core = driver_.core();
  if (driver_.invariants().open() == 0) return "the socket is not open";
  if (driver_.invariants().pending() != 0) return "a push is left without an outcome";
  if (driver_.invariants().pending_pings() != 0) return "a ping is left without an outcome";
  if (core.pushes_in_flight() != 0) return "a push is left in flight";
  for (const auto& [topic, channel] : channels_) {
    const ChannelState state = core.channel_state(channel.id);
    const bool gave_up = stops_when_refused_ && state == ChannelState::kErrored;
    const ChannelState meant = channel.is_wished ? ChannelState::kJoined : ChannelState::kClosed;
    if (state != meant && !gave_up) {
      return absl::StrCat(topic, " is ", std::string(ToString(state)));
    }
    if (state == ChannelState::kJoined && !server_.is_joined(topic)) {
      return absl::StrCat("the server does not know ", topic);
    }
  }
  return "";
}

void CoreWorld::CheckCalm() {
  const std::string amiss = WhatIsAmiss();
  driver_.invariants().Require(amiss.empty(), "all is well in the end", amiss);
  driver_.invariants().Require(is_v1_ || server_.duplicate_joins() == 0,
                               "no topic is joined twice");
}

void CoreWorld::TakeAway() {
  while (!channels_.empty()) Remove(channels_.begin()->first);
  driver_.Disconnect();
  driver_.Advance(3s);  // the longest that a close may take
  CoreInvariants& invariants = driver_.invariants();
  invariants.Require(!driver_.core().NextDeadline().has_value(), "nothing is left to wait for");
  driver_.Advance(1h);
  invariants.Require(driver_.core().connection_state() == ConnectionState::kClosed,
                     "Disconnect() is final");
}

}  // namespace phx::test
