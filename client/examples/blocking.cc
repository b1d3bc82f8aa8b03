// Pushes one message and prints the reply: for shell scripts, and for programs without an event
// loop.
//
// Shows: a socket with a thread of its own, and waiting with futures.
#include <iostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/use_future.hpp"
#include "client/channel.h"
#include "client/examples/command_line.h"
#include "client/logger.h"
#include "client/socket.h"
#include "nlohmann/json.hpp"

namespace asio = boost::asio;
using nlohmann::json;

namespace {

constexpr char kUsage[] =
    R"(usage: blocking URL TOPIC EVENT [JSON]

Joins TOPIC, pushes EVENT with the payload JSON ({}), and prints the status and the response of the
reply. Works with the mock server:

  bazel run //mockserver                                                     in one terminal
  bazel run //client/examples:blocking -- ws://127.0.0.1:4000/socket room:1 echo '{"body": "hi"}'

Exit code: 0 if the reply is ok, 1 for anything else, 2 for a wrong command line.
)";

// Connects, joins and pushes; the reply, or what went wrong on the way.
absl::StatusOr<phx::Reply> PushOnce(const std::string& url, const std::string& topic,
                                    const std::string& event, const json& payload) {
  phx::SocketOptions options;
  options.logger = phx::NoopLogger();  // what goes wrong comes back as a status
  // Without this it would wait for a server that is not there.
  options.should_reconnect = [](const phx::SocketClosed&) { return false; };
  const phx::Socket socket(url, options);
  const absl::Status connected = socket.AsyncConnect(asio::use_future).get();
  if (!connected.ok()) return connected;

  const phx::Channel channel = socket.Channel(topic);
  absl::StatusOr<phx::Reply> joined = channel.AsyncJoin(asio::use_future).get();
  if (!joined.ok() || !joined->ok()) return joined;
  return channel.AsyncPush(event, payload, asio::use_future).get();
}

}  // namespace

int main(int argc, char** argv) {
  const phx::examples::CommandLine words(argc, argv, kUsage, 3, 4);
  if (words.exit_code().has_value()) return *words.exit_code();
  const json payload =
      json::parse(words.size() > 3 ? words[3] : "{}", nullptr, /*allow_exceptions=*/false);
  if (payload.is_discarded()) {
    std::cerr << "error: this is not JSON: " << words[3] << '\n';
    return 2;
  }
  const absl::StatusOr<phx::Reply> reply = PushOnce(words[0], words[1], words[2], payload);
  if (!reply.ok()) {
    std::cerr << "error: " << reply.status().message() << '\n';
    return absl::IsInvalidArgument(reply.status()) ? 2 : 1;
  }
  std::cout << reply->status << ' ' << reply->response.text() << '\n';
  return reply->ok() ? 0 : 1;
}
