// The ways to wait: coroutines, futures, callbacks; and their cancellation.
#include <chrono>
#include <exception>
#include <future>
#include <optional>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/bind_cancellation_slot.hpp"
#include "boost/asio/bind_executor.hpp"
#include "boost/asio/cancellation_signal.hpp"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/deferred.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/strand.hpp"
#include "boost/asio/thread_pool.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "boost/asio/use_future.hpp"
#include "client/channel.h"
#include "client/push.h"
#include "client/socket.h"
#include "gtest/gtest.h"
#include "mockserver/faults.h"
#include "mockserver/frame_fault.h"
#include "nlohmann/json.hpp"
#include "testing/integration/fixture.h"

namespace phx::test {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

// g++ 12 cannot compile braces of initializer lists inside a co_await expression.
json SomePayload() { return {{"n", 7}}; }

class CompletionTest : public LoopbackTest {
 protected:
  void SetUp() override { Start(); }

  // Runs a coroutine to its end and passes on what it throws.
  void Run(asio::awaitable<void> coroutine) {
    bool done = false;
    std::exception_ptr thrown;
    asio::co_spawn(io(), std::move(coroutine), [&](std::exception_ptr error) {
      thrown = error;
      done = true;
    });
    RunUntil([&] { return done; });
    if (thrown) std::rethrow_exception(thrown);
  }
};

TEST_F(CompletionTest, CoroutinesAwaitEveryStep) {
  const Socket socket = MakeSocket();
  const auto conversation = [&]() -> asio::awaitable<void> {
    const absl::Status connected = co_await socket.AsyncConnect(asio::use_awaitable);
    EXPECT_TRUE(connected.ok()) << connected;
    const Channel room = socket.Channel("room:1");
    const absl::StatusOr<Reply> joined = co_await room.AsyncJoin(asio::use_awaitable);
    EXPECT_TRUE(joined.ok() && joined->ok()) << joined.status();
    const json payload = SomePayload();
    const absl::StatusOr<Reply> echoed =
        co_await room.AsyncPush("echo", payload, asio::use_awaitable);
    EXPECT_TRUE(echoed.ok()) << echoed.status();
    EXPECT_EQ(echoed.value_or(Reply()).response.json(), payload);
    const absl::StatusOr<Reply> left = co_await room.AsyncLeave(asio::use_awaitable);
    EXPECT_TRUE(left.ok()) << left.status();
    const absl::Status closed = co_await socket.AsyncDisconnect(asio::use_awaitable);
    EXPECT_TRUE(closed.ok()) << closed;
    EXPECT_EQ(socket.connection_state(), ConnectionState::kClosed);
  };
  Run(conversation());
}

TEST_F(CompletionTest, OperationsAreLazyWithDeferred) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  auto operation = room.AsyncPush("echo", json{{"n", 1}}, asio::deferred);
  RunReady();
  EXPECT_EQ(server().recorder().Count([](const mock::Received& r) { return r.event == "echo"; }),
            0U);
  bool done = false;
  std::move(operation)([&](const absl::StatusOr<Reply>& reply) { done = reply.ok(); });
  RunUntil([&] { return done; });
}

TEST_F(CompletionTest, FuturesServeThoseWithoutAnEventLoop) {
  const Socket socket(url(), ClientOptions());  // on a thread of its own
  const Channel room = socket.Channel("room:1");
  ASSERT_TRUE(socket.Connect().ok());
  std::future<absl::StatusOr<Reply>> joined = room.AsyncJoin(asio::use_future);
  ASSERT_EQ(joined.wait_for(kPatience), std::future_status::ready);
  ASSERT_TRUE(joined.get().ok());
  const absl::StatusOr<Reply> reply =
      room.AsyncPush("echo", json{{"n", 3}}, asio::use_future).get();
  ASSERT_TRUE(reply.ok()) << reply.status();
  EXPECT_EQ(reply->response.json(), json({{"n", 3}}));
}

TEST_F(CompletionTest, HandlersRunOnTheExecutorThatTheyAreBoundTo) {
  asio::thread_pool pool(1);
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  std::promise<std::thread::id> ran_on;
  std::future<std::thread::id> id = ran_on.get_future();
  room.AsyncPush("echo", json::object(),
                 asio::bind_executor(pool, [&](const absl::StatusOr<Reply>&) {
                   ran_on.set_value(std::this_thread::get_id());
                   asio::post(io(), [] {});  // wakes the event loop that waits for it
                 }));
  RunUntil([&] { return id.wait_for(std::chrono::seconds(0)) == std::future_status::ready; });
  EXPECT_NE(id.get(), std::this_thread::get_id());
}

TEST_F(CompletionTest, AnyExecutorWillDoForASocket) {
  const Socket socket(asio::make_strand(io()), url(), ClientOptions());
  const Channel room = Joined(socket, "room:1");
  std::optional<json> echo;
  room.AsyncPush("echo", json{{"n", 4}},
                 [&](const absl::StatusOr<Reply>& reply) { echo = reply->response.json(); });
  RunUntil([&] { return echo.has_value(); });
  EXPECT_EQ(*echo, json({{"n", 4}}));
}

TEST_F(CompletionTest, CancellationEndsAPushAtOnce) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  asio::cancellation_signal signal;
  std::optional<absl::Status> outcome;
  room.AsyncPush(
      "noreply", json::object(),
      asio::bind_cancellation_slot(
          signal.slot(), [&](const absl::StatusOr<Reply>& reply) { outcome = reply.status(); }));
  RunReady();
  EXPECT_FALSE(outcome.has_value());
  signal.emit(asio::cancellation_type::terminal);
  RunUntil([&] { return outcome.has_value(); });
  EXPECT_EQ(outcome->code(), absl::StatusCode::kCancelled);
}

// A join or a leave goes on; only nobody waits for it any more.
TEST_F(CompletionTest, CancellationOfAJoinLeavesTheChannelJoining) {
  server().SetFaults({.ignore_joins = true});
  const Socket socket = MakeSocket();
  ASSERT_TRUE(socket.Connect().ok());
  const Channel room = socket.Channel("room:1");
  asio::cancellation_signal signal;
  std::optional<absl::Status> outcome;
  room.AsyncJoin(asio::bind_cancellation_slot(
      signal.slot(), [&](const absl::StatusOr<Reply>& reply) { outcome = reply.status(); }));
  RunUntil([&] { return room.is_joining() && socket.is_connected(); });
  EXPECT_FALSE(outcome.has_value());
  signal.emit(asio::cancellation_type::terminal);
  RunUntil([&] { return outcome.has_value(); });
  EXPECT_EQ(outcome->code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(room.is_joining());
}

TEST_F(CompletionTest, CancellationOfALeaveLeavesTheChannelLeaving) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  mock::Faults faults;
  faults.frames = {{.kind = mock::FrameFault::Kind::kDrop,
                    .direction = mock::FrameFault::Direction::kFromClient,
                    .event = "phx_leave"}};
  server().SetFaults(faults);
  asio::cancellation_signal signal;
  std::optional<absl::Status> outcome;
  room.AsyncLeave(asio::bind_cancellation_slot(
      signal.slot(), [&](const absl::StatusOr<Reply>& reply) { outcome = reply.status(); }));
  RunUntil([&] { return room.is_leaving(); });
  signal.emit(asio::cancellation_type::terminal);
  RunUntil([&] { return outcome.has_value(); });
  EXPECT_EQ(outcome->code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(room.is_leaving());
}

TEST_F(CompletionTest, CancellationOfAWaitLeavesThePushWaiting) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  const Push push = room.Push("noreply");
  bool is_over = false;
  push.Receive("error", [&](const Reply&) { is_over = true; });
  asio::cancellation_signal signal;
  std::optional<absl::Status> outcome;
  push.AsyncWait(asio::bind_cancellation_slot(
      signal.slot(), [&](const absl::StatusOr<Reply>& reply) { outcome = reply.status(); }));
  RunReady();
  signal.emit(asio::cancellation_type::terminal);
  RunUntil([&] { return outcome.has_value(); });
  EXPECT_EQ(outcome->code(), absl::StatusCode::kCancelled);
  EXPECT_FALSE(is_over);
}

TEST_F(CompletionTest, CancellationOfADisconnectLeavesTheSocketClosing) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  server().SetFaults({.ignore_close = true});
  asio::cancellation_signal signal;
  std::optional<absl::Status> outcome;
  socket.AsyncDisconnect(asio::bind_cancellation_slot(
      signal.slot(), [&](const absl::Status& status) { outcome = status; }));
  RunUntil([&] { return socket.connection_state() == ConnectionState::kClosing; });
  signal.emit(asio::cancellation_type::terminal);
  RunUntil([&] { return outcome.has_value(); });
  EXPECT_EQ(outcome->code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(socket.connection_state(), ConnectionState::kClosing);
}

TEST_F(CompletionTest, CancellationOfAConnectLeavesTheSocketConnecting) {
  server().SetFaults({.ignore_request = true});
  const Socket socket = MakeSocket();
  asio::cancellation_signal signal;
  std::optional<absl::Status> outcome;
  socket.AsyncConnect(asio::bind_cancellation_slot(
      signal.slot(), [&](const absl::Status& status) { outcome = status; }));
  RunUntil([&] { return socket.connection_state() == ConnectionState::kConnecting; });
  signal.emit(asio::cancellation_type::total);
  RunUntil([&] { return outcome.has_value(); });
  EXPECT_EQ(outcome->code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(socket.connection_state(), ConnectionState::kConnecting);
}

TEST_F(CompletionTest, APingMeasuresTheRoundTrip) {
  const Socket socket = MakeSocket();
  const auto conversation = [&]() -> asio::awaitable<void> {
    const absl::StatusOr<Duration> before = co_await socket.AsyncPing(asio::use_awaitable);
    EXPECT_EQ(before.status().code(), absl::StatusCode::kUnavailable) << before.status();
    EXPECT_TRUE((co_await socket.AsyncConnect(asio::use_awaitable)).ok());
    const absl::StatusOr<Duration> round_trip = co_await socket.AsyncPing(asio::use_awaitable);
    EXPECT_TRUE(round_trip.ok()) << round_trip.status();
    EXPECT_GT(*round_trip, Duration::zero());
    EXPECT_LT(*round_trip, kPatience);
  };
  Run(conversation());
}

TEST_F(CompletionTest, CancellationEndsAPingAndDisconnectDoesToo) {
  server().SetFaults({.ignore_heartbeats = true});
  const Socket socket = MakeSocket();
  Joined(socket, "room:1");
  asio::cancellation_signal signal;
  std::optional<absl::Status> cancelled;
  std::optional<absl::Status> disconnected;
  socket.AsyncPing(asio::bind_cancellation_slot(
      signal.slot(), [&](const absl::StatusOr<Duration>& p) { cancelled = p.status(); }));
  socket.AsyncPing([&](const absl::StatusOr<Duration>& p) { disconnected = p.status(); });
  signal.emit(asio::cancellation_type::partial);
  RunUntil([&] { return cancelled.has_value(); });
  EXPECT_EQ(cancelled->code(), absl::StatusCode::kCancelled);
  EXPECT_FALSE(disconnected.has_value());
  socket.Disconnect();
  RunUntil([&] { return disconnected.has_value(); });
  EXPECT_EQ(disconnected->code(), absl::StatusCode::kCancelled);
}

TEST_F(CompletionTest, WaitsForAPushMayBeManyAndLate) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  const Push push = room.Push("echo", json{{"n", 1}});
  int outcomes = 0;
  const auto count = [&](const absl::StatusOr<Reply>& reply) { outcomes += reply.ok() ? 1 : 100; };
  push.AsyncWait(count);
  push.AsyncWait(count);
  RunUntil([&] { return outcomes == 2; });
  push.AsyncWait(count);
  push.Receive("ok", [&](const Reply&) { ++outcomes; });
  EXPECT_EQ(outcomes, 2) << "never inside the call";
  RunUntil([&] { return outcomes == 4; });
}

TEST_F(CompletionTest, AWaitForAJoinThatWasRejectedCompletesHoweverLateItComes) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  const Push second = room.Join();
  RunUntil([&] { return second.is_done(); });
  std::optional<absl::Status> outcome;
  second.AsyncWait([&](const absl::StatusOr<Reply>& reply) { outcome = reply.status(); });
  RunUntil([&] { return outcome.has_value(); });
  EXPECT_EQ(outcome->code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(CompletionTest, AWaitForTheNextOutcomeOfAJoinEndsWhenTheChannelIsLeft) {
  const Socket socket = MakeSocket();
  const Channel room = socket.Channel("room:1");
  const Push join = room.Join();
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return join.is_done(); });
  std::optional<absl::Status> outcome;
  const auto note = [&](const absl::StatusOr<Reply>& reply) { outcome = reply.status(); };
  join.AsyncWait(note);
  RunReady();
  EXPECT_FALSE(outcome.has_value());
  room.Leave();
  RunUntil([&] { return outcome.has_value(); });
  EXPECT_EQ(outcome->code(), absl::StatusCode::kCancelled);
  outcome.reset();
  join.AsyncWait(note);
  RunUntil([&] { return outcome.has_value(); });
  EXPECT_EQ(outcome->code(), absl::StatusCode::kCancelled);
}

TEST_F(CompletionTest, AWaitForTheNextOutcomeOfAJoinEndsWhenThePolicySaysStop) {
  SocketOptions options = ClientOptions();
  options.should_rejoin = [](const Reply&) { return false; };
  const Socket socket = MakeSocket(options);
  const Push join = socket.Channel("nowhere").Join();
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return join.is_done(); });
  std::optional<absl::Status> outcome;
  join.AsyncWait([&](const absl::StatusOr<Reply>& reply) { outcome = reply.status(); });
  RunUntil([&] { return outcome.has_value(); });
  EXPECT_EQ(outcome->code(), absl::StatusCode::kCancelled);
}

TEST_F(CompletionTest, DisconnectCancelsWhatIsOutstanding) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  std::optional<absl::Status> push;
  room.AsyncPush("noreply", json::object(),
                 [&](const absl::StatusOr<Reply>& reply) { push = reply.status(); });
  socket.Disconnect();
  RunUntil([&] { return push.has_value(); });
  EXPECT_EQ(push->code(), absl::StatusCode::kCancelled);
  std::optional<absl::Status> connect;
  server().SetFaults({.ignore_request = true});
  socket.AsyncConnect([&](const absl::Status& status) { connect = status; });
  socket.Disconnect();
  RunUntil([&] { return connect.has_value(); });
  EXPECT_EQ(connect->code(), absl::StatusCode::kCancelled);
}

TEST_F(CompletionTest, ConnectFailsForGoodWhenThePolicySaysStop) {
  server().SetFaults({.refuse_upgrade = mock::HttpAnswer{.status = 403}});
  SocketOptions options = ClientOptions();
  options.should_reconnect = [](const SocketClosed&) { return false; };
  const Socket socket = MakeSocket(options);
  std::optional<absl::Status> outcome;
  socket.AsyncConnect([&](const absl::Status& status) { outcome = status; });
  RunUntil([&] { return outcome.has_value(); });
  EXPECT_EQ(outcome->code(), absl::StatusCode::kPermissionDenied) << *outcome;
}

TEST_F(CompletionTest, OperationsOfADestroyedSocketComplete) {
  std::optional<Socket> socket(MakeSocket());
  const Channel room = Joined(*socket, "room:1");
  std::optional<absl::Status> before;
  std::optional<absl::Status> after;
  room.AsyncPush("noreply", json::object(),
                 asio::bind_executor(
                     io(), [&](const absl::StatusOr<Reply>& reply) { before = reply.status(); }));
  RunReady();
  socket.reset();
  room.AsyncPush("echo", json::object(),
                 asio::bind_executor(
                     io(), [&](const absl::StatusOr<Reply>& reply) { after = reply.status(); }));
  RunUntil([&] { return before.has_value() && after.has_value(); });
  EXPECT_EQ(before->code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(after->code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace phx::test
