#include "mockserver/server.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/net/tls_context.h"
#include "client/wire/websocket_frame.h"
#include "gtest/gtest.h"
#include "mockserver/channel.h"
#include "mockserver/channel_builder.h"
#include "mockserver/faults.h"
#include "mockserver/ready_set.h"
#include "mockserver/test_connection.h"
#include "testing/goldens/raw_client.h"
#include "testing/goldens/replay.h"
#include "testing/tls_certs.h"

namespace phx::mock {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::RawClient;
using test::ServerEvent;

constexpr seconds kPatience{10};
const std::string kHeartbeat = R"([null,"9","phoenix","heartbeat",{}])";
const std::string kBeat = R"([null,"9","phoenix","phx_reply",{"response":{},"status":"ok"}])";

ServerOptions Ready() {
  ServerOptions options;
  options.sockets = ReadySet();
  return options;
}

// The code of the close frame that comes next; 0 for anything else.
int AwaitClose(RawClient& client) {
  const std::optional<ServerEvent> event = client.Await(kPatience);
  const bool is_close = event.has_value() && event->kind == ServerEvent::Kind::kFrame &&
                        event->opcode == wire::WebSocketOpcode::kClose;
  return is_close ? event->close_code : 0;
}

bool AwaitEnd(RawClient& client) {
  const std::optional<ServerEvent> event = client.Await(kPatience);
  return event.has_value() && event->kind == ServerEvent::Kind::kTcpClose;
}

int AwaitStatus(RawClient& client) {
  const std::optional<ServerEvent> event = client.Await(kPatience);
  return event.has_value() && event->kind == ServerEvent::Kind::kResponse ? event->status : 0;
}

// Serving.

TEST(ServerTest, ServesOnAPortThatTheSystemChose) {
  Server server(Ready());
  ASSERT_TRUE(server.status().ok()) << server.status();
  EXPECT_NE(server.port(), 0);
  EXPECT_EQ(server.url(), "ws://127.0.0.1:" + std::to_string(server.port()) + "/socket");
  EXPECT_EQ(server.url("/short"), "ws://127.0.0.1:" + std::to_string(server.port()) + "/short");
  const auto client = Joined(server);
  ASSERT_TRUE(client->SendText(R"(["1","2","room:1","echo",{"a":1}])").ok());
  EXPECT_EQ(client->AwaitText(),
            R"(["1","2","room:1","phx_reply",{"response":{"a":1},"status":"ok"}])");
}

TEST(ServerTest, ServesOverTls) {
  const test::TlsCerts& certs = test::TlsCerts::Get();
  ServerOptions options = Ready();
  options.tls = certs.server().server_options();
  Server server(std::move(options));
  ASSERT_TRUE(server.status().ok()) << server.status();
  EXPECT_EQ(server.url().substr(0, 6), "wss://");
  const absl::StatusOr<net::TlsContext> tls =
      net::TlsContext::ForClient({.ca_pem = certs.ca_pem()});
  ASSERT_TRUE(tls.ok()) << tls.status();
  const auto client = Open(server, &*tls);
  ASSERT_TRUE(client->SendText(kHeartbeat).ok());
  EXPECT_EQ(client->AwaitText(), kBeat);
  // A message of many TLS records, both ways.
  const std::string long_text(300'000, 'x');
  ASSERT_TRUE(client->SendText(kJoin).ok());
  EXPECT_EQ(client->AwaitText(), kJoined);
  ASSERT_TRUE(client->SendText(R"(["1","2","room:1","echo",{"x":")" + long_text + R"("}])").ok());
  EXPECT_EQ(client->AwaitText(), R"(["1","2","room:1","phx_reply",{"response":{"x":")" + long_text +
                                     R"("},"status":"ok"}])");
}

TEST(ServerTest, SaysWhyItCannotServe) {
  Server server(Ready());
  ServerOptions taken = Ready();
  taken.port = server.port();
  EXPECT_EQ(Server(std::move(taken)).status().code(), absl::StatusCode::kUnavailable);
  ServerOptions address = Ready();
  address.address = "localhost.example";
  EXPECT_EQ(Server(std::move(address)).status().code(), absl::StatusCode::kInvalidArgument);
  for (const int threads : {0, 1025}) {
    ServerOptions options = Ready();
    options.threads = threads;
    EXPECT_EQ(Server(std::move(options)).status().message(), "a server has from 1 to 1024 threads");
  }
  ServerOptions tls = Ready();
  tls.tls = net::TlsServerOptions{.certificate_pem = "no certificate", .private_key_pem = ""};
  const Server broken(std::move(tls));
  EXPECT_EQ(broken.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(broken.url(), "");
}

TEST(ServerTest, ReadsRequestsOneAfterTheOtherOnOneConnection) {
  Server server(Ready());
  const auto client = Connected(server);
  ASSERT_TRUE(client->Send("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n").ok());
  EXPECT_EQ(AwaitStatus(*client), 404);
  EXPECT_TRUE(client->Upgrade(kWebSocketTarget));
  ASSERT_TRUE(client->SendText(kHeartbeat).ok());
  EXPECT_EQ(client->AwaitText(), kBeat);
}

TEST(ServerTest, TellsAClientThatWaitsToSendItsBody) {
  Server server(Ready());
  const auto client = Connected(server);
  ASSERT_TRUE(client
                  ->Send("POST /socket/longpoll?vsn=2.0.0 HTTP/1.1\r\nHost: a\r\n"
                         "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
                  .ok());
  EXPECT_EQ(AwaitStatus(*client), 100);
  ASSERT_TRUE(client->Send("[]").ok());
  EXPECT_EQ(AwaitStatus(*client), 200);
}

TEST(ServerTest, AnswersWhatIsNotHttpWith400) {
  Server server(Ready());
  const auto client = Connected(server);
  ASSERT_TRUE(client->Send("hello\r\n\r\n").ok());
  EXPECT_EQ(AwaitStatus(*client), 400);
  EXPECT_TRUE(AwaitEnd(*client));
}

TEST(ServerTest, LosesAFrameThatCameWithTheRequestAsBanditDoes) {
  Server server(Ready());
  const auto client = Connected(server);
  std::string bytes = test::UpgradeRequest(kWebSocketTarget);
  wire::AppendMessage(bytes, {wire::FrameType::kText, kHeartbeat}, wire::MaskingKey{1, 2, 3, 4});
  ASSERT_TRUE(client->Send(bytes).ok());
  EXPECT_EQ(AwaitStatus(*client), 101);
  EXPECT_EQ(client->Poll(), std::nullopt);
}

TEST(ServerTest, BroadcastsBetweenThreads) {
  ServerOptions options = Ready();
  options.threads = 4;
  Server server(std::move(options));
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i != 8; ++i) clients.push_back(Joined(server));
  ASSERT_TRUE(clients[0]->SendText(R"(["1","2","room:1","shout",{"n":1}])").ok());
  for (const auto& client : clients) {
    EXPECT_EQ(client->AwaitText(), R"([null,null,"room:1","shouted",{"n":1}])");
  }
  ASSERT_TRUE(server.Broadcast("room:1", "news", Json{{"n", 2}}).ok());
  for (const auto& client : clients) {
    EXPECT_EQ(client->AwaitText(), R"([null,null,"room:1","news",{"n":2}])");
  }
  EXPECT_EQ(server.Broadcast("room:1", "news", Payload::JsonText("5")).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(ServerTest, HoldsAThousandConnections) {
  ServerOptions options = Ready();
  options.threads = 2;
  Server server(std::move(options));
  constexpr std::size_t kConnections = 1000;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (std::size_t i = 0; i != kConnections; ++i) {
    clients.push_back(Connected(server));
    ASSERT_TRUE(clients.back()->Send(test::UpgradeRequest(kWebSocketTarget)).ok());
  }
  for (const auto& client : clients) {
    ASSERT_EQ(AwaitStatus(*client), 101);
    ASSERT_TRUE(client->SendText(kJoin).ok());
  }
  for (const auto& client : clients) ASSERT_EQ(client->AwaitText(), kJoined);
  EXPECT_EQ(server.connections().size(), kConnections);
  ASSERT_TRUE(server.Broadcast("room:1", "all", Json::object()).ok());
  for (const auto& client : clients) {
    ASSERT_EQ(client->AwaitText(), R"([null,null,"room:1","all",{}])");
  }
  clients.resize(10);
  EXPECT_TRUE(server.AwaitConnections(10, kPatience));
}

TEST(ServerTest, WritesWhatThePeerTakesOnlyLater) {
  Server server(Ready());
  const auto client = Joined(server);
  const std::string text(64 * 1024, 'x');
  constexpr int kMessages = 400;  // more than the system's buffers hold
  std::thread sender([&] {
    for (int i = 0; i != kMessages; ++i) {
      ASSERT_TRUE(server.Broadcast("room:1", "big", Json{{"x", text}}).ok());
    }
  });
  sender.join();
  for (int i = 0; i != kMessages; ++i) ASSERT_GT(client->AwaitText().size(), text.size());
}

// Stopping.

TEST(ServerStopTest, ClosesAsPhoenixDoes) {
  Server server(Ready());
  const auto joined = Joined(server);
  const auto idle = Open(server);
  const auto speaking_http = Connected(server);
  std::thread stopper([&] { server.Stop(); });
  EXPECT_EQ(AwaitClose(*joined), 1012);
  EXPECT_EQ(AwaitClose(*idle), 1000);
  EXPECT_TRUE(AwaitEnd(*speaking_http));
  joined->Disconnect();
  idle->Disconnect();
  speaking_http->Disconnect();
  stopper.join();
  EXPECT_TRUE(server.connections().empty());
  EXPECT_FALSE(RawClient::Connect(server.port()).ok());
  server.Stop();  // again
}

TEST(ServerStopTest, DoesNotWaitForClientsForEver) {
  ServerOptions options = Ready();
  options.close_timeout = milliseconds(50);
  Server server(std::move(options));
  const auto client = Joined(server);  // which never reads, nor closes
  const auto begin = std::chrono::steady_clock::now();
  server.Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(5));
}

// Any topic is this channel's.
ServerOptions Serving(ChannelFactory channel) {
  UserSocket socket;
  socket.channels = {{"*", std::move(channel)}};
  ServerOptions options;
  options.sockets = {std::move(socket)};
  options.close_timeout = milliseconds(50);
  return options;
}

TEST(ServerStopTest, EndsChannels) {
  std::atomic<int> closed = 0;
  Server server(Serving(ChannelBuilder()
                            .OnTerminate([&](ChannelSocket&, StopReason reason) {
                              if (reason == StopReason::kClosed) ++closed;
                            })
                            .Build()));
  const auto client = Open(server);
  ASSERT_TRUE(client->SendText(kJoin).ok());
  client->AwaitText();
  server.Stop();
  EXPECT_EQ(closed, 1);
}

TEST(ServerStopTest, HandlesOutliveTheServer) {
  SocketRef ref;
  {
    Server server(Serving(ChannelBuilder()
                              .OnIn("ask",
                                    [&](ChannelSocket& channel, const Payload&) {
                                      ref = channel.socket_ref();
                                      return ReplyOk();
                                    })
                              .Build()));
    const auto client = Open(server);
    ASSERT_TRUE(client->SendText(kJoin).ok());
    client->AwaitText();
    ASSERT_TRUE(client->SendText(R"(["1","2","room:1","ask",{}])").ok());
    client->AwaitText();
  }
  ref.Reply("ok");
}

// What tests ask for.

TEST(ServerTest, DisconnectsAUserWith1001) {
  Server server(Ready());
  const auto user = Connected(server);
  ASSERT_TRUE(user->Upgrade("/socket/websocket?vsn=2.0.0&id=u1"));
  const auto other = Open(server);
  server.Disconnect("users_socket:u1");
  EXPECT_EQ(AwaitClose(*user), 1001);
  EXPECT_EQ(other->Poll(), std::nullopt);
}

TEST(ServerTest, ClosesAnyConnectionWithAnyCode) {
  Server server(Ready());
  const auto first = Open(server);
  const auto second = Open(server);
  ASSERT_EQ(server.connections().size(), 2u);
  server.Close({4321, "go"}, server.connections()[1]);
  const std::optional<ServerEvent> event = second->Await(kPatience);
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->close_code, 4321);
  EXPECT_EQ(event->data, "go");
  EXPECT_EQ(first->Poll(), std::nullopt);
  server.Close({4000, ""});
  EXPECT_EQ(AwaitClose(*first), 4000);
}

TEST(ServerTest, DropsConnectionsWithFinOrRst) {
  Server server(Ready());
  const auto fin = Joined(server);
  server.DropConnection(Drop::kFin);
  EXPECT_TRUE(AwaitEnd(*fin));
  EXPECT_FALSE(fin->was_reset());
  const auto rst = Joined(server);
  server.DropConnection(Drop::kRst);
  EXPECT_TRUE(AwaitEnd(*rst));
  EXPECT_TRUE(rst->was_reset());
  EXPECT_TRUE(server.AwaitConnections(0, kPatience));
}

TEST(ServerTest, SendsRawBytesFramesAndPings) {
  Server server(Ready());
  const auto client = Open(server);
  server.SendFrame({wire::FrameType::kText, "{bad"});
  EXPECT_EQ(client->AwaitText(), "{bad");
  server.SendPing("are you there?");
  const std::optional<ServerEvent> ping = client->Await(kPatience);
  ASSERT_TRUE(ping.has_value());
  EXPECT_EQ(ping->opcode, wire::WebSocketOpcode::kPing);
  EXPECT_EQ(ping->data, "are you there?");
  server.SendRaw("\x83\x01x");           // a reserved opcode
  EXPECT_EQ(AwaitClose(*client), 1002);  // which the client's decoder refuses
}

TEST(ServerTest, RecordsWhatArrives) {
  Server server(Ready());
  {
    const auto client = Joined(server);
    ASSERT_TRUE(client->SendText(R"(["1","7","room:1","echo",{"a":1}])").ok());
    client->AwaitText();
    ASSERT_TRUE(client->SendText("{bad").ok());
    EXPECT_EQ(AwaitClose(*client), 1011);
    client->Disconnect();
  }
  Recorder& recorder = server.recorder();
  const auto request = recorder.Await(Received::Kind::kRequest, kPatience);
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->info.params, (Json{{"vsn", "2.0.0"}}));
  EXPECT_TRUE(recorder.Await(Received::Kind::kConnected, kPatience).ok());
  EXPECT_TRUE(recorder.AwaitJoin("room:1", kPatience).ok());
  const auto echo = recorder.AwaitFrame("room:1", "echo", kPatience);
  ASSERT_TRUE(echo.ok()) << echo.status();
  EXPECT_EQ(echo->ref.text(), "7");
  EXPECT_EQ(echo->payload.json(), (Json{{"a", 1}}));
  EXPECT_TRUE(recorder.Await(Received::Kind::kMalformed, kPatience).ok());
  EXPECT_TRUE(recorder.Await(Received::Kind::kDisconnected, kPatience).ok());
}

TEST(ServerTest, LogsFramesBothWays) {
  std::mutex mutex;
  std::vector<std::string> lines;
  ServerOptions options = Ready();
  options.record_limit = 0;
  options.log = [&](std::string_view line) {
    const std::lock_guard<std::mutex> lock(mutex);
    lines.emplace_back(line);
  };
  {
    Server server(std::move(options));
    const auto client = Open(server);
    ASSERT_TRUE(client->SendText(kHeartbeat).ok());
    client->AwaitText();
    client->Disconnect();
    EXPECT_TRUE(server.AwaitConnections(0, kPatience));
  }
  EXPECT_EQ(lines,
            (std::vector<std::string>{"#1 < request /socket/websocket", "#1 > HTTP 101",
                                      "#1 < " + kHeartbeat, "#1 > " + kBeat, "#1 < disconnected"}));
}

TEST(ServerTest, CountsChannelsAndFrames) {
  ServerOptions options = Ready();
  options.threads = 2;
  Server server(std::move(options));
  const auto first = Joined(server);
  const auto second = Joined(server);
  ASSERT_TRUE(first->SendText(R"(["1","2","room:1","shout",{}])").ok());
  for (const auto& client : {first.get(), second.get()}) client->AwaitText();
  ASSERT_TRUE(second->SendText("{bad").ok());
  EXPECT_EQ(AwaitClose(*second), 1011);
  second->Disconnect();
  ASSERT_TRUE(server.AwaitConnections(1, kPatience));
  const ServerStats stats = server.stats();
  EXPECT_EQ(stats.channels, 1U);
  EXPECT_EQ(stats.frames_received, 4U);
  EXPECT_EQ(stats.frames_sent, 4U);
}

// Faults.

TEST(ServerFaultTest, RefusesTheUpgradeWithAnything) {
  Server server(Ready());
  server.QueueFaults({.refuse_upgrade = HttpAnswer{503, {{"retry-after", "7"}}, "busy"}});
  const auto refused = Connected(server);
  ASSERT_TRUE(refused->Send(test::UpgradeRequest(kWebSocketTarget)).ok());
  const std::optional<ServerEvent> answer = refused->Await(kPatience);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->data, "busy");
  EXPECT_EQ(answer->headers.front().second, "7");
  Open(server);  // the queue is empty: the next one is served
}

TEST(ServerFaultTest, NeverAnswersTheRequest) {
  Server server(Ready());
  server.QueueFaults({.ignore_request = true});
  const auto client = Connected(server);
  ASSERT_TRUE(client->Send(test::UpgradeRequest(kWebSocketTarget)).ok());
  ASSERT_TRUE(server.recorder().Await(Received::Kind::kRequest, kPatience).ok());
  Open(server);  // by the time that this is served, an answer to the first would have come
  EXPECT_EQ(client->Poll(), std::nullopt);
}

TEST(ServerFaultTest, DropsTheRequest) {
  Server server(Ready());
  server.QueueFaults({.drop_request = Drop::kFin});
  server.QueueFaults({.drop_request = Drop::kRst});
  const auto fin = Connected(server);
  ASSERT_TRUE(fin->Send(test::UpgradeRequest(kWebSocketTarget)).ok());
  EXPECT_TRUE(AwaitEnd(*fin));
  EXPECT_FALSE(fin->was_reset());
  const auto rst = Connected(server);
  ASSERT_TRUE(rst->Send(test::UpgradeRequest(kWebSocketTarget)).ok());
  EXPECT_TRUE(AwaitEnd(*rst));
  EXPECT_TRUE(rst->was_reset());
}

TEST(ServerFaultTest, ClosesOrDropsRightBehindTheUpgrade) {
  Server server(Ready());
  server.QueueFaults({.close_after_upgrade = wire::CloseInfo{1013, "try again"}});
  server.QueueFaults({.drop_after_upgrade = Drop::kFin});
  const auto closed = Open(server);
  EXPECT_EQ(AwaitClose(*closed), 1013);
  const auto dropped = Open(server);
  EXPECT_TRUE(AwaitEnd(*dropped));
}

TEST(ServerFaultTest, IgnoresHeartbeatsOfOpenConnections) {
  Server server(Ready());
  const auto client = Joined(server);
  server.SetFaults({.ignore_heartbeats = true});
  ASSERT_TRUE(server.Broadcast("room:1", "set", Json::object()).ok());
  client->AwaitText();  // behind the new faults
  ASSERT_TRUE(client->SendText(kHeartbeat).ok());
  EXPECT_EQ(client->Poll(), std::nullopt);
  server.SetFaults({});
  ASSERT_TRUE(server.Broadcast("room:1", "unset", Json::object()).ok());
  client->AwaitText();
  ASSERT_TRUE(client->SendText(kHeartbeat).ok());
  EXPECT_EQ(client->AwaitText(), kBeat);
}

TEST(ServerFaultTest, StopsReadingAndGoesOn) {
  Server server(Ready());
  const auto client = Joined(server);
  server.SetFaults({.stop_reading = true});
  ASSERT_TRUE(server.Broadcast("room:1", "set", Json::object()).ok());
  client->AwaitText();
  // One wait for input was under way when the fault came: what it finds is left alone.
  ASSERT_TRUE(client->SendText(kHeartbeat).ok());
  ASSERT_TRUE(server.Broadcast("room:1", "still writing", Json::object()).ok());
  EXPECT_EQ(client->AwaitText(), R"([null,null,"room:1","still writing",{}])");
  server.SetFaults({});
  EXPECT_EQ(client->AwaitText(), kBeat);
}

TEST(ServerFaultTest, NeverAnswersTheClientsClose) {
  Server server(Ready());
  server.QueueFaults({.ignore_close = true});
  const auto client = Joined(server);
  std::string close;
  wire::AppendClose(close, {1000, ""}, wire::MaskingKey{1, 2, 3, 4});
  ASSERT_TRUE(client->Send(close).ok());
  ASSERT_TRUE(server.recorder().Await(Received::Kind::kClose, kPatience).ok());
  ASSERT_TRUE(server.Broadcast("room:1", "still here", Json::object()).ok());
  EXPECT_EQ(client->AwaitText(), R"([null,null,"room:1","still here",{}])");
}

}  // namespace
}  // namespace phx::mock
