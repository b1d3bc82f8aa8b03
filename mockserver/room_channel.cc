#include "mockserver/room_channel.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "client/wire/text.h"
#include "mockserver/channel.h"
#include "mockserver/json_string.h"

namespace phx::mock {
namespace {

bool IsObject(const Payload& payload) { return payload.text().starts_with('{'); }

// Where the recorded application matches on a binary payload it has no clause for anything else.
const Payload& Binary(const Payload& payload) {
  if (!payload.is_binary()) throw ChannelError("not a binary payload");
  return payload;
}

// The member of that name; crashes if the payload has none, or not of type T.
template <typename T>
T Member(const Payload& payload, const char* name) {
  return payload.json().at(name).get<T>();
}

Payload TextAsBinary(const Payload& payload) {
  return Payload::Binary(wire::Text(Member<std::string>(payload, "text")));
}

// The payload if it is an object or bytes, anything else wrapped.
Outcome Echo(ChannelSocket& /*socket*/, const Payload& payload) {
  if (payload.is_binary() || IsObject(payload)) return ReplyEcho();
  return ReplyOk(
      Payload::JsonText(wire::Text(R"({"not_a_map":)" + std::string(payload.text()) + "}")));
}

// {"params": …, "topic": …}
Payload Joined(std::string_view topic, const Payload& params) {
  std::string text = R"({"params":)";
  text.append(params.text());
  text += R"(,"topic":)";
  AppendJsonString(text, topic);
  text += '}';
  return Payload::JsonText(wire::Text(text));
}

Outcome Describe(ChannelSocket& socket) {
  const Json& assigns = socket.assigns();
  const auto assigned = [&](const char* key) {
    const auto found = assigns.find(key);
    return found == assigns.end() ? Json() : *found;
  };
  return ReplyOk({{"connect_params", assigned("connect_params")},
                  {"connect_info", assigned("connect_info")},
                  {"topic", socket.topic()},
                  {"join_ref", Json::parse(socket.join_ref_text())},
                  {"transport", assigned("transport")},
                  {"serializer", socket.version() == ProtocolVersion::kV2
                                     ? "Phoenix.Socket.V2.JSONSerializer"
                                     : "Phoenix.Socket.V1.JSONSerializer"}});
}

Outcome Delay(ChannelSocket& socket, const Payload& payload) {
  const auto ms = payload.json().value("ms", 200);
  socket.ReplyAfter(std::chrono::milliseconds(ms), "ok", payload);
  return NoReply();
}

Outcome Disconnect(ChannelSocket& socket) {
  const auto id = socket.assigns().find("sid");
  const bool has_id = id != socket.assigns().end() && id->is_string();
  if (!has_id) throw ChannelError("broadcast to a socket without id");
  socket.BroadcastTo("users_socket:" + id->get<std::string>(), "disconnect", Payload());
  return NoReply();
}

// One clause of the recorded application's handle_in.
struct Clause {
  std::string_view event;
  Outcome (*handle)(ChannelSocket& socket, const Payload& payload);
};

constexpr Clause kReplies[] = {
    {"echo", Echo},
    {"echo_raw", [](ChannelSocket&, const Payload&) { return ReplyEcho(); }},
    {"echo_error", [](ChannelSocket&, const Payload&) { return ReplyEcho("error"); }},
    {"status",
     [](ChannelSocket&, const Payload& p) { return Reply(Member<std::string>(p, "status"), p); }},
    {"ack", [](ChannelSocket&, const Payload&) { return ReplyOk(); }},
    {"nack", [](ChannelSocket&, const Payload&) { return ReplyError(); }},
    {"list_reply",
     [](ChannelSocket&, const Payload&) { return ReplyOk(Payload::JsonText("[1,2,3]")); }},
    {"noreply", [](ChannelSocket&, const Payload&) { return NoReply(); }},
    {"delay", Delay},
    {"info", [](ChannelSocket& socket, const Payload&) { return Describe(socket); }},
};

constexpr Clause kPushesAndBroadcasts[] = {
    {"shout",
     [](ChannelSocket& socket, const Payload& p) {
       socket.Broadcast("shouted", p);
       return NoReply();
     }},
    {"shout_reply",
     [](ChannelSocket& socket, const Payload& p) {
       socket.Broadcast("shouted", p);
       return ReplyOk();
     }},
    {"shout_from",
     [](ChannelSocket& socket, const Payload& p) {
       socket.BroadcastFrom("shouted", p);
       return NoReply();
     }},
    {"push_me",
     [](ChannelSocket& socket, const Payload& p) {
       socket.Push("pushed", p);
       return NoReply();
     }},
    {"push_and_reply",
     [](ChannelSocket& socket, const Payload& p) {
       socket.Push("pushed", p);
       return ReplyOk(p);
     }},
    {"intercept_me",
     [](ChannelSocket& socket, const Payload& p) {
       socket.Broadcast("intercepted", p);
       return NoReply();
     }},
};

constexpr Clause kEnds[] = {
    {"crash",
     [](ChannelSocket&, const Payload&) -> Outcome { throw ChannelError("boom in handle_in"); }},
    {"stop", [](ChannelSocket&, const Payload&) { return Stop(StopReason::kNormal); }},
    {"stop_shutdown", [](ChannelSocket&, const Payload&) { return Stop(StopReason::kShutdown); }},
    {"stop_shutdown_tuple",
     [](ChannelSocket&, const Payload&) { return Stop(StopReason::kShutdown); }},
    {"stop_abnormal", [](ChannelSocket&, const Payload&) { return Stop(StopReason::kAbnormal); }},
    {"stop_reply",
     [](ChannelSocket&, const Payload& p) { return Stop(StopReason::kNormal, ReplyOk(p)); }},
    {"disconnect", [](ChannelSocket& socket, const Payload&) { return Disconnect(socket); }},
};

constexpr Clause kBinaries[] = {
    {"bin_echo", [](ChannelSocket&, const Payload& p) { return ReplyOk(Binary(p)); }},
    {"bin_echo_error", [](ChannelSocket&, const Payload& p) { return ReplyError(Binary(p)); }},
    {"bin_push",
     [](ChannelSocket& socket, const Payload& p) {
       socket.Push("bin_pushed", Binary(p));
       return NoReply();
     }},
    {"bin_broadcast",
     [](ChannelSocket& socket, const Payload& p) {
       socket.Broadcast("bin_shouted", Binary(p));
       return NoReply();
     }},
    {"bin_len",
     [](ChannelSocket&, const Payload& p) {
       return ReplyOk({{"size", Binary(p).bytes().size()}});
     }},
    {"want_bin_push",
     [](ChannelSocket& socket, const Payload& p) {
       socket.Push("bin_pushed", TextAsBinary(p));
       return NoReply();
     }},
    {"want_bin_reply", [](ChannelSocket&, const Payload& p) { return ReplyOk(TextAsBinary(p)); }},
    {"want_bin_broadcast",
     [](ChannelSocket& socket, const Payload& p) {
       socket.Broadcast("bin_shouted", TextAsBinary(p));
       return NoReply();
     }},
};

// The clause of `event`; nullptr if there is none.
const Clause* FindClause(std::string_view event) {
  static const auto& clauses = *new absl::flat_hash_map<std::string, const Clause*>([] {
    absl::flat_hash_map<std::string, const Clause*> all;
    const auto add = [&](std::span<const Clause> some) {
      for (const Clause& clause : some) all.emplace(std::string(clause.event), &clause);
    };
    add(kReplies);
    add(kPushesAndBroadcasts);
    add(kEnds);
    add(kBinaries);
    return all;
  }());
  const auto found = clauses.find(absl::string_view(event.data(), event.size()));
  return found == clauses.end() ? nullptr : found->second;
}

}  // namespace

JoinResult RoomChannel::Join(ChannelSocket& socket, const Payload& params) {
  const std::string_view topic = socket.topic();
  if (topic == "room:private") return JoinError({{"reason", "unauthorized"}});
  if (topic == "room:bare_ok") return JoinOk();
  if (topic == "room:crash_join" || topic == "room:exit_join" || topic == "room:bad_return") {
    throw ChannelError("boom in join");
  }
  // Parsed only if one of the two keys may be in it: most joins have none.
  if (params.text().find("delay") != std::string_view::npos && params.json().is_object() &&
      params.json().contains("delay")) {
    const std::chrono::milliseconds delay(Member<std::int64_t>(params, "delay"));
    return JoinAfter(delay, JoinOk(Joined(topic, params)));
  }
  if (params.text().find("push_after") != std::string_view::npos && params.json().is_object() &&
      params.json().contains("push_after")) {
    socket.Send({.name = "after_join"});
  }
  return JoinOk(Joined(topic, params));
}

Outcome RoomChannel::HandleIn(ChannelSocket& socket, std::string_view event,
                              const Payload& payload) {
  if (event == "echo") return Echo(socket, payload);  // what load tests send, spared the search
  const Clause* clause = FindClause(event);
  if (clause == nullptr) return Channel::HandleIn(socket, event, payload);
  return clause->handle(socket, payload);
}

Outcome RoomChannel::HandleInfo(ChannelSocket& socket, const Info& /*info*/) {
  socket.Push("after_join", Json{{"hello", "world"}});
  return NoReply();
}

std::span<const std::string> RoomChannel::intercepts() const {
  static const auto& events = *new std::array<std::string, 1>{"intercepted"};
  return events;
}

Outcome RoomChannel::HandleOut(ChannelSocket& socket, std::string_view event,
                               const Payload& payload) {
  Json changed = payload.json();
  changed["intercepted_by"] = "handle_out";
  socket.Push(event, changed);
  return NoReply();
}

}  // namespace phx::mock
