// Prints what happens in a Supabase project: changes of tables, and broadcasts of a channel.
//
// Shows: a library for one kind of Phoenix server (realtime_client.h), join params that are asked
// for at every join, and stopping on a signal.
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>

#include "absl/status/status.h"
#include "boost/asio/io_context.hpp"
#include "boost/asio/signal_set.hpp"
#include "client/examples/command_line.h"
#include "client/examples/supabase/realtime_client.h"
#include "client/logger.h"
#include "nlohmann/json.hpp"

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMaxTables = 100;

constexpr char kUsage[] =
    R"(usage: supabase_realtime PROJECT_URL CHANNEL [TABLE…]

Subscribes to CHANNEL and prints a line for each change of each TABLE (of schema "public"), and for
each broadcast "message", until it is stopped by Ctrl-C.

Environment:
  SUPABASE_KEY            the project's anon or publishable key
  SUPABASE_ACCESS_TOKEN   the token of a user who is signed in; without it the key is used

Example:
  SUPABASE_KEY=… supabase_realtime https://abc.supabase.co room1 todos

Exit code: 0 when stopped, 2 for a wrong command line.
)";

std::string FromEnvironment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
  return value == nullptr ? "" : value;
}

void Print(const phx::examples::PostgresChange& change) {
  const nlohmann::json& row = change.type == "DELETE" ? change.old_record : change.record;
  std::cout << change.type << ' ' << change.schema << '.' << change.table << ' ' << row.dump()
            << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
  const phx::examples::CommandLine words(argc, argv, kUsage, 2, kMaxTables);
  if (words.exit_code().has_value()) return *words.exit_code();
  phx::examples::RealtimeClient::Options options;
  options.api_key = FromEnvironment("SUPABASE_KEY");
  options.access_token = FromEnvironment("SUPABASE_ACCESS_TOKEN");
  options.socket.logger = phx::NoopLogger();  // OnError and Subscribe tell all that matters here
  if (options.api_key.empty()) {
    std::cerr << "error: SUPABASE_KEY is not set\n\n" << kUsage;
    return 2;
  }

  asio::io_context io;
  phx::examples::RealtimeClient client(io.get_executor(), words[0], options);
  client.socket().OnError(
      [](const phx::SocketError& error) { std::cerr << "! " << error.status.message() << '\n'; });
  phx::examples::RealtimeChannel channel = client.Channel(words[1]);
  for (std::size_t i = 2; i < words.size(); ++i) {
    channel.OnPostgresChange({.table = words[i]}, Print);
  }
  channel.OnBroadcast("message", [](const nlohmann::json& payload) {
    std::cout << "message " << payload.dump() << std::endl;
  });
  channel.Subscribe([name = words[1]](const absl::Status& status) {
    if (status.ok()) {
      std::cout << "subscribed to " << name << std::endl;
    } else {
      std::cerr << "! not subscribed: " << status.message() << '\n';
    }
  });
  if (const absl::Status status = client.Connect(); !status.ok()) {
    std::cerr << "error: " << status.message() << '\n';
    return 2;
  }
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](boost::system::error_code, int) { client.Disconnect(); });
  io.run();  // until there is nothing left to do
  return 0;
}
