// Messages received one after the other, and as types of the user's own.
#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/bind_cancellation_slot.hpp"
#include "boost/asio/bind_executor.hpp"
#include "boost/asio/cancellation_signal.hpp"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "boost/asio/use_future.hpp"
#include "client/channel.h"
#include "client/message_stream.h"
#include "client/socket.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "testing/integration/fixture.h"

namespace phx::test {
namespace {

namespace asio = boost::asio;
using absl::StatusCode;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

class StreamTest : public LoopbackTest {
 protected:
  void SetUp() override { Start(); }

  // Waits until the server has answered everything that was pushed before.
  void Settle(const Channel& channel) {
    bool answered = false;
    channel.Push("ack").Receive([&](const Reply&) { answered = true; });
    RunUntil([&] { return answered; });
  }

  // The outcome of one receive.
  absl::StatusOr<Message> Receive(const MessageStream& stream) {
    std::optional<absl::StatusOr<Message>> received;
    stream.AsyncReceive(
        [&](absl::StatusOr<Message> message) { received.emplace(std::move(message)); });
    EXPECT_FALSE(received.has_value()) << "never inside the call";
    RunUntil([&] { return received.has_value(); });
    return *std::move(received);
  }

  static int NumberIn(const absl::StatusOr<Message>& message) {
    return message.ok() ? message->payload.json().at("n").get<int>() : -1;
  }
};

TEST_F(StreamTest, GivesCoroutinesOneMessageAfterTheOther) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  std::vector<int> received;
  absl::Status end;
  bool done = false;
  const auto listen = [&](MessageStream stream) -> asio::awaitable<void> {
    for (;;) {
      const absl::StatusOr<Message> message = co_await stream.AsyncReceive(asio::use_awaitable);
      if (!message.ok()) {
        end = message.status();
        break;
      }
      received.push_back(NumberIn(message));
    }
    done = true;
  };
  asio::co_spawn(io(), listen(room.Stream("pushed")), [](const std::exception_ptr&) {});
  RunReady();
  for (int i = 0; i < 5; ++i) room.Push("push_me", json{{"n", i}});
  RunUntil([&] { return received.size() == 5; });
  room.Leave();
  RunUntil([&] { return done; });
  EXPECT_THAT(received, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(end.code(), StatusCode::kCancelled) << end;
}

TEST_F(StreamTest, KeepsWhatArrivesWhileNobodyReceives) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  const MessageStream stream = room.Stream("pushed");
  for (int i = 0; i < 3; ++i) room.Push("push_me", json{{"n", i}});
  Settle(room);
  EXPECT_EQ(NumberIn(Receive(stream)), 0);
  EXPECT_EQ(NumberIn(Receive(stream)), 1);
  EXPECT_EQ(NumberIn(Receive(stream)), 2);
  EXPECT_EQ(stream.dropped(), 0U);
}

// A consumer that sleeps must not grow the process, nor lose messages in silence.
TEST_F(StreamTest, DropsTheOldestBeyondItsCapacityAndSaysSo) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  const MessageStream stream = room.Stream("pushed", {.capacity = 2});
  for (int i = 0; i < 5; ++i) room.Push("push_me", json{{"n", i}});
  Settle(room);
  EXPECT_EQ(stream.dropped(), 3U);
  EXPECT_THAT(Log(), HasSubstr("stream on \"room:1\": 2 messages dropped so far"));
  EXPECT_EQ(NumberIn(Receive(stream)), 3);
  EXPECT_EQ(NumberIn(Receive(stream)), 4);
}

TEST_F(StreamTest, CarriesAllEventsOfAChannelButTheProtocolsOwn) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  const MessageStream stream = room.Stream();
  room.Push("push_me", json{{"n", 1}});
  room.Push("shout_reply", json{{"n", 2}});
  EXPECT_EQ(Receive(stream)->event, "pushed");
  EXPECT_EQ(Receive(stream)->event, "shouted");
  Settle(room);
  std::optional<absl::Status> next;
  stream.AsyncReceive([&](const absl::StatusOr<Message>& m) { next = m.status(); });
  RunReady();
  EXPECT_FALSE(next.has_value());
}

TEST_F(StreamTest, GoesOnAfterARejoin) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  const MessageStream stream = room.Stream("pushed");
  int joins = 0;
  room.OnJoin([&](const ChannelJoined&) { ++joins; });
  server().DropConnection(mock::Drop::kRst);
  RunUntil([&] { return joins == 1; });
  room.Push("push_me", json{{"n", 7}});
  EXPECT_EQ(NumberIn(Receive(stream)), 7);
}

TEST_F(StreamTest, SaysHowItEnded) {
  const Socket socket = MakeSocket();
  const auto end_of = [&](const std::string& topic,
                          const std::function<void(const Channel&)>& end) {
    const Channel room = Joined(socket, topic);
    const MessageStream stream = room.Stream("pushed");
    end(room);
    const absl::Status first = Receive(stream).status();
    EXPECT_EQ(Receive(stream).status(), first) << "for ever";
    return first;
  };
  EXPECT_EQ(end_of("room:1", [](const Channel& c) { c.Leave(); }),
            absl::CancelledError("channel \"room:1\": left"));
  EXPECT_EQ(end_of("room:2", [](const Channel& c) { c.Push("stop"); }),
            absl::UnavailableError("channel \"room:2\": closed by the server"));
  EXPECT_EQ(end_of("room:3", [](const Channel& c) { c.Remove(); }),
            absl::CancelledError("the channel was removed"));
  const Channel removed = socket.Channel("room:4");
  removed.Remove();
  EXPECT_EQ(Receive(removed.Stream()).status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(Receive(socket.Channel("").Stream()).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(StreamTest, EndsWithItsSocketAndWithItself) {
  std::optional<Socket> socket(MakeSocket());
  const Channel room = Joined(*socket, "room:1");
  const MessageStream outlives = room.Stream();
  std::optional<MessageStream> closes(room.Stream());
  std::vector<absl::Status> ends;
  const auto note = [&](const absl::StatusOr<Message>& m) { ends.push_back(m.status()); };
  closes->AsyncReceive(asio::bind_executor(io(), note));
  closes.reset();
  EXPECT_TRUE(ends.empty()) << "never inside the call";
  RunUntil([&] { return ends.size() == 1; });
  outlives.AsyncReceive(asio::bind_executor(io(), note));
  RunReady();
  socket.reset();
  RunUntil([&] { return ends.size() == 2; });
  outlives.AsyncReceive(asio::bind_executor(io(), note));
  RunUntil([&] { return ends.size() == 3; });
  EXPECT_THAT(ends, ElementsAre(absl::CancelledError("the stream was closed"),
                                absl::CancelledError("the socket was destroyed"),
                                absl::CancelledError("the socket was destroyed")));
}

TEST_F(StreamTest, CancellationEndsOneReceiveAndLosesNothing) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  const MessageStream stream = room.Stream("pushed");
  asio::cancellation_signal signal;
  std::optional<absl::Status> cancelled;
  stream.AsyncReceive(asio::bind_cancellation_slot(
      signal.slot(), [&](const absl::StatusOr<Message>& m) { cancelled = m.status(); }));
  RunReady();
  signal.emit(asio::cancellation_type::terminal);
  RunUntil([&] { return cancelled.has_value(); });
  EXPECT_EQ(cancelled->code(), StatusCode::kCancelled);
  room.Push("push_me", json{{"n", 1}});
  EXPECT_EQ(NumberIn(Receive(stream)), 1);
}

TEST_F(StreamTest, MayBeDestroyedByTheHandlerOfItsOwnMessage) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  std::optional<MessageStream> stream(room.Stream("pushed"));
  int received = 0;
  stream->AsyncReceive([&](const absl::StatusOr<Message>& m) {
    received += m.ok() ? 1 : 100;
    stream.reset();
  });
  room.Push("push_me", json{{"n", 1}});
  room.Push("push_me", json{{"n", 2}});
  Settle(room);
  EXPECT_EQ(received, 1);
}

TEST_F(StreamTest, IsReceivedFromOtherThreads) {
  const Socket socket(url(), ClientOptions());  // on a thread of its own
  const Channel room = socket.Channel("room:1");
  ASSERT_TRUE(socket.Connect().ok());
  ASSERT_TRUE(room.AsyncJoin(asio::use_future).get().ok());
  const MessageStream stream = room.Stream("pushed", {.capacity = 1000});
  std::thread sender([&] {
    for (int i = 0; i < 200; ++i) room.Push("push_me", json{{"n", i}});
  });
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(NumberIn(stream.AsyncReceive(asio::use_future).get()), i);
  }
  sender.join();
}

// --- all events, and types of one's own

TEST_F(StreamTest, OneHandlerMayHearAllEventsOfAChannel) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  std::vector<std::string> heard;
  const Ref all = room.OnMessage([&](const Message& m) { heard.push_back(m.event.ToString()); });
  room.On("pushed", [&](const Message&) { heard.emplace_back("first"); });
  room.Push("push_me", json::object());
  room.Push("shout", json::object());
  Settle(room);
  EXPECT_THAT(heard, ElementsAre("first", "pushed", "shouted"));
  room.Off(all);
  room.Push("shout", json::object());
  Settle(room);
  EXPECT_EQ(heard.size(), 3U);
}

struct ChatMessage {
  std::string body;
  friend void from_json(const json& value, ChatMessage& message) {
    message.body = value.at("body").get<std::string>();
  }
};

TEST_F(StreamTest, HandlersMayTakeTypesOfTheUsersOwn) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  std::vector<std::string> heard;
  room.On<ChatMessage>("pushed", [&](const ChatMessage& m) { heard.push_back(m.body); });
  room.Push("push_me", json{{"body", "hi"}});
  Settle(room);
  EXPECT_THAT(heard, ElementsAre("hi"));
}

TEST_F(StreamTest, APayloadThatMakesNoSuchTypeIsToldLoggedAndCounted) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  std::vector<std::string> heard;
  std::vector<absl::Status> errors;
  room.On<ChatMessage>(
      "pushed", [&](const ChatMessage& m) { heard.push_back(m.body); },
      [&](const absl::Status& error) { errors.push_back(error); });
  room.On<ChatMessage>("pushed", [&](const ChatMessage& m) { heard.push_back(m.body); });
  room.Push("push_me", json{{"body", 7}});
  room.Push("push_me", json{{"body", "good"}});
  Settle(room);
  EXPECT_THAT(heard, ElementsAre("good", "good"));
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].code(), StatusCode::kDataLoss);
  EXPECT_THAT(std::string(errors[0].message()), HasSubstr("event \"pushed\""));
  EXPECT_THAT(Log(), HasSubstr("event \"pushed\""));
  std::optional<SocketStats> stats;
  socket.AsyncStats([&](const SocketStats& counted) { stats = counted; });
  RunUntil([&] { return stats.has_value(); });
  EXPECT_EQ(stats->undecodable_payloads, 2U);
}

TEST_F(StreamTest, RepliesMayBeReadAsTypesOfTheUsersOwn) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  std::optional<absl::StatusOr<ChatMessage>> echoed;
  room.Push("echo", json{{"body", "hi"}}).Receive("ok", [&](const Reply& reply) {
    echoed = reply.As<ChatMessage>();
  });
  RunUntil([&] { return echoed.has_value(); });
  ASSERT_TRUE(echoed->ok()) << echoed->status();
  EXPECT_EQ((*echoed)->body, "hi");
}

}  // namespace
}  // namespace phx::test
