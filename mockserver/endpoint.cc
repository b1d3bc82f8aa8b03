#include "mockserver/endpoint.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "client/wire/websocket_handshake.h"
#include "mockserver/deflate_offer.h"
#include "mockserver/path_segments.h"
#include "mockserver/plug_answer.h"
#include "mockserver/protocol_version.h"
#include "mockserver/query_params.h"
#include "mockserver/user_socket.h"

namespace phx::mock {
namespace {

constexpr std::string_view kTokenPrefix = "base64url.bearer.phx.";
constexpr std::string_view kAuthSubprotocol = "phoenix";

// `[]` or `["8"]`: how Elixir writes the values of a header.
std::string Inspect(const HttpHeaders& headers, std::string_view name) {
  std::string text = "[";
  for (const auto& [header, value] : headers) {
    if (header != name) continue;
    if (text.size() > 1) text += ", ";
    text += '"' + value + '"';
  }
  return text + "]";
}

// What is wrong with the headers of the handshake; empty if nothing is.
std::string CheckUpgradeHeaders(const HttpRequest& request) {
  if (request.minor_version == 0) return "HTTP version HTTP/1.0 unsupported";
  for (const auto& [header, token] :
       {std::pair("connection", "upgrade"), std::pair("upgrade", "websocket")}) {
    if (!wire::HasToken(request.headers, header, token)) {
      return absl::StrCat("'", header, "' header must contain '", token, "', got ",
                          Inspect(request.headers, header));
    }
  }
  const auto has = [&](std::string_view name) {
    return std::any_of(request.headers.begin(), request.headers.end(),
                       [&](const auto& header) { return header.first == name; });
  };
  if (!has("sec-websocket-key")) return "'sec-websocket-key' header is absent";
  const std::string versions = Inspect(request.headers, "sec-websocket-version");
  if (versions != R"(["13"])") {
    return absl::StrCat("'sec-websocket-version' header must equal '13', got ", versions);
  }
  return {};
}

bool PassesOriginCheck(const UserSocket& socket, const ConnectInfo& info) {
  const std::string_view origin = info.Header("origin");
  return socket.check_origin.empty() || origin.empty() ||
         std::find(socket.check_origin.begin(), socket.check_origin.end(), origin) !=
             socket.check_origin.end();
}

// Takes the token out of `offered`. False if it is not base64 in the standard alphabet, padded or
// not, which is how Phoenix reads it in spite of its prefix.
bool TakeAuthToken(std::vector<std::string>& offered, std::optional<std::string>& token) {
  std::vector<std::string> tokens;
  std::erase_if(offered, [&](const std::string& value) {
    if (!value.starts_with(kTokenPrefix)) return false;
    tokens.push_back(value.substr(kTokenPrefix.size()));
    return true;
  });
  if (tokens.size() != 1) return true;  // of several none counts
  // Which the decoder would skip, or take for padding.
  if (tokens[0].find_first_of(" \t\r\n.") != std::string::npos) return false;
  std::string decoded;
  if (!absl::Base64Unescape(tokens[0], &decoded)) return false;
  token = std::move(decoded);
  return true;
}

// The subprotocol to answer with; "" for none, nullopt if all that were offered are foreign.
std::optional<std::string> ChooseSubprotocol(const UserSocket& socket, bool has_auth_token,
                                             const std::vector<std::string>& offered) {
  std::vector<std::string> known = socket.subprotocols;
  if (has_auth_token) known.emplace_back(kAuthSubprotocol);
  if (known.empty() || offered.empty()) return "";
  const auto chosen = std::find_if(offered.begin(), offered.end(), [&](const std::string& value) {
    return std::find(known.begin(), known.end(), value) != known.end();
  });
  if (chosen == offered.end()) return std::nullopt;
  return *chosen;
}

std::optional<ProtocolVersion> VersionFor(const UserSocket& socket, const Json& params) {
  const auto vsn = params.find("vsn");
  std::optional<ProtocolVersion> version = ProtocolVersion::kV1;  // before there were versions
  if (vsn != params.end()) {
    if (!vsn->is_string()) return std::nullopt;
    version = NegotiateVersion(vsn->get_ref<const std::string&>());
  }
  if (version == ProtocolVersion::kV1 && !socket.serve_v1) return std::nullopt;
  if (version == ProtocolVersion::kV2 && !socket.serve_v2) return std::nullopt;
  return version;
}

std::string_view ReasonPhrase(int status) {
  switch (status) {
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 302: return "Found";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 408: return "Request Timeout";
    case 413: return "Content Too Large";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Status";
  }
}

std::string Head(int status, const HttpHeaders& headers) {
  std::string head = "HTTP/1.1 " + std::to_string(status) + ' ';
  head.append(ReasonPhrase(status));
  head += "\r\n";
  for (const auto& [name, value] : headers) absl::StrAppend(&head, name, ": ", value, "\r\n");
  return head;
}

}  // namespace

Endpoint::Endpoint(std::vector<UserSocket> sockets, Flavor flavor, RequestHandler on_request)
    : sockets_(std::move(sockets)), flavor_(flavor), on_request_(std::move(on_request)) {
  for (const UserSocket& socket : sockets_) {
    if (socket.websocket) {
      mounts_.push_back({PathSegments(socket.path + socket.websocket_path), &socket});
    }
    if (socket.longpoll.has_value()) {
      mounts_.push_back({PathSegments(socket.path + socket.longpoll->path), &socket, true});
    }
  }
}

absl::Status Endpoint::Check() const {
  if (sockets_.empty()) return absl::InvalidArgumentError("the server has no socket");
  for (const Mount& mount : mounts_) {
    if (Find(mount.segments) != &mount) {
      return absl::InvalidArgumentError(
          absl::StrCat("two sockets, or two transports of one, at the path ", mount.socket->path));
    }
  }
  return absl::OkStatus();
}

const Endpoint::Mount* Endpoint::Find(const std::vector<std::string>& segments) const {
  const auto found = std::find_if(mounts_.begin(), mounts_.end(),
                                  [&](const Mount& mount) { return mount.segments == segments; });
  return found == mounts_.end() ? nullptr : &*found;
}

ConnectInfo Endpoint::Describe(const HttpRequest& request, ConnectionId connection) {
  ConnectInfo info;
  info.connection = connection;
  info.headers = request.headers;
  const std::size_t question = request.target.find('?');
  info.path = request.target.substr(0, question);
  info.uri = request.secure ? "https://" : "http://";
  info.uri.append(info.Header("host"));
  info.uri.append(request.target);
  absl::StatusOr<Json> params = DecodeQuery(
      question == std::string::npos ? "" : std::string_view(request.target).substr(question + 1));
  info.params = params.ok() ? *std::move(params) : Json();
  return info;
}

HttpDecision Endpoint::Decide(const HttpRequest& request, ConnectInfo& info) const {
  if (request.minor_version == 1 && info.Header("host").empty()) {
    if (flavor_.is_cowboy()) return HttpAnswer{.status = 400, .headers = {{"connection", "close"}}};
    return HangUp();
  }
  HttpDecision decision = Route(request, info);
  if (auto* answer = std::get_if<HttpAnswer>(&decision)) {
    if (request.method == "HEAD" && flavor_.is_cowboy()) {
      answer->headers.emplace_back("content-length", std::to_string(answer->body.size()));
    }
    return WithAdapterHeaders(std::move(*answer), flavor_);
  }
  return decision;
}

HttpDecision Endpoint::Route(const HttpRequest& request, ConnectInfo& info) const {
  if (info.params.is_null()) return ErrorPage(request.headers, 400, "Bad Request");
  const Mount* mount = Find(PathSegments(info.path));
  if (mount == nullptr) return AskApplication(request, info);
  info.transport = mount->is_longpoll ? "longpoll" : "websocket";
  return mount->is_longpoll ? DecideLongPoll(*mount->socket, request, info)
                            : DecideWebSocket(*mount->socket, request, info);
}

HttpAnswer Endpoint::AskApplication(const HttpRequest& request, const ConnectInfo& info) const {
  std::optional<HttpAnswer> answer;
  try {
    if (on_request_ && request.method == "HEAD") {
      HttpRequest get = request;
      get.method = "GET";
      answer = on_request_(get, info);
    } else if (on_request_) {
      answer = on_request_(request, info);
    }
  } catch (...) {  // whatever it throws is its crash
    return InternalServerError(request.headers);
  }
  if (!answer.has_value()) return ErrorPage(request.headers, 404, "Not Found");
  if (HeaderOf(answer->headers, CacheControl().first).empty()) {
    answer->headers.push_back(CacheControl());
  }
  return *std::move(answer);
}

HttpDecision Endpoint::DecideWebSocket(const UserSocket& socket, const HttpRequest& request,
                                       ConnectInfo& info) const {
  if (request.method != "GET") return PlugAnswer(400);
  if (!PassesOriginCheck(socket, info)) return PlugAnswer(403);
  std::vector<std::string> offered = ListOf(request.headers, "sec-websocket-protocol");
  if (HasAuthToken(socket) && !TakeAuthToken(offered, info.auth_token)) {
    return InternalServerError(request.headers);
  }
  const std::optional<std::string> subprotocol =
      ChooseSubprotocol(socket, HasAuthToken(socket), offered);
  if (!subprotocol.has_value()) return PlugAnswer(403);
  ConnectDecision decision = Connect(socket, info);
  if (auto* refused = std::get_if<HttpAnswer>(&decision)) return std::move(*refused);
  if (std::holds_alternative<ConnectCrash>(decision)) return InternalServerError(request.headers);
  if (std::string wrong = CheckUpgradeHeaders(request); !wrong.empty()) {
    return PlugAnswer(400, std::move(wrong));
  }
  Upgrade upgrade{&socket, std::get<Admission>(std::move(decision)), {}};
  upgrade.headers = {
      {"upgrade", "websocket"},
      {"connection", "Upgrade"},
      {"sec-websocket-accept", wire::WebSocketAccept(info.Header("sec-websocket-key"))},
      CacheControl()};
  if (socket.compress) upgrade.deflate = TakeDeflateOffer(request.headers, flavor_);
  if (upgrade.deflate.has_value()) {
    upgrade.headers.emplace_back("sec-websocket-extensions", upgrade.deflate->answer);
  }
  if (!subprotocol->empty()) upgrade.headers.emplace_back("sec-websocket-protocol", *subprotocol);
  if (flavor_.is_cowboy()) upgrade.headers.emplace_back("server", "Cowboy");
  return upgrade;
}

HttpDecision Endpoint::DecideLongPoll(const UserSocket& socket, const HttpRequest& request,
                                      ConnectInfo& info) const {
  if (!PassesOriginCheck(socket, info)) return LongPollStatus(403, flavor_);
  if (request.method == "GET" || request.method == "POST") {
    if (HasAuthToken(socket) && !info.Header("x-phoenix-authtoken").empty()) {
      info.auth_token = std::string(info.Header("x-phoenix-authtoken"));
    }
    return LongPoll{&socket};
  }
  const bool is_preflight = request.method == "OPTIONS";
  HttpAnswer answer = PlugAnswer(is_preflight ? 200 : 400);
  answer.headers.emplace_back("access-control-allow-origin", "*");
  if (is_preflight) {
    answer.headers.emplace_back("access-control-allow-headers",
                                info.Header("access-control-request-headers"));
    answer.headers.emplace_back("access-control-allow-methods", "get, post, options");
    answer.headers.emplace_back("access-control-max-age", "3600");
  }
  return answer;
}

ConnectDecision Endpoint::Connect(const UserSocket& socket, const ConnectInfo& info) const {
  const std::optional<ProtocolVersion> version = VersionFor(socket, info.params);
  const auto vsn = info.params.find("vsn");
  if (flavor_.is_17() && vsn != info.params.end() && !vsn->is_string()) return ConnectCrash();
  if (!version.has_value()) return PlugAnswer(403);
  Admission admission{*version};
  if (!socket.connect) return admission;
  try {
    ConnectResult refused = socket.connect(info, admission.assigns);
    if (refused.has_value()) return *std::move(refused);
  } catch (...) {  // whatever connect() throws is its crash
    return ConnectCrash();
  }
  return admission;
}

std::string ToBytes(const HttpAnswer& answer, bool is_head) {
  std::string bytes = Head(answer.status, answer.headers);
  const bool has_length =
      std::any_of(answer.headers.begin(), answer.headers.end(), [](const auto& header) {
        return header.first == "content-length" || header.first == "transfer-encoding";
      });
  if (!has_length && !is_head) {
    bytes += "content-length: " + std::to_string(answer.body.size()) + "\r\n";
  }
  bytes += "\r\n";
  if (!is_head) bytes += answer.body;
  return bytes;
}

std::string ToBytes(const Upgrade& upgrade) { return Head(101, upgrade.headers) + "\r\n"; }

}  // namespace phx::mock
