#include "mockserver/endpoint.h"

#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "mockserver/channel.h"
#include "mockserver/ready_set.h"
#include "mockserver/user_socket.h"

namespace phx::mock {
namespace {

HttpRequest UpgradeOf(std::string target, HttpHeaders more = {}) {
  HttpRequest request;
  request.target = std::move(target);
  request.headers = {{"host", "localhost:4000"},
                     {"connection", "keep-alive, Upgrade"},
                     {"upgrade", "WebSocket"},
                     {"sec-websocket-version", "13"},
                     {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="}};
  for (auto& header : more) request.headers.push_back(std::move(header));
  return request;
}

HttpRequest Without(HttpRequest request, const std::string& header) {
  std::erase_if(request.headers, [&](const auto& h) { return h.first == header; });
  return request;
}

HttpDecision Decide(const HttpRequest& request, std::vector<UserSocket> sockets = ReadySet()) {
  // Upgrades point into their endpoint.
  static std::vector<std::unique_ptr<Endpoint>>& endpoints =
      *new std::vector<std::unique_ptr<Endpoint>>();
  endpoints.push_back(std::make_unique<Endpoint>(std::move(sockets)));
  ConnectInfo info = Endpoint::Describe(request, 1);
  return endpoints.back()->Decide(request, info);
}

// "101", "403", "400 the body", "hang up".
std::string Answered(const HttpDecision& decision) {
  if (std::holds_alternative<Upgrade>(decision)) return "101";
  if (std::holds_alternative<HangUp>(decision)) return "hang up";
  if (std::holds_alternative<LongPoll>(decision)) return "long poll";
  const auto& answer = std::get<HttpAnswer>(decision);
  return std::to_string(answer.status) + (answer.body.empty() ? "" : " " + answer.body);
}

std::string HeaderOf(const HttpDecision& decision, const std::string& name) {
  for (const auto& [header, value] : std::get<Upgrade>(decision).headers) {
    if (header == name) return value;
  }
  return "none";
}

TEST(EndpointTest, UpgradesWithTheAcceptKeyOfTheRfc) {
  const HttpDecision decision = Decide(UpgradeOf("/socket/websocket?vsn=2.0.0"));
  ASSERT_EQ(Answered(decision), "101");
  EXPECT_EQ(HeaderOf(decision, "sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(HeaderOf(decision, "sec-websocket-protocol"), "none");
  EXPECT_EQ(HeaderOf(decision, "cache-control"), "max-age=0, private, must-revalidate");
  EXPECT_EQ(std::get<Upgrade>(decision).admission.version, ProtocolVersion::kV2);
}

TEST(EndpointTest, ChoosesTheSerializerByVsn) {
  EXPECT_EQ(std::get<Upgrade>(Decide(UpgradeOf("/socket/websocket"))).admission.version,
            ProtocolVersion::kV1);
  EXPECT_EQ(std::get<Upgrade>(Decide(UpgradeOf("/socket/websocket?vsn=1.0.0"))).admission.version,
            ProtocolVersion::kV1);
  EXPECT_EQ(std::get<Upgrade>(Decide(UpgradeOf("/socket/websocket?vsn=1.0.0&vsn=2.0.0")))
                .admission.version,
            ProtocolVersion::kV2);
  EXPECT_EQ(Answered(Decide(UpgradeOf("/socket/websocket?vsn=3.0.0"))), "403");
  EXPECT_EQ(Answered(Decide(UpgradeOf("/socket/websocket?vsn[]=2.0.0"))), "403");
  EXPECT_EQ(Answered(Decide(UpgradeOf("/v2only/websocket"))), "403");
  EXPECT_EQ(Answered(Decide(UpgradeOf("/v2only/websocket?vsn=2.0.0"))), "101");
}

TEST(EndpointTest, FindsSocketsByTheirPathSegments) {
  for (const char* target : {"/socket/websocket/", "/socket//websocket", "//socket/websocket"}) {
    EXPECT_EQ(Answered(Decide(UpgradeOf(target))), "101") << target;
  }
  for (const char* target : {"/", "/socket", "/socket/", "/socket/WEBSOCKET", "/nosocket/websocket",
                             "/socket/websocket/extra", "/websocket", "/short/longpoll"}) {
    EXPECT_EQ(Answered(Decide(UpgradeOf(target))), "404 Not Found") << target;
  }
}

TEST(EndpointTest, ExplainsWhatIsMissingForAnUpgrade) {
  const HttpRequest request = UpgradeOf("/socket/websocket?vsn=2.0.0");
  EXPECT_EQ(Answered(Decide(Without(request, "connection"))),
            "400 'connection' header must contain 'upgrade', got []");
  EXPECT_EQ(Answered(Decide(Without(request, "upgrade"))),
            "400 'upgrade' header must contain 'websocket', got []");
  EXPECT_EQ(Answered(Decide(Without(request, "sec-websocket-key"))),
            "400 'sec-websocket-key' header is absent");
  HttpRequest old = Without(request, "sec-websocket-version");
  EXPECT_EQ(Answered(Decide(old)), "400 'sec-websocket-version' header must equal '13', got []");
  old.headers.emplace_back("sec-websocket-version", "8");
  EXPECT_EQ(Answered(Decide(old)),
            R"(400 'sec-websocket-version' header must equal '13', got ["8"])");
  HttpRequest http10 = request;
  http10.minor_version = 0;
  EXPECT_EQ(Answered(Decide(http10)), "400 HTTP version HTTP/1.0 unsupported");
}

TEST(EndpointTest, RefusesOtherMethods) {
  for (const char* method : {"POST", "HEAD", "PUT", "OPTIONS"}) {
    HttpRequest request = UpgradeOf("/socket/websocket");
    request.method = method;
    EXPECT_EQ(Answered(Decide(request)), "400") << method;
  }
}

TEST(EndpointTest, HangsUpOnARequestWithoutHost) {
  EXPECT_EQ(Answered(Decide(Without(UpgradeOf("/socket/websocket"), "host"))), "hang up");
}

TEST(EndpointTest, RefusesAQueryThatCannotBeDecoded) {
  EXPECT_EQ(Answered(Decide(UpgradeOf("/socket/websocket?a=%zz"))), "400 Bad Request");
}

TEST(EndpointTest, ChecksTheOrigin) {
  const auto with = [](const char* path, const char* origin) {
    return Answered(Decide(UpgradeOf(path, {{"origin", origin}})));
  };
  EXPECT_EQ(with("/origin/websocket", "https://example.com"), "101");
  EXPECT_EQ(with("/origin/websocket", "https://evil.test"), "403");
  EXPECT_EQ(with("/origin/websocket", "null"), "403");
  EXPECT_EQ(with("/socket/websocket", "https://evil.test"), "101");
  EXPECT_EQ(Answered(Decide(UpgradeOf("/origin/websocket"))), "101");
}

TEST(EndpointTest, ChoosesTheFirstOfferedSubprotocolThatItKnows) {
  const auto with = [](const char* offer) {
    return Decide(UpgradeOf("/subproto/websocket", {{"sec-websocket-protocol", offer}}));
  };
  EXPECT_EQ(HeaderOf(with("foo, mqtt, sip"), "sec-websocket-protocol"), "mqtt");
  EXPECT_EQ(Answered(with("foo, bar")), "403");
  EXPECT_EQ(HeaderOf(Decide(UpgradeOf("/subproto/websocket")), "sec-websocket-protocol"), "none");
  EXPECT_EQ(HeaderOf(Decide(UpgradeOf("/socket/websocket", {{"sec-websocket-protocol", "foo"}})),
                     "sec-websocket-protocol"),
            "none");
}

TEST(EndpointTest, ReadsAuthTokensAsPhoenixDoes) {
  const auto with = [](const char* offer) {
    return Decide(UpgradeOf("/auth/websocket?vsn=2.0.0", {{"sec-websocket-protocol", offer}}));
  };
  const auto token = [&](const char* offer) {
    return std::get<Upgrade>(with(offer)).admission.assigns["connect_info"]["auth_token"];
  };
  EXPECT_EQ(token("phoenix, base64url.bearer.phx.c2VjcmV0LXRva2Vu"), "secret-token");
  EXPECT_EQ(token("base64url.bearer.phx.YQ==, phoenix"), "a");
  EXPECT_EQ(token("phoenix"), nullptr);
  EXPECT_EQ(token("phoenix, base64url.bearer.phx.YQ, base64url.bearer.phx.Yg"), nullptr);
  EXPECT_EQ(HeaderOf(with("phoenix, base64url.bearer.phx.YQ"), "sec-websocket-protocol"),
            "phoenix");
  EXPECT_EQ(HeaderOf(with("base64url.bearer.phx.YQ"), "sec-websocket-protocol"), "none");
  EXPECT_EQ(Answered(with("phoenix, base64url.bearer.phx.w7_Dvj8_Pj5-fg")),
            "500 Internal Server Error");
  EXPECT_EQ(Answered(with("phoenix, base64url.bearer.phx.YQ..")), "500 Internal Server Error");
  EXPECT_EQ(Answered(with("phoenix, base64url.bearer.phx.!!!")), "500 Internal Server Error");
}

TEST(EndpointTest, AsksConnectWithParamsAndHeaders) {
  UserSocket socket;
  ConnectInfo seen;
  socket.connect = [&](const ConnectInfo& info, Json& assigns) {
    seen = info;
    assigns["user"] = info.params["user"];
    return ConnectOk();
  };
  const HttpDecision decision =
      Decide(UpgradeOf("/socket/websocket?user=u&vsn=2.0.0", {{"x-foo", "bar"}}), {socket});
  EXPECT_EQ(std::get<Upgrade>(decision).admission.assigns, (Json{{"user", "u"}}));
  EXPECT_EQ(seen.path, "/socket/websocket");
  EXPECT_EQ(seen.uri, "http://localhost:4000/socket/websocket?user=u&vsn=2.0.0");
  EXPECT_EQ(seen.transport, "websocket");
  EXPECT_EQ(seen.Header("x-foo"), "bar");
  EXPECT_EQ(seen.Header("x-bar"), "");
}

TEST(EndpointTest, ConnectMayRefuseOrCrash) {
  UserSocket socket;
  socket.connect = [](const ConnectInfo&, Json&) {
    return ConnectRefused(401, "who are you?", {{"www-authenticate", "Bearer"}});
  };
  const HttpDecision refused = Decide(UpgradeOf("/socket/websocket"), {socket});
  EXPECT_EQ(Answered(refused), "401 who are you?");
  EXPECT_EQ(std::get<HttpAnswer>(refused).headers.front().first, "www-authenticate");
  socket.connect = [](const ConnectInfo&, Json&) -> ConnectResult {
    throw std::runtime_error("x");
  };
  EXPECT_EQ(Answered(Decide(UpgradeOf("/socket/websocket"), {socket})),
            "500 Internal Server Error");
}

TEST(EndpointTest, RefusesTwoSocketsAtOnePath) {
  UserSocket a;
  UserSocket b;
  b.path = "//socket/";
  EXPECT_EQ(Endpoint({a, b}).Check().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Endpoint({}).Check().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(Endpoint(ReadySet()).Check().ok());
}

TEST(EndpointTest, WritesAnswers) {
  EXPECT_EQ(ToBytes(HttpAnswer{403, {{"a", "b"}}, "no"}),
            "HTTP/1.1 403 Forbidden\r\na: b\r\ncontent-length: 2\r\n\r\nno");
  EXPECT_EQ(ToBytes(HttpAnswer{400, {}, "no"}, /*is_head=*/true),
            "HTTP/1.1 400 Bad Request\r\n\r\n");
}

}  // namespace
}  // namespace phx::mock
