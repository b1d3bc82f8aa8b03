// Sends echoes and measures how long each takes, as one coroutine on an event loop.
//
// Shows: a socket on an io_context of one's own, co_await on connect, join, push and disconnect,
// and what comes of it as values: no exceptions, no handlers.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <iostream>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "client/channel.h"
#include "client/examples/command_line.h"
#include "client/logger.h"
#include "client/socket.h"
#include "nlohmann/json.hpp"

namespace asio = boost::asio;
using nlohmann::json;

namespace {

constexpr char kUsage[] =
    R"(usage: coroutine_echo URL [COUNT]

Joins "room:echo" and has COUNT (3) messages echoed, one after the other, with their times. Works
with the mock server:

  bazel run //mockserver                                                 in one terminal
  bazel run //client/examples:coroutine_echo -- ws://127.0.0.1:4000/socket 5   in another

Exit code: 0 if all came back, 1 if not, 2 for a wrong command line.
)";

using Clock = std::chrono::steady_clock;

// Sends `payload`; how long its echo took, or what came instead.
asio::awaitable<absl::StatusOr<Clock::duration>> Echo(phx::Channel room, json payload) {
  const Clock::time_point start = Clock::now();
  const absl::StatusOr<phx::Reply> reply =
      co_await room.AsyncPush("echo", payload, asio::use_awaitable);
  if (!reply.ok()) co_return reply.status();
  if (reply->response.json() != payload) {
    co_return absl::DataLossError("this is no echo: " + std::string(reply->response.text()));
  }
  co_return Clock::now() - start;
}

asio::awaitable<absl::Status> EchoAll(phx::Socket socket, int count) {
  const absl::Status connected = co_await socket.AsyncConnect(asio::use_awaitable);
  if (!connected.ok()) co_return connected;
  const phx::Channel room = socket.Channel("room:echo");
  const absl::StatusOr<phx::Reply> joined = co_await room.AsyncJoin(asio::use_awaitable);
  if (!joined.ok()) co_return joined.status();
  if (!joined->ok()) {
    co_return absl::PermissionDeniedError("join refused: " + std::string(joined->response.text()));
  }
  for (int i = 1; i <= count; ++i) {
    json payload = {{"number", i}};
    const absl::StatusOr<Clock::duration> took = co_await Echo(room, std::move(payload));
    if (!took.ok()) co_return took.status();
    std::cout << "echo " << i << ": "
              << std::chrono::duration_cast<std::chrono::microseconds>(*took).count() << " us\n";
  }
  co_return co_await socket.AsyncDisconnect(asio::use_awaitable);
}

}  // namespace

int main(int argc, char** argv) {
  const phx::examples::CommandLine words(argc, argv, kUsage, 1, 2);
  if (words.exit_code().has_value()) return *words.exit_code();
  int count = 3;
  if (words.size() > 1) {
    const std::string& text = words[1];
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || end != text.data() + text.size() || count < 0) {
      std::cerr << "error: COUNT must be a number, not \"" << text << "\"\n";
      return 2;
    }
  }
  asio::io_context io;
  // Try once: somebody who measures wants to know that there is nobody.
  phx::SocketOptions options;
  options.logger = phx::NoopLogger();  // what goes wrong comes back as a status
  options.should_reconnect = [](const phx::SocketClosed&) { return false; };
  phx::Socket socket(io.get_executor(), words[0], options);
  absl::Status outcome;
  asio::co_spawn(io, EchoAll(socket, count),
                 [&](std::exception_ptr, absl::Status status) { outcome = std::move(status); });
  io.run();
  if (outcome.ok()) return 0;
  std::cerr << "error: " << outcome.message() << '\n';
  return absl::IsInvalidArgument(outcome) ? 2 : 1;
}
