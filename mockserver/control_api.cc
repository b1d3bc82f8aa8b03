#include "mockserver/control_api.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "client/wire/close_info.h"
#include "client/wire/frame.h"
#include "client/wire/utf8.h"
#include "mockserver/channel.h"
#include "mockserver/faults.h"
#include "mockserver/faults_json.h"
#include "mockserver/http_message.h"
#include "mockserver/json_fields.h"
#include "mockserver/json_term.h"
#include "mockserver/recorder.h"
#include "mockserver/server.h"
#include "mockserver/server_stats.h"

namespace phx::mock {
namespace {

constexpr std::int64_t kMaxTimeout = 600'000;

// How long a wait takes to notice that the server stops.
constexpr std::chrono::milliseconds kSlice{50};

using Stopped = std::atomic<bool>;

HttpAnswer Answer(int status, const Json& body) {
  return {status,
          {{"content-type", "application/json"}},
          body.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"};
}

HttpAnswer Done() { return Answer(200, {{"ok", true}}); }

HttpAnswer Failed(int status, std::string_view why) { return Answer(status, {{"error", why}}); }

HttpAnswer Failed(const absl::Status& status) {
  const int code = absl::IsDeadlineExceeded(status) ? 408 : absl::IsUnavailable(status) ? 503 : 400;
  return Failed(code, std::string(status.message()));
}

// What is not UTF-8 cannot stand in JSON: it is given as Base64.
void PutBytes(Json& json, const std::string& name, const std::string& bytes) {
  if (wire::IsValidUtf8(bytes)) {
    json[name] = bytes;
  } else {
    json[name + "_base64"] = absl::Base64Escape(bytes);
  }
}

constexpr std::array<std::string_view, 8> kKinds = {
    "request", "connected", "frame", "malformed", "ping", "pong", "close", "disconnected"};

Json ToJson(const JsonTerm& term) {
  if (term.is_null()) return Json();
  if (term.is_string()) return Json(std::string(term.text()));
  return Json::parse(term.text(), nullptr, /*allow_exceptions=*/false);
}

Json ToJson(const Received& received) {
  Json json = {{"kind", kKinds.at(static_cast<std::size_t>(received.kind))},
               {"connection", received.connection}};
  PutBytes(json, "data", received.data);
  if (received.kind == Received::Kind::kFrame) {
    json["join_ref"] = ToJson(received.join_ref);
    json["ref"] = ToJson(received.ref);
    json["topic"] = received.topic;
    json["event"] = received.event;
    if (!received.payload.is_binary()) json["payload"] = received.payload.json();
  }
  if (received.kind == Received::Kind::kClose) json["code"] = received.close_code;
  if (received.kind == Received::Kind::kRequest) {
    json["path"] = received.info.path;
    json["transport"] = received.info.transport;
    json["params"] = received.info.params;
    for (const auto& [name, value] : received.info.headers) json["headers"][name] = value;
  }
  return json;
}

ConnectionId ReadConnection(JsonFields& fields) {
  return static_cast<ConnectionId>(fields.Integer("connection", 1, INT64_MAX).value_or(0));
}

std::string Required(JsonFields& fields, const std::string& name) {
  if (fields.Any(name) == nullptr) fields.Complain(name, "is missing");
  return fields.String(name).value_or("");
}

HttpAnswer Describe(Server& server, const Json& /*body*/, const Stopped& /*is_stopped*/) {
  const ServerStats stats = server.stats();
  return Answer(200, {{"url", server.url()},
                      {"connections", server.connections()},
                      {"stats",
                       {{"connections", stats.connections},
                        {"longpoll_sessions", stats.longpoll_sessions},
                        {"channels", stats.channels},
                        {"frames_received", stats.frames_received},
                        {"frames_sent", stats.frames_sent},
                        {"refused_connections", stats.refused_connections},
                        {"refused_longpoll_sessions", stats.refused_longpoll_sessions},
                        {"slow_consumers", stats.slow_consumers}}}});
}

// "connection" stands beside the faults.
HttpAnswer SetFaults(Server& server, const Json& body, const Stopped& /*is_stopped*/) {
  JsonFields fields(body, "");
  const ConnectionId connection = ReadConnection(fields);
  Faults faults = ReadFaults(fields);
  if (absl::Status status = fields.Finish(); !status.ok()) return Failed(status);
  server.SetFaults(std::move(faults), connection);
  return Done();
}

HttpAnswer QueueFaults(Server& server, const Json& body, const Stopped& /*is_stopped*/) {
  absl::StatusOr<Faults> faults = FaultsFromJson(body);
  if (!faults.ok()) return Failed(faults.status());
  server.QueueFaults(*std::move(faults));
  return Done();
}

HttpAnswer ClearFaults(Server& server, const Json& /*body*/, const Stopped& /*is_stopped*/) {
  server.SetFaults({});
  return Done();
}

HttpAnswer Broadcast(Server& server, const Json& body, const Stopped& /*is_stopped*/) {
  JsonFields fields(body, "");
  const std::string topic = Required(fields, "topic");
  const std::string event = Required(fields, "event");
  const Json* payload = fields.Any("payload");
  if (absl::Status status = fields.Finish(); !status.ok()) return Failed(status);
  const absl::Status sent =
      server.Broadcast(topic, event, payload == nullptr ? Json::object() : *payload);
  return sent.ok() ? Done() : Failed(sent);
}

HttpAnswer Disconnect(Server& server, const Json& body, const Stopped& /*is_stopped*/) {
  JsonFields fields(body, "");
  const std::string id = Required(fields, "id");
  if (absl::Status status = fields.Finish(); !status.ok()) return Failed(status);
  server.Disconnect(id);
  return Done();
}

HttpAnswer Close(Server& server, const Json& body, const Stopped& /*is_stopped*/) {
  JsonFields fields(body, "");
  wire::CloseInfo info;
  info.code = static_cast<std::uint16_t>(fields.Integer("code", 0, 65535).value_or(1000));
  info.reason = fields.String("reason").value_or("");
  const ConnectionId connection = ReadConnection(fields);
  if (absl::Status status = fields.Finish(); !status.ok()) return Failed(status);
  server.Close(info, connection);
  return Done();
}

HttpAnswer DropConnections(Server& server, const Json& body, const Stopped& /*is_stopped*/) {
  JsonFields fields(body, "");
  const std::string how = fields.String("how").value_or("fin");
  if (how != "fin" && how != "rst") fields.Complain("how", R"(must be "fin" or "rst")");
  const ConnectionId connection = ReadConnection(fields);
  if (absl::Status status = fields.Finish(); !status.ok()) return Failed(status);
  server.DropConnection(how == "fin" ? Drop::kFin : Drop::kRst, connection);
  return Done();
}

HttpAnswer Send(Server& server, const Json& body, const Stopped& /*is_stopped*/) {
  JsonFields fields(body, "");
  std::string text = Required(fields, "text");
  const ConnectionId connection = ReadConnection(fields);
  if (absl::Status status = fields.Finish(); !status.ok()) return Failed(status);
  server.SendFrame({wire::FrameType::kText, std::move(text)}, connection);
  return Done();
}

HttpAnswer Crash(Server& server, const Json& body, const Stopped& /*is_stopped*/) {
  JsonFields fields(body, "");
  const std::string topic = Required(fields, "topic");
  const ConnectionId connection = ReadConnection(fields);
  if (absl::Status status = fields.Finish(); !status.ok()) return Failed(status);
  server.StopChannels(topic, StopReason::kCrash, connection);
  return Done();
}

HttpAnswer ForgetSessions(Server& server, const Json& /*body*/, const Stopped& /*is_stopped*/) {
  server.ForgetSessions();
  return Done();
}

HttpAnswer StopEndpoint(Server& server, const Json& /*body*/, const Stopped& /*is_stopped*/) {
  server.StopEndpoint();
  return Done();
}

HttpAnswer StartEndpoint(Server& server, const Json& /*body*/, const Stopped& /*is_stopped*/) {
  const absl::Status status = server.StartEndpoint();
  return status.ok() ? Done() : Failed(status);
}

HttpAnswer Await(Server& server, const Json& body, const Stopped& is_stopped) {
  JsonFields fields(body, "");
  const std::string kind = fields.String("kind").value_or("frame");
  const std::string topic = fields.String("topic").value_or("");
  const std::string event = fields.String("event").value_or("");
  const auto timeout = fields.Integer("timeout_ms", 0, kMaxTimeout).value_or(5000);
  const auto index = std::find(kKinds.begin(), kKinds.end(), kind) - kKinds.begin();
  if (static_cast<std::size_t>(index) == kKinds.size()) {
    fields.Complain("kind", "is none that the transcript has");
  }
  if (absl::Status status = fields.Finish(); !status.ok()) return Failed(status);
  const auto wanted = static_cast<Received::Kind>(index);
  const auto matches = [&](const Received& r) {
    return r.kind == wanted && (topic.empty() || r.topic == topic) &&
           (event.empty() || r.event == event);
  };
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout);
  absl::StatusOr<Received> received = server.recorder().Await(matches, kSlice);
  while (absl::IsDeadlineExceeded(received.status()) && !is_stopped &&
         std::chrono::steady_clock::now() < deadline) {
    received = server.recorder().Await(matches, kSlice);
  }
  return received.ok() ? Answer(200, ToJson(*received)) : Failed(received.status());
}

HttpAnswer Transcript(Server& server, const Json& /*body*/, const Stopped& /*is_stopped*/) {
  Json all = Json::array();
  for (const Received& received : server.recorder().All()) all.push_back(ToJson(received));
  return Answer(200, all);
}

HttpAnswer ClearTranscript(Server& server, const Json& /*body*/, const Stopped& /*is_stopped*/) {
  server.recorder().Clear();
  return Done();
}

struct Route {
  std::string_view method;
  std::string_view path;
  HttpAnswer (*handle)(Server& server, const Json& body, const Stopped& is_stopped);
};

constexpr Route kRoutes[] = {
    {"GET", "/", Describe},
    {"PUT", "/faults", SetFaults},
    {"POST", "/faults", QueueFaults},
    {"DELETE", "/faults", ClearFaults},
    {"POST", "/broadcast", Broadcast},
    {"POST", "/disconnect", Disconnect},
    {"POST", "/close", Close},
    {"POST", "/drop", DropConnections},
    {"POST", "/send", Send},
    {"POST", "/crash", Crash},
    {"DELETE", "/sessions", ForgetSessions},
    {"POST", "/stop", StopEndpoint},
    {"POST", "/start", StartEndpoint},
    {"POST", "/await", Await},
    {"GET", "/transcript", Transcript},
    {"DELETE", "/transcript", ClearTranscript},
};

}  // namespace

HttpAnswer ControlApi::Handle(const HttpRequest& request) {
  bool has_path = false;
  for (const Route& route : kRoutes) {
    if (route.path != request.target) continue;
    has_path = true;
    if (route.method != request.method) continue;
    constexpr bool kAllowExceptions = false;
    const Json body = request.body.empty() ? Json::object()
                                           : Json::parse(request.body, nullptr, kAllowExceptions);
    if (body.is_discarded()) return Failed(400, "the body is not JSON");
    return route.handle(server_, body, is_stopped_);
  }
  return has_path ? Failed(405, "that is done with another method")
                  : Failed(404, "there is no such path");
}

}  // namespace phx::mock
