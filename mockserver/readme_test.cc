// The example of README.md.
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "mockserver/server.h"
#include "testing/goldens/raw_client.h"
#include "testing/readme_snippets.h"

namespace {

class RoomChannel : public phx::mock::Channel {
 public:
  phx::mock::JoinResult Join(phx::mock::ChannelSocket& socket,
                             const phx::mock::Payload& params) override {
    if (socket.topic() == "room:private") {
      return phx::mock::JoinError({{"reason", "unauthorized"}});
    }
    return phx::mock::JoinOk(params);
  }

  phx::mock::Outcome HandleIn(phx::mock::ChannelSocket& socket, std::string_view event,
                              const phx::mock::Payload& payload) override {
    if (event == "echo") return phx::mock::ReplyOk(payload);
    if (event == "shout") {
      socket.Broadcast("shouted", payload);
      return phx::mock::NoReply();
    }
    return Channel::HandleIn(socket, event, payload);  // crashes, as Phoenix does without a clause
  }
};

// A client that tries until it is let in.
class MyClient {
 public:
  explicit MyClient(const std::string& url)
      : port_(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)))) {
    do {
      absl::StatusOr<std::unique_ptr<phx::test::RawClient>> client =
          phx::test::RawClient::Connect(port_);
      if (!client.ok()) return;
      client_ = *std::move(client);
      ++attempts_;
    } while (!client_->Upgrade("/socket/websocket?vsn=2.0.0"));
  }
  void Join(const std::string& topic) {
    EXPECT_EQ(attempts_, 2);
    EXPECT_TRUE(client_->SendText(R"(["1","1",")" + topic + R"(","phx_join",{}])").ok());
  }

 private:
  int attempts_ = 0;
  std::uint16_t port_;
  std::unique_ptr<phx::test::RawClient> client_;
};

TEST(MyClientTest, ReconnectsAfterTheServerWasBusy) {
  phx::mock::UserSocket socket;
  socket.channels = {{"room:*", [] { return std::make_unique<RoomChannel>(); }}};
  phx::mock::ServerOptions options;
  options.sockets = {socket};
  phx::mock::Server server(std::move(options));
  ASSERT_TRUE(server.status().ok()) << server.status();

  server.QueueFaults({.refuse_upgrade = phx::mock::HttpAnswer{.status = 503}});
  MyClient client(server.url());  // ws://127.0.0.1:40123/socket
  client.Join("room:1");
  EXPECT_TRUE(server.recorder().AwaitJoin("room:1", std::chrono::seconds(5)).ok());
}

TEST(MockServerReadmeTest, SnippetsAreThoseOfThisTest) {
  phx::test::ExpectSnippetsIn("mockserver/README.md", "mockserver/readme_test.cc");
}

}  // namespace
