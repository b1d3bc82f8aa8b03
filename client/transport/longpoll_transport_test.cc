// The transport against a server that is played request by request. The rules of a session are
// tested in longpoll_core_test.cc.
#include "client/transport/longpoll_transport.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/net/io_runner.h"
#include "client/net/raw_server.h"
#include "client/net/tls_context.h"
#include "client/transport/http_peer.h"
#include "client/transport/test_client.h"
#include "client/transport/transport.h"
#include "client/wire/close_info.h"
#include "client/wire/connection_info.h"
#include "client/wire/frame.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/tls_certs.h"

namespace phx {
namespace {

using test::HttpPeer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using wire::Frame;
using wire::FrameType;

constexpr std::string_view kSession = R"({"messages":[],"status":410,"token":"T1"})";
constexpr std::string_view kTaken = R"({"status":200})";
constexpr std::string_view kGone = R"({"status":410})";

std::string Messages(std::string_view list, std::string_view token = "T1") {
  return absl::StrCat(R"({"messages":)", absl::string_view(list.data(), list.size()),
                      R"(,"status":200,"token":")", absl::string_view(token.data(), token.size()),
                      R"("})");
}

std::string Message(const TransportClosed& closed) { return std::string(closed.status.message()); }

class LongPollTransportTest : public ::testing::Test {
 protected:
  std::string Url(std::string_view query = "?vsn=2.0.0") {
    return absl::StrCat("ws://127.0.0.1:", server_.port(), "/socket/websocket",
                        absl::string_view(query.data(), query.size()));
  }

  void Make(LongPollOptions options) {
    client_.emplace(io_, MakeLongPollTransport(std::move(options)));
  }

  // The session is open, and the poll for its messages is under way.
  void Open(LongPollOptions options = {}) {
    Make(std::move(options));
    client_->Open(Url());
    poll_.emplace(server_.Accept());
    poll_->TakeRequest();
    poll_->Answer(kSession);
    client_->RunUntilOpen();
    poll_request_ = poll_->TakeRequest();
  }

  // Takes the first POST, on its own connection.
  HttpPeer::Request AcceptPost() {
    post_.emplace(server_.Accept());
    return post_->TakeRequest();
  }

  // Both ends were closed, and the transport has let go of everything.
  void ExpectNothingLeft() {
    io_.RunToEnd();
    EXPECT_TRUE(client_->IsTransportGone());
  }

  test::IoRunner io_;
  test::RawServer server_{io_};
  std::optional<test::TestClient> client_;
  std::optional<HttpPeer> poll_;
  std::optional<HttpPeer> post_;
  HttpPeer::Request poll_request_;
};

// --- opening

TEST_F(LongPollTransportTest, OpensAndSaysHow) {
  Make({});
  client_->Open(
      {.url = Url("?vsn=2.0.0&secret=s"), .headers = {{"X-Mine", "yes"}}, .auth_token = "auth"});
  poll_.emplace(server_.Accept());
  const HttpPeer::Request first = poll_->TakeRequest();
  EXPECT_EQ(first.line, "GET /socket/longpoll?vsn=2.0.0&secret=s HTTP/1.1");
  EXPECT_EQ(first.Header("X-Mine"), "yes");
  EXPECT_EQ(first.Header("X-Phoenix-AuthToken"), "auth");
  EXPECT_EQ(first.Header("X-Phoenix-Longpoll-Token"), "");
  poll_->Answer(kSession, "X-Theirs: well\r\n");
  client_->RunUntilOpen();
  const OpenInfo& info = client_->info();
  EXPECT_EQ(info.transport, "longpoll");
  EXPECT_EQ(info.response.status, 200);
  EXPECT_EQ(info.response.body, "");
  EXPECT_EQ(info.remote_address, absl::StrCat("127.0.0.1:", server_.port()));
  EXPECT_GT(info.timings.connect.count(), 0);
  EXPECT_GT(info.timings.upgrade.count(), 0);
  EXPECT_EQ(client_->stages().back().first, ConnectStage::kUpgrading);
  EXPECT_TRUE(client_->skip_heartbeat());
}

TEST_F(LongPollTransportTest, PollsOnTheSameConnectionWithTheToken) {
  Open();
  EXPECT_EQ(poll_request_.line, "GET /socket/longpoll?vsn=2.0.0 HTTP/1.1");
  EXPECT_EQ(poll_request_.Header("X-Phoenix-Longpoll-Token"), "T1");
}

TEST_F(LongPollTransportTest, ARefusalCarriesTheAnswer) {
  Make({});
  client_->Open(Url("?token=secret"));
  poll_.emplace(server_.Accept());
  poll_->TakeRequest();
  poll_->Refuse("429 Too Many Requests", "slow down");
  const TransportClosed& closed = client_->RunUntilClosed();
  EXPECT_EQ(closed.info.code, 1006);
  EXPECT_EQ(closed.response.status, 429);
  EXPECT_EQ(closed.response.body, "slow down");
  EXPECT_THAT(Message(closed), HasSubstr("connect to ws://127.0.0.1:"));
  EXPECT_THAT(Message(closed), HasSubstr("HTTP 429 Too Many Requests"));
  EXPECT_THAT(Message(closed), Not(HasSubstr("secret")));
}

TEST_F(LongPollTransportTest, NobodyListening) {
  std::optional<test::RawServer> gone(std::in_place, io_);
  const std::string url = absl::StrCat("ws://127.0.0.1:", gone->port(), "/socket");
  gone.reset();
  Make({});
  client_->Open(url);
  const TransportClosed& closed = client_->RunUntilClosed();
  EXPECT_EQ(closed.status.code(), absl::StatusCode::kUnavailable);
  ExpectNothingLeft();
}

TEST_F(LongPollTransportTest, ARequestThatCannotBeMadeIsToldLater) {
  Make({});
  client_->Open({.url = Url(), .headers = {{"Content-Type", "x"}}});
  const TransportClosed& closed = client_->RunUntilClosed();
  EXPECT_EQ(closed.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Message(closed), HasSubstr("belongs to long polling"));
}

TEST_F(LongPollTransportTest, CloseBeforeTheOpeningGivesUp) {
  Make({});
  client_->Open(Url());
  poll_.emplace(server_.Accept());
  poll_->TakeRequest();
  client_->Close();
  EXPECT_EQ(client_->RunUntilClosed().status.code(), absl::StatusCode::kCancelled);
  ExpectNothingLeft();
}

// --- frames

TEST_F(LongPollTransportTest, DeliversWhatThePollsBring) {
  Open();
  poll_->Answer(Messages(R"(["[1]","\u0002x"])"));
  EXPECT_THAT(client_->RunUntilFrames(2),
              ElementsAre(Frame{FrameType::kText, "[1]"}, Frame{FrameType::kBinary, "\x02x"}));
  poll_->TakeRequest();
  poll_->Answer(R"({"messages":[],"status":204,"token":"T1"})");
  poll_->TakeRequest();
  poll_->Answer(Messages(R"(["[3]"])"));
  EXPECT_EQ(client_->RunUntilFrames(3).back().data, "[3]");
}

TEST_F(LongPollTransportTest, PostsOnAConnectionOfItsOwnWhichIsKept) {
  Open();
  client_->Send("[1]");
  client_->Send("\xff", FrameType::kBinary);
  client_->Flush();
  EXPECT_GT(client_->buffered_amount(), 0U);
  const HttpPeer::Request first = AcceptPost();
  EXPECT_EQ(first.line, "POST /socket/longpoll?vsn=2.0.0 HTTP/1.1");
  EXPECT_EQ(first.Header("Content-Type"), "application/x-ndjson");
  EXPECT_EQ(first.Header("X-Phoenix-Longpoll-Token"), "T1");
  EXPECT_EQ(first.body, "[1]\n/w==");
  client_->SendNow("[2]");
  client_->SendNow("[3]");
  post_->Answer(kTaken);
  EXPECT_EQ(post_->TakeRequest().body, "[2]\n[3]");
  post_->Answer(kTaken);
  io_.RunUntil("all to be taken", [&] { return client_->buffered_amount() == 0; });
}

TEST_F(LongPollTransportTest, APayloadWithRawNewlinesArrivesInOnePiece) {
  Open();
  client_->SendNow("[\"1\",\"2\",\"t\",\"e\",{\n  \"a\": 1\n}]");
  const HttpPeer::Request post = AcceptPost();
  EXPECT_EQ(post.Header("Content-Type"), "application/json");
  EXPECT_EQ(post.body, "[\"1\",\"2\",\"t\",\"e\",{\n  \"a\": 1\n}]");
}

TEST_F(LongPollTransportTest, FramesMayBeSentFromWithinTheHandler) {
  Make({});
  client_->hooks().on_open = [&] { client_->SendNow("[\"join\"]"); };
  client_->hooks().on_frame = [&](const Frame& frame) { client_->SendNow(frame.data); };
  client_->Open(Url());
  poll_.emplace(server_.Accept());
  poll_->TakeRequest();
  poll_->Answer(kSession);
  EXPECT_EQ(AcceptPost().body, "[\"join\"]");
  poll_->TakeRequest();
  poll_->Answer(Messages(R"(["[1]","[2]"])"));
  client_->RunUntilFrames(2);
  post_->Answer(kTaken);
  EXPECT_EQ(post_->TakeRequest().body, "[1]\n[2]");
}

// A server that closes after each answer, as HTTP/1.0 does.
TEST_F(LongPollTransportTest, ConnectionsThatAreNotKeptAreMadeAnew) {
  Make({});
  client_->Open(Url());
  for (const std::string& answer : {std::string(kSession), Messages("[\"[1]\"]")}) {
    poll_.emplace(server_.Accept());
    poll_->TakeRequest();
    poll_->Answer(answer, "Connection: close\r\n");
  }
  poll_.emplace(server_.Accept());
  EXPECT_EQ(poll_->TakeRequest().Header("X-Phoenix-Longpoll-Token"), "T1");
  EXPECT_THAT(client_->RunUntilFrames(1), ElementsAre(Frame{FrameType::kText, "[1]"}));
}

// A POST on a connection that the server has just closed would be lost; it must not be repeated.
TEST_F(LongPollTransportTest, AConnectionThatEndedWhileIdleIsNotPostedOn) {
  Open();
  client_->SendNow("[1]");
  AcceptPost();
  post_->Answer(kTaken);
  io_.RunUntil("the POST to be taken", [&] { return client_->buffered_amount() == 0; });
  post_->connection().Close();
  io_.RunReady();
  client_->SendNow("[2]");
  EXPECT_EQ(AcceptPost().body, "[2]");
}

TEST_F(LongPollTransportTest, APollOnAConnectionThatEndsWithoutAnAnswerIsRepeated) {
  Open();
  poll_->connection().Close();
  poll_.emplace(server_.Accept());
  EXPECT_EQ(poll_->TakeRequest().Header("X-Phoenix-Longpoll-Token"), "T1");
  poll_->Answer(Messages(R"(["[1]"])"));
  EXPECT_THAT(client_->RunUntilFrames(1), ElementsAre(Frame{FrameType::kText, "[1]"}));
}

TEST_F(LongPollTransportTest, APollIsRepeatedOnceOnly) {
  Open();
  poll_->connection().Close();
  poll_.emplace(server_.Accept());
  poll_->TakeRequest();
  poll_->connection().Close();
  const TransportClosed& closed = client_->RunUntilClosed();
  EXPECT_EQ(closed.info.code, 1006);
  EXPECT_EQ(closed.status.code(), absl::StatusCode::kUnavailable);
}

TEST_F(LongPollTransportTest, APostIsNeverRepeated) {
  Open();
  client_->SendNow("[1]");
  AcceptPost();
  post_->connection().Close();
  EXPECT_EQ(client_->RunUntilClosed().info.code, 1006);
}

// --- servers of all ages

TEST_F(LongPollTransportTest, AnOldServerGetsTheTokenInTheQueryAndTheRefusedPostAgain) {
  Open();
  client_->SendNow("[\"join\"]");
  AcceptPost();
  post_->Answer(kGone);
  poll_->Answer(R"({"messages":[],"status":410,"token":"T2"})");
  EXPECT_EQ(poll_->TakeRequest().line, "GET /socket/longpoll?vsn=2.0.0&token=T2 HTTP/1.1");
  const HttpPeer::Request again = post_->TakeRequest();
  EXPECT_EQ(again.line, "POST /socket/longpoll?vsn=2.0.0&token=T2 HTTP/1.1");
  EXPECT_EQ(again.body, "[\"join\"]");
  EXPECT_FALSE(client_->is_closed());
}

TEST_F(LongPollTransportTest, AnAnswerOverTheLimitEndsTheConnection) {
  Open({.max_answer_size = 1000});
  poll_->Answer(Messages("[\"[" + std::string(1000, '1') + "]\"]"));
  const TransportClosed& closed = client_->RunUntilClosed();
  EXPECT_EQ(closed.status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(client_->frames(), IsEmpty());
}

TEST_F(LongPollTransportTest, ASilentServerTimesOut) {
  Open({.poll_timeout = std::chrono::milliseconds(1)});
  const TransportClosed& closed = client_->RunUntilClosed();
  EXPECT_EQ(closed.info, (wire::CloseInfo{1005, "timeout"}));
  EXPECT_THAT(Message(closed), HasSubstr("connection to ws://127.0.0.1:"));
  EXPECT_TRUE(poll_->connection().WaitForEof());
  ExpectNothingLeft();
}

TEST_F(LongPollTransportTest, ASwallowedPostTimesOut) {
  Open({.post_timeout = std::chrono::milliseconds(1)});
  client_->SendNow("[1]");
  EXPECT_THAT(Message(client_->RunUntilClosed()), HasSubstr("the POST was not answered"));
}

// --- closing

TEST_F(LongPollTransportTest, CloseAbortsThePollAndReportsACleanEnd) {
  Open();
  client_->Close({1000, "bye"});
  const TransportClosed& closed = client_->RunUntilClosed();
  EXPECT_EQ(closed.info, (wire::CloseInfo{1000, "bye"}));
  EXPECT_TRUE(closed.was_clean);
  EXPECT_TRUE(closed.status.ok());
  EXPECT_TRUE(poll_->connection().WaitForEof());
  ExpectNothingLeft();
}

TEST_F(LongPollTransportTest, CloseWaitsForWhatWasSent) {
  Open();
  client_->SendNow("[1]");
  client_->Send("[2]");
  client_->Close();
  EXPECT_EQ(AcceptPost().body, "[1]");
  EXPECT_FALSE(client_->is_closed());
  post_->Answer(kTaken);
  EXPECT_EQ(post_->TakeRequest().body, "[2]");
  post_->Answer(kTaken);
  EXPECT_TRUE(client_->RunUntilClosed().was_clean);
  ExpectNothingLeft();
}

// The socket flushes all its transports at the end of each turn.
TEST_F(LongPollTransportTest, FlushAfterCloseDoesNotCallTheHandler) {
  Open();
  client_->Close();
  client_->Flush();  // the client checks that nothing is called from inside
  client_->RunUntilClosed();
}

TEST_F(LongPollTransportTest, APollUnderWayDeliversNothingAfterAbandon) {
  Open();
  client_->SendNow("[1]");
  AcceptPost();
  client_->Abandon();
  poll_->Answer(Messages(R"(["[1]"])"));
  ExpectNothingLeft();
  EXPECT_THAT(client_->frames(), IsEmpty());
}

TEST_F(LongPollTransportTest, AHandlerMayAbandonInTheMiddleOfAPoll) {
  Open();
  client_->hooks().on_frame = [&](const Frame&) { client_->Abandon(); };
  poll_->Answer(Messages(R"(["[1]","[2]"])"));
  client_->RunUntilFrames(1);
  ExpectNothingLeft();
  EXPECT_EQ(client_->frames().size(), 1U);
}

TEST_F(LongPollTransportTest, AHandlerMayCloseInTheMiddleOfAPoll) {
  Open();
  client_->hooks().on_frame = [&](const Frame&) { client_->Close(); };
  poll_->Answer(Messages(R"(["[1]"])"));
  EXPECT_TRUE(client_->RunUntilClosed().was_clean);
  ExpectNothingLeft();
}

// --- https

class LongPollTlsTest : public ::testing::Test {
 protected:
  test::IoRunner io_;
  test::RawServer server_{io_};
};

TEST_F(LongPollTlsTest, SpeaksHttps) {
  const test::TlsCerts& certs = test::TlsCerts::Get();
  const auto context = net::TlsContext::ForServer(certs.server().server_options());
  ASSERT_TRUE(context.ok()) << context.status();
  test::TestClient client(io_, MakeLongPollTransport({.tls = {.ca_pem = certs.ca_pem()}}));
  client.Open(absl::StrCat("https://localhost:", server_.port(), "/socket"));
  auto accepted = server_.AcceptTls(*context);
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  HttpPeer peer(*accepted);
  EXPECT_EQ(peer.TakeRequest().line, "GET /socket/longpoll HTTP/1.1");
  peer.Answer(kSession);
  client.RunUntilOpen();
  peer.TakeRequest();
  peer.Answer(Messages(R"(["[1]"])"));
  EXPECT_THAT(client.RunUntilFrames(1), ElementsAre(Frame{FrameType::kText, "[1]"}));
}

}  // namespace
}  // namespace phx
