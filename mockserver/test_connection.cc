#include "mockserver/test_connection.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "client/net/tls_context.h"
#include "gtest/gtest.h"
#include "mockserver/server.h"
#include "testing/goldens/raw_client.h"

namespace phx::mock {

using test::RawClient;

std::unique_ptr<RawClient> Connected(const Server& server, const net::TlsContext* tls) {
  absl::StatusOr<std::unique_ptr<RawClient>> client = RawClient::Connect(server.port(), tls);
  EXPECT_TRUE(client.ok()) << client.status();
  return client.ok() ? *std::move(client) : nullptr;
}

std::unique_ptr<RawClient> Open(const Server& server, const net::TlsContext* tls) {
  std::unique_ptr<RawClient> client = Connected(server, tls);
  EXPECT_TRUE(client->Upgrade(kWebSocketTarget));
  return client;
}

std::unique_ptr<RawClient> Joined(const Server& server, const std::string& params) {
  std::unique_ptr<RawClient> client = Connected(server);
  EXPECT_TRUE(client->Upgrade(kWebSocketTarget + params));
  EXPECT_TRUE(client->SendText(kJoin).ok());
  EXPECT_EQ(client->AwaitText(), kJoined);
  return client;
}

}  // namespace phx::mock
