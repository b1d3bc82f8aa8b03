// Faults of connections, on the wire.
#include <chrono>
#include <string>

#include "client/net/tls_context.h"
#include "gtest/gtest.h"
#include "mockserver/faults.h"
#include "mockserver/ready_set.h"
#include "mockserver/server.h"
#include "mockserver/test_connection.h"
#include "testing/goldens/raw_client.h"
#include "testing/goldens/replay_target.h"
#include "testing/tls_certs.h"

namespace phx::mock {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::RawClient;
using test::ServerEvent;
using Clock = std::chrono::steady_clock;

constexpr seconds kPatience{10};
const std::string kHeartbeat = R"([null,"9","phoenix","heartbeat",{}])";
const std::string kBeat = R"([null,"9","phoenix","phx_reply",{"response":{},"status":"ok"}])";

class FaultServerTest : public ::testing::Test {
 protected:
  static ServerOptions Ready() {
    ServerOptions options;
    options.sockets = ReadySet();
    options.close_timeout = milliseconds(50);
    return options;
  }

  static ServerOptions ReadyOverTls() {
    ServerOptions options = Ready();
    options.tls = test::TlsCerts::Get().server().server_options();
    return options;
  }

  // How long `act` takes.
  template <typename Act>
  static Clock::duration Time(Act act) {
    const Clock::time_point begin = Clock::now();
    act();
    return Clock::now() - begin;
  }

  Server server_{Ready()};
};

TEST_F(FaultServerTest, AConnectionIsDroppedBeforeItsHandshake) {
  Server server(ReadyOverTls());
  const auto tls = *net::TlsContext::ForClient({.ca_pem = test::TlsCerts::Get().ca_pem()});
  for (const Drop how : {Drop::kFin, Drop::kRst}) {
    server.QueueFaults({.drop_on_accept = how});
    const auto silent = *RawClient::Connect(server.port());  // without TLS: sends nothing
    EXPECT_EQ(silent->Await(kPatience)->kind, ServerEvent::Kind::kTcpClose);
    EXPECT_EQ(silent->was_reset(), how == Drop::kRst);
    server.QueueFaults({.drop_on_accept = how});
    EXPECT_FALSE(RawClient::Connect(server.port(), &tls).ok());
  }
  EXPECT_TRUE(RawClient::Connect(server.port(), &tls).ok());
}

TEST_F(FaultServerTest, AHandshakeIsNotBegunBeforeItsTime) {
  server_.QueueFaults({.delay_handshake = milliseconds(60)});
  EXPECT_GE(Time([&] { Open(server_); }), milliseconds(60));
}

TEST_F(FaultServerTest, AnAnswerComesLate) {
  server_.QueueFaults({.delay_answer = milliseconds(60)});
  EXPECT_GE(Time([&] { Open(server_); }), milliseconds(60));
}

TEST_F(FaultServerTest, ATlsHandshakeIsNotBegunBeforeItsTime) {
  Server server(ReadyOverTls());
  const auto tls = *net::TlsContext::ForClient({.ca_pem = test::TlsCerts::Get().ca_pem()});
  server.QueueFaults({.delay_handshake = milliseconds(60)});
  EXPECT_GE(Time([&] { EXPECT_TRUE(RawClient::Connect(server.port(), &tls).ok()); }),
            milliseconds(60));
}

TEST_F(FaultServerTest, TheAnswerToAHandshakeComesAFewBytesAtATime) {
  server_.QueueFaults({.write_rate = 2000});  // 20 in 10 ms; the answer has more than 120
  EXPECT_GE(Time([&] { Open(server_); }), milliseconds(50));
}

TEST_F(FaultServerTest, ARequestIsReadAFewBytesAtATime) {
  server_.QueueFaults({.read_rate = 2000});  // the request has more than 120 bytes
  EXPECT_GE(Time([&] { Open(server_); }), milliseconds(50));
}

TEST_F(FaultServerTest, WhatIsNotWrittenComesWhenTheFaultEnds) {
  const auto client = Open(server_);
  server_.SetFaults({.stop_writing = true});
  ASSERT_TRUE(client->SendText(kHeartbeat).ok());
  ASSERT_TRUE(server_.recorder().AwaitFrame("phoenix", "heartbeat", kPatience).ok());
  server_.SetFaults({});
  EXPECT_EQ(client->AwaitText(), kBeat);
}

TEST_F(FaultServerTest, AServerThatWritesNothingStopsAllTheSame) {
  const auto client = Open(server_);
  server_.SetFaults({.stop_writing = true});
  server_.Stop();
  EXPECT_EQ(client->Await(kPatience)->kind, ServerEvent::Kind::kTcpClose);
}

TEST_F(FaultServerTest, ASlowWriterSendsAFewBytesAtATime) {
  const auto client = Open(server_);
  server_.SetFaults({.write_rate = 500});  // 5 in 10 ms
  ASSERT_TRUE(client->SendText(kHeartbeat).ok());
  EXPECT_GE(Time([&] { EXPECT_EQ(client->AwaitText(), kBeat); }), milliseconds(60));
}

TEST_F(FaultServerTest, ASlowReaderTakesAFewBytesAtATime) {
  const auto client = Open(server_);
  server_.SetFaults({.read_rate = 500});
  ASSERT_TRUE(server_.AwaitConnections(1, kPatience));
  ASSERT_TRUE(client->SendText(kHeartbeat).ok());
  EXPECT_GE(Time([&] { EXPECT_EQ(client->AwaitText(), kBeat); }), milliseconds(40));
}

TEST_F(FaultServerTest, AFrameFaultEndsTheConnectionByRst) {
  const auto client = Open(server_);
  Faults faults;
  faults.frames = {{.kind = FrameFault::Kind::kReset, .topic = "phoenix"}};
  server_.SetFaults(faults);
  ASSERT_TRUE(client->SendText(kHeartbeat).ok());
  EXPECT_EQ(client->Await(kPatience)->kind, ServerEvent::Kind::kTcpClose);
  EXPECT_TRUE(client->was_reset());
}

TEST_F(FaultServerTest, AFrameFaultClosesWithAnyCode) {
  const auto client = Open(server_);
  Faults faults;
  faults.frames = {{.kind = FrameFault::Kind::kClose, .close_code = 4321}};
  server_.SetFaults(faults);
  ASSERT_TRUE(client->SendText(kHeartbeat).ok());
  EXPECT_EQ(client->Await(kPatience)->close_code, 4321);
}

}  // namespace
}  // namespace phx::mock
