// Fixture: the real client against the real mock server, over loopback, on an event loop that the
// test runs step by step.
//
//   TEST_P(SocketTest, EchoesAPush) {
//     Start();
//     phx::Socket socket = MakeSocket();
//     …
//     RunUntil([&] { return replies == 1; });
//   }
//
// RunUntil() handles events until its condition holds, and fails the test when that takes longer
// than any healthy machine needs. Nothing ever sleeps.
//
// With PHX_TEST_SERVER_URL in the environment a real server takes the mock server's place
// (README.md). A test that asks the mock server for something is skipped then, where it asks.
#ifndef PHX_TESTING_INTEGRATION_FIXTURE_H_
#define PHX_TESTING_INTEGRATION_FIXTURE_H_

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "boost/asio/io_context.hpp"
#include "client/options.h"
#include "client/socket.h"
#include "gtest/gtest.h"
#include "mockserver/server.h"

namespace phx::test {

// How client and server talk.
struct Flavour {
  bool tls = false;
  bool v1 = false;
};
std::string NameOf(const testing::TestParamInfo<Flavour>& info);  // "WsV2", …

class LoopbackTest : public testing::Test {
 protected:
  static constexpr std::chrono::seconds kPatience{20};

  // Lets the sockets that the test has destroyed close, so that the server need not wait for them.
  void TearDown() override { RunReady(); }

  // Starts the mock server with its ready set, TLS if `flavour` says so; or takes the real server,
  // if there is one, and skips the test if that does not speak as `flavour` says.
  void Start(Flavour flavour = {});
  // The same with options, which only the mock server has.
  void Start(Flavour flavour, mock::ServerOptions options);

  // Options by which a client reaches the server that was started: its certificate authority, its
  // version, short waits, and a logger that fails nothing but keeps all records.
  phx::SocketOptions ClientOptions();

  phx::Socket MakeSocket() { return MakeSocket(ClientOptions()); }
  phx::Socket MakeSocket(phx::SocketOptions options) {
    return phx::Socket(io_.get_executor(), url(), std::move(options));
  }

  // Handles events until `condition` holds.
  void RunUntil(const std::function<bool()>& condition);
  // Handles what there is to handle now.
  void RunReady();

  // A socket that is connected and has joined `topic`.
  phx::Channel Joined(const phx::Socket& socket, std::string_view topic);

  // Where clients connect.
  const std::string& url() const { return url_; }
  // Skips the rest of the test if the server is a real one. On the test's own thread.
  mock::Server& server();

  // All log records so far, a line each.
  std::string Log();

  // The event loop.
  boost::asio::io_context& io() { return io_; }

 private:
  boost::asio::io_context io_;
  std::mutex mutex_;
  std::vector<std::string> logged_;  // under mutex_
  Flavour flavour_;
  std::string ca_pem_;
  std::string url_;
  std::unique_ptr<mock::Server> server_;  // null: the server is a real one
};

}  // namespace phx::test

#endif  // PHX_TESTING_INTEGRATION_FIXTURE_H_
