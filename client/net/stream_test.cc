#include "client/net/stream.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "boost/asio/error.hpp"
#include "boost/system/error_code.hpp"
#include "client/net/io_result.h"
#include "client/net/io_runner.h"
#include "client/net/stream_pair.h"
#include "client/net/tls_context.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/tls_certs.h"

namespace phx::net {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

enum class Security { kPlain, kTls };

// Everything that holds for plain streams and for TLS alike.
class StreamTest : public ::testing::TestWithParam<Security> {
 protected:
  StreamTest() : pair_(io_) {
    if (GetParam() == Security::kPlain) return;
    const test::TlsCerts& certs = test::TlsCerts::Get();
    const auto client = TlsContext::ForClient({.ca_pem = certs.ca_pem()});
    const auto server = TlsContext::ForServer(certs.server().server_options());
    const auto secured = pair_.Secure(client.value(), server.value());
    EXPECT_TRUE(secured.client.ok()) << secured.client;
    EXPECT_TRUE(secured.server.ok()) << secured.server;
  }

  Stream& client() { return pair_.client(); }
  Stream& server() { return pair_.server(); }

  IoResult TryRead(Stream& stream) { return stream.TryRead(buffer_); }

  // Reads until something other than bytes comes.
  IoResult ReadToEnd(Stream& stream) {
    for (;;) {
      IoResult result = TryRead(stream);
      if (result.outcome == IoOutcome::kEof || result.outcome == IoOutcome::kError) return result;
      if (result.outcome == IoOutcome::kDone) continue;
      WaitReadable(stream);
    }
  }

  void WaitReadable(Stream& stream) {
    bool is_ready = false;
    stream.AsyncWaitReadable([&is_ready](auto) { is_ready = true; });
    io_.RunUntil("the stream to be readable", [&is_ready] { return is_ready; });
  }

  // Writes until the system takes no more, and returns how much that was.
  static std::size_t Fill(Stream& stream) {
    const std::string chunk(100'000, 'f');
    std::size_t total = 0;
    for (;;) {
      const IoResult result = stream.TryWrite(chunk);
      if (result.outcome != IoOutcome::kDone) return total;
      total += result.bytes;
    }
  }

  test::IoRunner io_;
  test::StreamPair pair_;
  std::array<char, 1000> buffer_;
};

TEST_P(StreamTest, BytesGoBothWays) {
  EXPECT_EQ(pair_.Transfer(client(), server(), "there"), "there");
  EXPECT_EQ(pair_.Transfer(server(), client(), "back"), "back");
}

TEST_P(StreamTest, NothingToReadMeansWait) {
  EXPECT_EQ(TryRead(client()).outcome, IoOutcome::kWantRead);
}

TEST_P(StreamTest, LargeDataArrivesWhole) {
  std::string large(5'000'000, '\0');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * i >> 3);
  EXPECT_TRUE(pair_.Transfer(client(), server(), large) == large);
  EXPECT_TRUE(pair_.Transfer(server(), client(), large) == large);
}

// The rest of what TLS has decrypted never makes the socket readable again.
TEST_P(StreamTest, SmallBuffersLoseNothing) {
  const std::string text(3 * buffer_.size() + 1, 's');
  ASSERT_EQ(client().TryWrite(text).bytes, text.size());
  std::string received;
  while (received.size() < text.size()) {
    WaitReadable(server());
    const IoResult result = TryRead(server());
    if (result.outcome == IoOutcome::kDone) received.append(buffer_.data(), result.bytes);
  }
  EXPECT_EQ(received, text);
}

TEST_P(StreamTest, FullConnectionMeansWait) {
  EXPECT_GT(Fill(client()), 0);
  EXPECT_EQ(client().TryWrite(std::string(100'000, 'f')).outcome, IoOutcome::kWantWrite);
}

TEST_P(StreamTest, WritableAgainWhenThePeerHasRead) {
  const std::size_t filled = Fill(client());
  bool is_writable = false;
  client().AsyncWaitWritable([&is_writable](auto error) { is_writable = !error; });
  io_.RunReady();
  EXPECT_FALSE(is_writable);
  pair_.Read(server(), filled);
  io_.RunUntil("the stream to be writable", [&is_writable] { return is_writable; });
}

TEST_P(StreamTest, ReadingGoesOnWhileWritingIsBlocked) {
  Fill(client());
  ASSERT_EQ(client().TryWrite(std::string(100'000, 'f')).outcome, IoOutcome::kWantWrite);
  EXPECT_EQ(pair_.Transfer(server(), client(), "still"), "still");
}

TEST_P(StreamTest, ClosedPeerIsTheEnd) {
  server().ShutdownWrite();
  server().Close();
  EXPECT_EQ(ReadToEnd(client()).outcome, IoOutcome::kEof);
}

// Many servers do not take leave of TLS; what was missing, the WebSocket layer knows.
TEST_P(StreamTest, PeerThatGoesWithoutTakingLeaveIsTheEnd) {
  server().Close();
  EXPECT_EQ(ReadToEnd(client()).outcome, IoOutcome::kEof);
}

TEST_P(StreamTest, BytesBeforeTheEndAreReadFirst) {
  ASSERT_EQ(server().TryWrite("last").bytes, 4);
  server().ShutdownWrite();
  EXPECT_EQ(pair_.Read(client(), 100), "last");
  EXPECT_EQ(ReadToEnd(client()).outcome, IoOutcome::kEof);
}

TEST_P(StreamTest, OneDirectionMayEndBeforeTheOther) {
  client().ShutdownWrite();
  EXPECT_EQ(ReadToEnd(server()).outcome, IoOutcome::kEof);
  EXPECT_EQ(pair_.Transfer(server(), client(), "answer"), "answer");
}

TEST_P(StreamTest, ResetIsAnError) {
  server().Reset();
  const IoResult result = ReadToEnd(client());
  EXPECT_EQ(result.outcome, IoOutcome::kError);
  EXPECT_EQ(result.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(result.status.message()), HasSubstr("Connection reset by peer"));
}

// Without MSG_NOSIGNAL this would end the process.
TEST_P(StreamTest, WritingToAClosedPeerIsAnErrorAndNoSignal) {
  server().Reset();
  ASSERT_EQ(ReadToEnd(client()).outcome, IoOutcome::kError);
  const IoResult result = client().TryWrite("anybody there?");
  EXPECT_EQ(result.outcome, IoOutcome::kError);
  EXPECT_EQ(result.status.code(), absl::StatusCode::kUnavailable);
}

TEST_P(StreamTest, CloseEndsTheWaits) {
  std::optional<boost::system::error_code> readable;
  client().AsyncWaitReadable([&readable](auto error) { readable = error; });
  client().Close();
  EXPECT_FALSE(readable.has_value());  // never inline
  io_.RunReady();
  EXPECT_EQ(readable, boost::asio::error::operation_aborted);
  client().Close();
}

TEST_P(StreamTest, ClosedStreamDoesNothingMore) {
  client().Close();
  EXPECT_FALSE(client().is_open());
  EXPECT_EQ(TryRead(client()).status.code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(client().TryWrite("x").status.code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(client().TryHandshake().status.code(), absl::StatusCode::kCancelled);
  client().ShutdownWrite();
  EXPECT_EQ(client().remote_address(), "");
}

TEST_P(StreamTest, MovedStreamGoesOn) {
  Stream moved = std::move(client());
  EXPECT_EQ(pair_.Transfer(moved, server(), "there"), "there");
  EXPECT_EQ(pair_.Transfer(server(), moved, "back"), "back");
}

TEST_P(StreamTest, KnowsItsPeer) {
  EXPECT_THAT(client().remote_address(), StartsWith("127.0.0.1:"));
}

TEST_P(StreamTest, KnowsItsSecurity) {
  const bool is_tls = GetParam() == Security::kTls;
  EXPECT_EQ(client().is_tls(), is_tls);
  EXPECT_EQ(client().tls_version(), is_tls ? "TLSv1.3" : "");
  EXPECT_EQ(client().TryHandshake().outcome, IoOutcome::kDone);
}

// The fault is met by the read that brought the bytes, and must not be forgotten with it: the
// socket does not become readable for it again.
TEST_P(StreamTest, BytesBeforeAFaultAreReadFirst) {
  if (GetParam() == Security::kPlain) GTEST_SKIP() << "plain bytes are never wrong";
  ASSERT_EQ(server().TryWrite("good").bytes, 4);
  const std::string_view wrong = "this is no TLS record";
  ASSERT_EQ(send(server().socket().native_handle(), wrong.data(), wrong.size(), 0), wrong.size());
  WaitReadable(client());
  const IoResult good = TryRead(client());
  EXPECT_EQ(std::string_view(buffer_.data(), good.bytes), "good");
  WaitReadable(client());
  const IoResult bad = TryRead(client());
  EXPECT_EQ(bad.outcome, IoOutcome::kError);
  EXPECT_THAT(std::string(bad.status.message()), HasSubstr("TLS read: wrong version number"));
}

// What the peer sends right behind its last word of the handshake is read along with that, and the
// socket does not become readable for it again.
TEST(StreamTlsTest, BytesBehindTheHandshakeAreNoticed) {
  test::IoRunner io;
  test::StreamPair pair(io);
  const auto wait = [&io](Stream& stream) {
    bool is_ready = false;
    stream.AsyncWaitReadable([&is_ready](auto) { is_ready = true; });
    io.RunUntil("the stream to be readable", [&is_ready] { return is_ready; });
  };
  const auto client = TlsContext::ForClient({.verify_peer = false}).value();
  const auto server =
      TlsContext::ForServer(test::TlsCerts::Get().server().server_options()).value();
  ASSERT_TRUE(pair.client().StartTls(client, "localhost").ok());
  ASSERT_TRUE(pair.server().StartTls(server).ok());
  ASSERT_EQ(pair.client().TryHandshake().outcome, IoOutcome::kWantRead);
  wait(pair.server());
  ASSERT_EQ(pair.server().TryHandshake().outcome, IoOutcome::kWantRead);
  wait(pair.client());
  ASSERT_EQ(pair.client().TryHandshake().outcome, IoOutcome::kDone);
  ASSERT_EQ(pair.client().TryWrite("early").bytes, 5);
  wait(pair.server());
  ASSERT_EQ(pair.server().TryHandshake().outcome, IoOutcome::kDone);
  wait(pair.server());
  std::string buffer(100, '\0');
  EXPECT_EQ(pair.server().TryRead(buffer).bytes, 5);
}

INSTANTIATE_TEST_SUITE_P(Security, StreamTest, ::testing::Values(Security::kPlain, Security::kTls),
                         [](const auto& test) {
                           return test.param == Security::kTls ? "Tls" : "Plain";
                         });

}  // namespace
}  // namespace phx::net
