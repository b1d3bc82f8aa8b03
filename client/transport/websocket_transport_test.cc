// An open connection: frames, pings, closing, failing. How it comes to be open:
// websocket_dial_test.cc and websocket_transport_tls_test.cc.
#include "client/transport/websocket_transport.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/net/io_runner.h"
#include "client/net/raw_server.h"
#include "client/transport/deflate_options.h"
#include "client/transport/test_client.h"
#include "client/transport/transport.h"
#include "client/transport/websocket_peer.h"
#include "client/wire/close_info.h"
#include "client/wire/connection_info.h"
#include "client/wire/frame.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx {
namespace {

using test::WebSocketPeer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using wire::CloseInfo;
using wire::Frame;
using wire::FrameType;

Frame Text(std::string data) { return {FrameType::kText, std::move(data)}; }
Frame Binary(std::string data) { return {FrameType::kBinary, std::move(data)}; }

std::string Message(const absl::Status& status) { return std::string(status.message()); }

class WebSocketTransportTest : public ::testing::Test {
 protected:
  explicit WebSocketTransportTest(WebSocketOptions options = {})
      : server_(io_), url_(absl::StrCat("ws://127.0.0.1:", server_.port(), "/socket")) {
    client_.emplace(io_, std::move(options));
  }

  // A client and a server, connected.
  void Connect() {
    client_->Open(url_);
    peer_.emplace(server_.Accept());
    peer_->Upgrade();
    client_->RunUntilOpen();
  }

  // Both ends were closed, and the transport has let go of everything.
  void ExpectNothingLeft() {
    peer_->connection().Close();
    io_.RunToEnd();
    EXPECT_TRUE(client_->IsTransportGone());
  }

  // Makes the client's writes block: the peer does not read, and the buffers between are full.
  // Returns what the client has sent.
  std::vector<std::string> BlockWrites() {
    peer_->connection().PauseReading();
    std::vector<std::string> sent;
    while (client_->buffered_amount() == 0) {
      sent.push_back(absl::StrCat("message ", sent.size(), std::string(100'000, '.')));
      client_->SendNow(sent.back());
    }
    return sent;
  }

  test::IoRunner io_;
  test::RawServer server_;
  const std::string url_;
  std::optional<test::TestClient> client_;
  std::optional<WebSocketPeer> peer_;
};

// Frames.

TEST_F(WebSocketTransportTest, DeliversWhatThePeerSends) {
  Connect();
  peer_->connection().Send(WebSocketPeer::FrameBytes(WebSocketPeer::kText, "one") +
                           WebSocketPeer::FrameBytes(WebSocketPeer::kBinary, "\xff") +
                           WebSocketPeer::FrameBytes(WebSocketPeer::kText, ""));
  EXPECT_THAT(client_->RunUntilFrames(3), ElementsAre(Text("one"), Binary("\xff"), Text("")));
}

TEST_F(WebSocketTransportTest, DeliversFramesThatComeByteByByte) {
  Connect();
  const std::string bytes = WebSocketPeer::FrameBytes(WebSocketPeer::kText, "slow") +
                            WebSocketPeer::FrameBytes(WebSocketPeer::kText, std::string(200, 's'));
  for (const char& byte : bytes) {
    peer_->connection().Send({&byte, 1});
    io_.RunReady();
  }
  EXPECT_THAT(client_->RunUntilFrames(2), ElementsAre(Text("slow"), Text(std::string(200, 's'))));
}

TEST_F(WebSocketTransportTest, AssemblesFragmentsAroundAPing) {
  Connect();
  peer_->Send(WebSocketPeer::kText, "frag", false);
  peer_->Send(WebSocketPeer::kPing, "now");
  peer_->Send(WebSocketPeer::kContinuation, "ment");
  EXPECT_EQ(peer_->TakeFrame(), (WebSocketPeer::Frame{WebSocketPeer::kPong, true, "now"}));
  EXPECT_THAT(client_->RunUntilFrames(1), ElementsAre(Text("fragment")));
}

TEST_F(WebSocketTransportTest, SendsMaskedFramesInOrder) {
  Connect();
  client_->Send("one");
  client_->Send("\xff", FrameType::kBinary);
  client_->Send("");
  client_->Flush();
  EXPECT_EQ(peer_->TakeFrame(), (WebSocketPeer::Frame{WebSocketPeer::kText, true, "one"}));
  EXPECT_EQ(peer_->TakeFrame(), (WebSocketPeer::Frame{WebSocketPeer::kBinary, true, "\xff"}));
  EXPECT_EQ(peer_->TakeFrame(), (WebSocketPeer::Frame{WebSocketPeer::kText, true, ""}));
}

TEST_F(WebSocketTransportTest, BufferedAmountIsWhatTheSystemHasNotTaken) {
  Connect();
  EXPECT_EQ(client_->buffered_amount(), 0);
  client_->Send("12345");
  client_->Send("67890");
  EXPECT_EQ(client_->buffered_amount(), 2 * (2 + 4 + 5));
  client_->Flush();
  EXPECT_EQ(client_->buffered_amount(), 0);
}

TEST_F(WebSocketTransportTest, FramesThatAreReadTogetherAreABatch) {
  Connect();
  peer_->connection().Send(WebSocketPeer::FrameBytes(WebSocketPeer::kText, "one") +
                           WebSocketPeer::FrameBytes(WebSocketPeer::kText, "two"));
  client_->RunUntilFrames(2);
  EXPECT_EQ(client_->last_batch(), 2);
  EXPECT_FALSE(client_->is_in_batch());
}

TEST_F(WebSocketTransportTest, ABatchInWhichTheTransportIsAbandonedHasNoEnd) {
  Connect();
  client_->hooks().on_frame = [&](const Frame&) { client_->Abandon(); };
  peer_->connection().Send(WebSocketPeer::FrameBytes(WebSocketPeer::kText, "one") +
                           WebSocketPeer::FrameBytes(WebSocketPeer::kText, "two"));
  client_->RunUntilFrames(1);
  io_.RunReady();
  EXPECT_THAT(client_->frames(), ElementsAre(Text("one")));
  EXPECT_TRUE(client_->is_in_batch());
  ExpectNothingLeft();
}

TEST_F(WebSocketTransportTest, WhatIsSentWithinABatchLeavesWhenItIsHandled) {
  Connect();
  std::vector<std::size_t> buffered;
  client_->hooks().on_frame = [&](const Frame& frame) {
    client_->SendNow("re " + frame.data);
    buffered.push_back(client_->buffered_amount());
  };
  peer_->connection().Send(WebSocketPeer::FrameBytes(WebSocketPeer::kText, "a") +
                           WebSocketPeer::FrameBytes(WebSocketPeer::kText, "b") +
                           WebSocketPeer::FrameBytes(WebSocketPeer::kText, "c"));
  EXPECT_EQ(peer_->TakeText(), "re a");
  EXPECT_EQ(peer_->TakeText(), "re b");
  EXPECT_EQ(peer_->TakeText(), "re c");
  EXPECT_THAT(buffered, ElementsAre(10, 20, 30));
}

TEST_F(WebSocketTransportTest, FramesBehindTheAnswerAreDelivered) {
  client_->Open(url_);
  peer_.emplace(server_.Accept());
  peer_->connection().Send(WebSocketPeer::AnswerTo(peer_->TakeRequest()) +
                           WebSocketPeer::FrameBytes(WebSocketPeer::kText, "first") +
                           WebSocketPeer::FrameBytes(WebSocketPeer::kText, "cut").substr(0, 3));
  EXPECT_THAT(client_->RunUntilFrames(1), ElementsAre(Text("first")));
  peer_->connection().Send("ut");
  EXPECT_THAT(client_->RunUntilFrames(2), ElementsAre(Text("first"), Text("cut")));
}

TEST_F(WebSocketTransportTest, SendsFromInsideTheOpeningComeFirst) {
  client_->hooks().on_open = [&] { client_->SendNow("at once"); };
  client_->Open(url_);
  peer_.emplace(server_.Accept());
  peer_->Upgrade();
  EXPECT_EQ(peer_->TakeText(), "at once");
}

TEST_F(WebSocketTransportTest, SendsBeforeTheOpeningAreIgnored) {
  client_->Send("too early");
  client_->Open(url_);
  client_->SendNow("too early");
  EXPECT_EQ(client_->buffered_amount(), 0);
  peer_.emplace(server_.Accept());
  peer_->Upgrade();
  client_->RunUntilOpen();
  client_->SendNow("in time");
  EXPECT_EQ(peer_->TakeText(), "in time");
}

TEST_F(WebSocketTransportTest, LargeMessagesGoBothWays) {
  Connect();
  std::string large;
  large.resize(10'000'000);
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>('a' + i * i % 26);
  client_->SendNow(large);
  EXPECT_GT(client_->buffered_amount(), 0);
  EXPECT_TRUE(peer_->TakeText() == large);
  EXPECT_EQ(client_->buffered_amount(), 0);
  peer_->Send(WebSocketPeer::kText, large);
  EXPECT_TRUE(client_->RunUntilFrames(1).front().data == large);
}

TEST_F(WebSocketTransportTest, ReadingGoesOnWhileWritingIsBlocked) {
  Connect();
  const std::vector<std::string> sent = BlockWrites();
  peer_->Send(WebSocketPeer::kText, "are you there?");
  EXPECT_THAT(client_->RunUntilFrames(1), ElementsAre(Text("are you there?")));
  peer_->connection().ResumeReading();
  for (const std::string& text : sent) EXPECT_TRUE(peer_->TakeText() == text);
  EXPECT_EQ(client_->buffered_amount(), 0);
}

// Pings: RFC 6455 5.5.2.

TEST_F(WebSocketTransportTest, AnswersPings) {
  Connect();
  peer_->Send(WebSocketPeer::kPing, "");
  peer_->Send(WebSocketPeer::kPing, "again");
  EXPECT_EQ(peer_->TakeFrame(), (WebSocketPeer::Frame{WebSocketPeer::kPong, true, ""}));
  EXPECT_EQ(peer_->TakeFrame(), (WebSocketPeer::Frame{WebSocketPeer::kPong, true, "again"}));
}

TEST_F(WebSocketTransportTest, IgnoresPongs) {
  Connect();
  peer_->Send(WebSocketPeer::kPong, "unasked");
  peer_->Send(WebSocketPeer::kText, "next");
  EXPECT_THAT(client_->RunUntilFrames(1), ElementsAre(Text("next")));
}

// A peer that pings and does not read must not fill our memory.
TEST_F(WebSocketTransportTest, OnlyTheLastPingIsAnsweredWhileWritingIsBlocked) {
  Connect();
  const std::vector<std::string> sent = BlockWrites();
  const std::size_t buffered = client_->buffered_amount();
  for (int i = 0; i < 100; ++i) peer_->Send(WebSocketPeer::kPing, absl::StrCat("ping ", i));
  peer_->Send(WebSocketPeer::kText, "behind the pings");
  client_->RunUntilFrames(1);
  EXPECT_LE(client_->buffered_amount(), buffered);
  peer_->connection().ResumeReading();
  for (const std::string& text : sent) EXPECT_TRUE(peer_->TakeText() == text);
  EXPECT_EQ(peer_->TakeFrame(), (WebSocketPeer::Frame{WebSocketPeer::kPong, true, "ping 99"}));
}

// Closing: RFC 6455 5.5.1 and 7.1.

TEST_F(WebSocketTransportTest, ClosesWhenAsked) {
  Connect();
  client_->SendNow("last words");
  client_->Close({4001, "enough"});
  EXPECT_EQ(peer_->TakeText(), "last words");
  EXPECT_EQ(peer_->TakeClose(), "4001 enough");
  EXPECT_FALSE(client_->is_closed());
  peer_->connection().Send(WebSocketPeer::CloseBytes(4001));
  const TransportClosed& closed = client_->RunUntilClosed();
  EXPECT_EQ(closed.info, (CloseInfo{4001, ""}));
  EXPECT_TRUE(closed.was_clean);
  EXPECT_TRUE(closed.status.ok()) << closed.status;
  EXPECT_TRUE(peer_->connection().WaitForEof());
  ExpectNothingLeft();
}

TEST_F(WebSocketTransportTest, CloseFlushesWhatWasSent) {
  Connect();
  client_->Send("not flushed");
  client_->Close();
  EXPECT_EQ(peer_->TakeText(), "not flushed");
  EXPECT_EQ(peer_->TakeClose(), "1000 ");
}

TEST_F(WebSocketTransportTest, SendsAfterCloseAreIgnored) {
  Connect();
  client_->Close();
  client_->SendNow("too late");
  client_->Close({4000, "once more"});
  EXPECT_EQ(peer_->TakeClose(), "1000 ");
  peer_->connection().Send(WebSocketPeer::CloseBytes(1000));
  client_->RunUntilClosed();
  EXPECT_TRUE(peer_->connection().WaitForEof());
  EXPECT_EQ(peer_->connection().received(), "");
}

TEST_F(WebSocketTransportTest, FramesAfterCloseAreDropped) {
  Connect();
  client_->Close();
  peer_->Send(WebSocketPeer::kText, "too late");
  peer_->Send(WebSocketPeer::kPing, "too late");
  peer_->connection().Send(WebSocketPeer::CloseBytes(1000, "bye"));
  EXPECT_EQ(client_->RunUntilClosed().info, (CloseInfo{1000, "bye"}));
  EXPECT_THAT(client_->frames(), IsEmpty());
}

TEST_F(WebSocketTransportTest, AnswersThePeersClose) {
  Connect();
  peer_->Send(WebSocketPeer::kText, "last words");
  peer_->connection().Send(WebSocketPeer::CloseBytes(1012, "restart"));
  const TransportClosed& closed = client_->RunUntilClosed();
  EXPECT_EQ(closed.info, (CloseInfo{1012, "restart"}));
  EXPECT_TRUE(closed.was_clean);
  EXPECT_TRUE(closed.status.ok()) << closed.status;
  EXPECT_THAT(client_->frames(), ElementsAre(Text("last words")));
  EXPECT_EQ(peer_->TakeClose(), "1012 ");
  EXPECT_TRUE(peer_->connection().WaitForEof());
  ExpectNothingLeft();
}

TEST_F(WebSocketTransportTest, AnswersAnEmptyCloseWithAnEmptyOne) {
  Connect();
  peer_->Send(WebSocketPeer::kClose, "");
  const TransportClosed& closed = client_->RunUntilClosed();
  EXPECT_EQ(closed.info, (CloseInfo{1005, ""}));
  EXPECT_TRUE(closed.was_clean);
  EXPECT_EQ(peer_->TakeClose(), "");
}

TEST_F(WebSocketTransportTest, CloseFramesMayCross) {
  Connect();
  peer_->connection().Send(WebSocketPeer::CloseBytes(1001));
  client_->Close({4000, ""});
  EXPECT_EQ(client_->RunUntilClosed().info, (CloseInfo{1001, ""}));
  EXPECT_TRUE(client_->RunUntilClosed().was_clean);
  EXPECT_EQ(peer_->TakeClose(), "4000 ");
  EXPECT_TRUE(peer_->connection().WaitForEof());
  EXPECT_EQ(peer_->connection().received(), "");
}

TEST_F(WebSocketTransportTest, CloseThatIsNotAnsweredIsNotClean) {
  Connect();
  client_->Close();
  EXPECT_EQ(peer_->TakeClose(), "1000 ");
  peer_->connection().Close();
  const TransportClosed& closed = client_->RunUntilClosed();
  EXPECT_EQ(closed.info.code, 1006);
  EXPECT_FALSE(closed.was_clean);
  EXPECT_EQ(closed.status.code(), absl::StatusCode::kUnavailable);
}

TEST_F(WebSocketTransportTest, CloseWaitsForBlockedWrites) {
  Connect();
  const std::vector<std::string> sent = BlockWrites();
  client_->Close({4001, "behind all"});
  peer_->connection().ResumeReading();
  for (const std::string& text : sent) EXPECT_TRUE(peer_->TakeText() == text);
  EXPECT_EQ(peer_->TakeClose(), "4001 behind all");
}

TEST_F(WebSocketTransportTest, PeersCloseIsAnsweredBehindBlockedWrites) {
  Connect();
  const std::vector<std::string> sent = BlockWrites();
  peer_->connection().Send(WebSocketPeer::CloseBytes(1001));
  io_.RunReady();
  EXPECT_FALSE(client_->is_closed());
  peer_->connection().ResumeReading();
  for (const std::string& text : sent) EXPECT_TRUE(peer_->TakeText() == text);
  EXPECT_EQ(peer_->TakeClose(), "1001 ");
  EXPECT_TRUE(client_->RunUntilClosed().was_clean);
}

TEST_F(WebSocketTransportTest, PeersCloseThatCannotBeAnsweredIsNotClean) {
  Connect();
  BlockWrites();
  peer_->connection().Send(WebSocketPeer::CloseBytes(1001, "going"));
  io_.RunReady();
  peer_->connection().Reset();
  const TransportClosed& closed = client_->RunUntilClosed();
  EXPECT_EQ(closed.info, (CloseInfo{1001, "going"}));
  EXPECT_FALSE(closed.was_clean);
}

// The peer's last frames are in the receive buffer when writing fails.
TEST_F(WebSocketTransportTest, LastWordsAreHeardWhenWritingFails) {
  Connect();
  peer_->Send(WebSocketPeer::kText, "last words");
  peer_->connection().Send(WebSocketPeer::CloseBytes(1001, "going"));
  peer_->connection().Close();
  while (!client_->is_closed()) {
    client_->SendNow(std::string(10'000, 'x'));
    io_.RunReady();
  }
  EXPECT_EQ(client_->RunUntilClosed().info, (CloseInfo{1001, "going"}));
  EXPECT_THAT(client_->frames(), ElementsAre(Text("last words")));
}

// A peer that keeps its TCP connection open after the close frames.
class ImpatientTransportTest : public WebSocketTransportTest {
 protected:
  ImpatientTransportTest() : WebSocketTransportTest({.linger = std::chrono::milliseconds(1)}) {}
};

TEST_F(ImpatientTransportTest, DoesNotLingerForEver) {
  Connect();
  peer_->connection().Send(WebSocketPeer::CloseBytes(1000));
  client_->RunUntilClosed();
  EXPECT_TRUE(peer_->connection().WaitForEof());
  io_.RunToEnd();
  EXPECT_TRUE(client_->IsTransportGone());
}

// Failing.

TEST_F(WebSocketTransportTest, EndWithoutACloseFrameIsAbnormal) {
  Connect();
  peer_->connection().Close();
  const TransportClosed& closed = client_->RunUntilClosed();
  EXPECT_EQ(closed.info, (CloseInfo{1006, ""}));
  EXPECT_FALSE(closed.was_clean);
  EXPECT_EQ(closed.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Message(closed.status),
            "connection to " + url_ + ": the server closed it without a close frame");
}

TEST_F(WebSocketTransportTest, EndInsideAFrameIsAbnormal) {
  Connect();
  peer_->connection().Send(WebSocketPeer::FrameBytes(WebSocketPeer::kText, "cut").substr(0, 3));
  peer_->connection().ShutdownWrite();
  EXPECT_EQ(client_->RunUntilClosed().info.code, 1006);
  EXPECT_THAT(client_->frames(), IsEmpty());
}

TEST_F(WebSocketTransportTest, ResetIsNamed) {
  Connect();
  peer_->connection().Reset();
  const TransportClosed& closed = client_->RunUntilClosed();
  EXPECT_EQ(closed.info.code, 1006);
  EXPECT_EQ(Message(closed.status), "connection to " + url_ + ": read: Connection reset by peer");
}

TEST_F(WebSocketTransportTest, FramesBeforeTheEndAreDelivered) {
  Connect();
  peer_->Send(WebSocketPeer::kText, "last words");
  peer_->connection().Close();
  client_->RunUntilClosed();
  EXPECT_THAT(client_->frames(), ElementsAre(Text("last words")));
}

TEST_F(WebSocketTransportTest, ProtocolErrorIsToldToThePeer) {
  Connect();
  peer_->Send(WebSocketPeer::kText, "fine");
  peer_->Send(3, "reserved");
  const TransportClosed& closed = client_->RunUntilClosed();
  EXPECT_EQ(closed.info, (CloseInfo{1006, ""}));
  EXPECT_FALSE(closed.was_clean);
  EXPECT_EQ(closed.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Message(closed.status),
            "connection to " + url_ +
                ": protocol error (1002): reserved frame at byte 6: reserved opcode 3");
  EXPECT_THAT(client_->frames(), ElementsAre(Text("fine")));
  EXPECT_THAT(peer_->TakeClose(), HasSubstr("1002 "));
  EXPECT_TRUE(peer_->connection().WaitForEof());
  ExpectNothingLeft();
}

TEST_F(WebSocketTransportTest, TextThatIsNotUtf8IsToldToThePeer) {
  Connect();
  peer_->Send(WebSocketPeer::kText, "\xff");
  EXPECT_THAT(Message(client_->RunUntilClosed().status), HasSubstr("text is not UTF-8"));
  EXPECT_THAT(peer_->TakeClose(), HasSubstr("1007 "));
}

TEST_F(WebSocketTransportTest, ProtocolErrorAfterOurCloseNeedsNoSecondOne) {
  Connect();
  client_->Close();
  peer_->Send(3, "reserved");
  EXPECT_EQ(client_->RunUntilClosed().info.code, 1006);
  EXPECT_EQ(peer_->TakeClose(), "1000 ");
  EXPECT_TRUE(peer_->connection().WaitForEof());
  EXPECT_EQ(peer_->connection().received(), "");
}

class LimitedTransportTest : public WebSocketTransportTest {
 protected:
  LimitedTransportTest() : WebSocketTransportTest({.max_message_size = 1000}) {}
};

TEST_F(LimitedTransportTest, MessageOverTheLimitIsToldToThePeer) {
  Connect();
  peer_->Send(WebSocketPeer::kText, std::string(1000, 'x'));
  peer_->Send(WebSocketPeer::kText, std::string(1'000'000, 'x'));
  const TransportClosed& closed = client_->RunUntilClosed();
  EXPECT_EQ(closed.info.code, 1006);
  EXPECT_EQ(closed.status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(Message(closed.status),
              HasSubstr("message of 1000000 bytes exceeds the limit of 1000"));
  EXPECT_EQ(client_->frames().size(), 1);
  EXPECT_THAT(peer_->TakeClose(), HasSubstr("1009 "));  // although a megabyte was on its way
}

// Reading slowly. At one byte a second a message takes longer than any test.

class PacedTransportTest : public WebSocketTransportTest {
 protected:
  explicit PacedTransportTest(std::size_t rate = 1)
      : WebSocketTransportTest({.max_read_rate = rate}) {}
};

TEST_F(PacedTransportTest, WhatComesFasterThanItIsReadWaits) {
  Connect();
  peer_->Send(WebSocketPeer::kText, std::string(1000, 'x'));
  io_.RunReady();
  EXPECT_THAT(client_->frames(), IsEmpty());
  EXPECT_FALSE(client_->is_closed());
}

TEST_F(PacedTransportTest, ClosingIsNotSlowedDown) {
  Connect();
  peer_->Send(WebSocketPeer::kText, std::string(1000, 'x'));
  io_.RunReady();
  client_->Close({1000, ""});
  EXPECT_EQ(peer_->TakeClose(), "1000 ");
  peer_->connection().Send(WebSocketPeer::CloseBytes(1000));
  EXPECT_TRUE(client_->RunUntilClosed().was_clean);
  ExpectNothingLeft();
}

TEST_F(PacedTransportTest, AbandonedItWaitsForNothing) {
  Connect();
  peer_->Send(WebSocketPeer::kText, std::string(1000, 'x'));
  io_.RunReady();
  client_->Abandon();
  ExpectNothingLeft();
}

class FastPacedTransportTest : public PacedTransportTest {
 protected:
  FastPacedTransportTest() : PacedTransportTest(std::size_t{100} << 20) {}
};

TEST_F(FastPacedTransportTest, EverythingArrivesInItsTime) {
  Connect();
  const std::string text(1'000'000, 'x');
  for (int i = 0; i < 3; ++i) peer_->Send(WebSocketPeer::kText, text);
  EXPECT_EQ(client_->RunUntilFrames(3).back().data, text);
}

// Abandoning: at any moment, and from inside any callback.

TEST_F(WebSocketTransportTest, AbandonedConnectionIsGone) {
  Connect();
  client_->Abandon();
  EXPECT_TRUE(peer_->connection().WaitForEof());
  ExpectNothingLeft();
}

TEST_F(WebSocketTransportTest, AbandonEndsAWaitForTheAnswerToOurClose) {
  Connect();
  client_->Close();
  EXPECT_EQ(peer_->TakeClose(), "1000 ");
  client_->Abandon();
  EXPECT_TRUE(peer_->connection().WaitForEof());
  ExpectNothingLeft();
}

TEST_F(WebSocketTransportTest, AbandonDropsBlockedWrites) {
  Connect();
  BlockWrites();
  client_->Abandon();
  EXPECT_EQ(client_->buffered_amount(), 0);
  client_->SendNow("too late");
  client_->Close();
  client_->Abandon();
  ExpectNothingLeft();
}

TEST_F(WebSocketTransportTest, MayBeAbandonedInsideTheOpening) {
  client_->hooks().on_open = [&] { client_->Abandon(); };
  client_->Open(url_);
  peer_.emplace(server_.Accept());
  peer_->connection().Send(WebSocketPeer::AnswerTo(peer_->TakeRequest()) +
                           WebSocketPeer::FrameBytes(WebSocketPeer::kText, "never delivered"));
  peer_->connection().WaitForEof();
  EXPECT_THAT(client_->frames(), IsEmpty());
  ExpectNothingLeft();
}

TEST_F(WebSocketTransportTest, MayBeAbandonedInsideABatchOfFrames) {
  Connect();
  client_->hooks().on_frame = [&](const Frame&) {
    client_->SendNow("never sent");
    if (client_->frames().size() == 2) client_->Abandon();
  };
  std::string frames;
  for (int i = 0; i < 10; ++i) frames += WebSocketPeer::FrameBytes(WebSocketPeer::kText, "x");
  peer_->connection().Send(frames);
  EXPECT_TRUE(peer_->connection().WaitForEof());
  EXPECT_EQ(client_->frames().size(), 2);
  EXPECT_EQ(peer_->connection().received(), "");
  ExpectNothingLeft();
}

// The owner may let go of the transport where it abandons it.
TEST_F(WebSocketTransportTest, MayBeDestroyedInsideABatchOfFrames) {
  Connect();
  client_->hooks().on_frame = [&](const Frame&) {
    client_->Abandon();
    client_->IsTransportGone();
  };
  peer_->connection().Send(WebSocketPeer::FrameBytes(WebSocketPeer::kText, "x") +
                           WebSocketPeer::FrameBytes(WebSocketPeer::kText, "y"));
  EXPECT_TRUE(peer_->connection().WaitForEof());
  EXPECT_EQ(client_->frames().size(), 1);
  peer_->connection().Close();
  io_.RunToEnd();
}

TEST_F(WebSocketTransportTest, MayBeClosedInsideABatchOfFrames) {
  Connect();
  client_->hooks().on_frame = [&](const Frame&) {
    client_->SendNow("before");
    client_->Close({4000, "inside"});
  };
  peer_->connection().Send(WebSocketPeer::FrameBytes(WebSocketPeer::kText, "x") +
                           WebSocketPeer::FrameBytes(WebSocketPeer::kText, "dropped") +
                           WebSocketPeer::CloseBytes(1001));
  EXPECT_EQ(client_->RunUntilClosed().info.code, 1001);
  EXPECT_TRUE(client_->RunUntilClosed().was_clean);
  EXPECT_EQ(client_->frames().size(), 1);
  EXPECT_EQ(peer_->TakeText(), "before");
  EXPECT_EQ(peer_->TakeClose(), "4000 inside");
}

TEST_F(WebSocketTransportTest, MayBeAbandonedInsideTheEnd) {
  Connect();
  client_->hooks().on_closed = [&] {
    client_->Abandon();
    client_->IsTransportGone();
  };
  peer_->connection().Close();
  client_->RunUntilClosed();
  io_.RunToEnd();
}

TEST_F(WebSocketTransportTest, UnusedTransportNeedsNoEnd) {
  client_->Abandon();
  EXPECT_TRUE(client_->IsTransportGone());
}

// The executor may be destroyed with everything still going on, once the owner has let go.
class WebSocketTransportLifetimeTest : public ::testing::Test {
 protected:
  void EndWith(test::TestClient& client) {
    EXPECT_FALSE(client.IsTransportGone());  // its operations hold it
    peer_.reset();
    server_.reset();
    io_.reset();
  }

  std::optional<test::IoRunner> io_{std::in_place};
  std::optional<test::RawServer> server_{*io_};
  std::optional<WebSocketPeer> peer_;
};

TEST_F(WebSocketTransportLifetimeTest, ExecutorMayEndWhileConnecting) {
  test::TestClient client(*io_);
  client.Open(absl::StrCat("ws://127.0.0.1:", server_->port(), "/"));
  client.RunUntilStage(ConnectStage::kUpgrading);
  EndWith(client);
}

TEST_F(WebSocketTransportLifetimeTest, ExecutorMayEndWhileOpen) {
  test::TestClient client(*io_);
  client.Open(absl::StrCat("ws://127.0.0.1:", server_->port(), "/"));
  peer_.emplace(server_->Accept());
  peer_->Upgrade();
  client.RunUntilOpen();
  client.Send("never flushed");
  EndWith(client);
}

TEST_F(WebSocketTransportLifetimeTest, ExecutorMayEndAfterAbandon) {
  test::TestClient client(*io_);
  client.Open(absl::StrCat("ws://127.0.0.1:", server_->port(), "/"));
  peer_.emplace(server_->Accept());
  peer_->Upgrade();
  client.RunUntilOpen();
  client.Abandon();
  EndWith(client);
}

// Compression. Between healthy ends: websocket_transport_beast_test.cc.

class WebSocketDeflateTransportTest : public WebSocketTransportTest {
 protected:
  WebSocketDeflateTransportTest()
      : WebSocketTransportTest({.max_message_size = 1000, .deflate = DeflateOptions{}}) {}

  void ConnectDeflated(const std::string& answer = "permessage-deflate") {
    client_->Open(url_);
    peer_.emplace(server_.Accept());
    EXPECT_THAT(peer_->Upgrade("Sec-WebSocket-Extensions: " + answer + "\r\n"),
                HasSubstr("\r\nSec-WebSocket-Extensions: permessage-deflate; "
                          "client_max_window_bits\r\n"));
  }

  // Sends a frame with RSV1.
  void SendCompressed(const std::string& payload) {
    std::string bytes = WebSocketPeer::FrameBytes(WebSocketPeer::kText, payload);
    bytes[0] = static_cast<char>(bytes[0] | 0x40);
    peer_->connection().Send(bytes);
  }
};

TEST_F(WebSocketDeflateTransportTest, UnderstandsACompressedMessage) {
  ConnectDeflated();
  SendCompressed({"\xf2\x48\xcd\xc9\xc9\x07\x00", 7});
  EXPECT_THAT(client_->RunUntilFrames(1), ElementsAre(Text("Hello")));
}

TEST_F(WebSocketDeflateTransportTest, AnExtensionThatWasNotOfferedFailsTheAttempt) {
  ConnectDeflated("x-webkit-deflate-frame");
  EXPECT_THAT(Message(client_->RunUntilClosed().status), HasSubstr("was not offered"));
  EXPECT_FALSE(client_->is_open());
}

TEST_F(WebSocketDeflateTransportTest, GarbageIsAnswered1007) {
  ConnectDeflated();
  SendCompressed("\xff\xff\xff");
  const TransportClosed& closed = client_->RunUntilClosed();
  EXPECT_EQ(closed.info.code, 1006);
  EXPECT_EQ(closed.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(peer_->TakeClose(), HasSubstr("1007 message cannot be decompressed"));
}

// 1001 times 'a'.
TEST_F(WebSocketDeflateTransportTest, ADecompressedMessageOverTheLimitIsAnswered1009) {
  ConnectDeflated();
  SendCompressed({"\x4a\x4c\x1c\x05\xa3\x60\x14\x0c\x7b\x00\x00", 11});
  const TransportClosed& closed = client_->RunUntilClosed();
  EXPECT_EQ(closed.status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(peer_->TakeClose(), HasSubstr("1009 decompressed message exceeds the limit"));
}

TEST_F(WebSocketDeflateTransportTest, CompressedTextMustBeUtf8) {
  ConnectDeflated();
  SendCompressed({"\xfa\x0f\x00", 3});  // 0xff
  client_->RunUntilClosed();
  EXPECT_THAT(peer_->TakeClose(), HasSubstr("1007 compressed text is not UTF-8"));
}

TEST_F(WebSocketTransportTest, WithoutADeflateOptionNothingIsOffered) {
  client_->Open(url_);
  peer_.emplace(server_.Accept());
  EXPECT_THAT(peer_->Upgrade(), Not(HasSubstr("Extensions")));
  client_->RunUntilOpen();
}

}  // namespace
}  // namespace phx
