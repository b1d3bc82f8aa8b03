// A chat in the terminal: one channel for what is said, one with Presence for who is there.
//
// Shows: a socket with a thread of its own, handlers, presence, and waiting for a reply with a
// future. The main thread reads the keyboard; all handlers run on the socket's thread, one at a
// time, and so need no lock to print.
#include <iostream>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/use_future.hpp"
#include "client/channel.h"
#include "client/examples/command_line.h"
#include "client/logger.h"
#include "client/presence/presence.h"
#include "client/socket.h"
#include "nlohmann/json.hpp"

namespace asio = boost::asio;
using nlohmann::json;

namespace {

constexpr char kUsage[] =
    R"(usage: chat URL NAME [ROOM]

Talks to whoever else is in ROOM ("lobby") as NAME. Each line of the input is said; its end, or
Ctrl-D, leaves. Works with the mock server:

  bazel run //mockserver                                               in one terminal
  bazel run //client/examples:chat -- ws://127.0.0.1:4000/socket ann   in another
  bazel run //client/examples:chat -- ws://127.0.0.1:4000/socket bob   and another

Exit code: 0 at the end of the input, 1 if the server refuses, 2 for a wrong command line.
)";

class Chat {
 public:
  Chat(const std::string& url, std::string name, const std::string& room)
      : name_(std::move(name)),
        socket_(url, {.logger = phx::NoopLogger()}),  // OnError tells all that matters here
        room_(socket_.Channel("room:" + room)),
        people_(socket_.Channel("presence:" + room, json{{"user", name_}})) {
    socket_.OnError([](const phx::SocketError& error) {
      std::cerr << "! " << error.status.message()
                << (error.reconnect_in ? "; trying again\n" : "\n");
    });
    room_.On("shouted", [](const phx::Message& message) {
      const json& said = message.payload.json();
      std::cout << '<' << said.value("from", "?") << "> " << said.value("body", "") << std::endl;
    });
    people_.OnJoin([](const phx::PresenceJoined& joined) {
      if (joined.is_first()) std::cout << "* " << joined.key << " is here" << std::endl;
    });
    people_.OnLeave([](const phx::PresenceLeft& left) {
      if (left.is_last()) std::cout << "* " << left.key << " has gone" << std::endl;
    });
  }

  // OK when both channels are joined. Waits for a server that is not there yet.
  absl::Status Enter() {
    if (absl::Status status = socket_.Connect(); !status.ok()) return status;
    for (const phx::Channel& channel : {room_, people_.channel()}) {
      const absl::StatusOr<phx::Reply> reply = channel.AsyncJoin(asio::use_future).get();
      if (!reply.ok()) return reply.status();
      if (!reply->ok()) {
        return absl::PermissionDeniedError("the server refuses to let us in: " +
                                           std::string(reply->response.text()));
      }
    }
    return absl::OkStatus();
  }

  // Returns when everybody else can have heard it.
  absl::Status Say(const std::string& line) {
    const json payload = {{"from", name_}, {"body", line}};
    return room_.AsyncPush("shout_reply", payload, asio::use_future).get().status();
  }

 private:
  const std::string name_;
  const phx::Socket socket_;
  const phx::Channel room_;
  const phx::Presence people_;
};

}  // namespace

int main(int argc, char** argv) {
  const phx::examples::CommandLine words(argc, argv, kUsage, 2, 3);
  if (words.exit_code().has_value()) return *words.exit_code();
  Chat chat(words[0], words[1], words.size() > 2 ? words[2] : "lobby");
  if (const absl::Status status = chat.Enter(); !status.ok()) {
    std::cerr << "error: " << status.message() << '\n';
    return absl::IsInvalidArgument(status) ? 2 : 1;
  }
  for (std::string line; std::getline(std::cin, line);) {
    if (const absl::Status said = chat.Say(line); !said.ok()) {
      std::cerr << "! not said: " << said.message() << '\n';
    }
  }
  return 0;
}
