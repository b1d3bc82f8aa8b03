// Connections to a Server, for its tests: a client of testing/goldens/raw_client.h, as far along as
// a test wants it. What goes wrong on the way fails the test.
//
//   Server server(ReadyOptions());
//   const auto client = Joined(server);
//   client->SendText(R"(["1","2","room:1","echo",{}])");
#ifndef PHX_MOCKSERVER_TEST_CONNECTION_H_
#define PHX_MOCKSERVER_TEST_CONNECTION_H_

#include <memory>
#include <string>

#include "client/net/tls_context.h"
#include "mockserver/server.h"
#include "testing/goldens/raw_client.h"

namespace phx::mock {

inline constexpr char kWebSocketTarget[] = "/socket/websocket?vsn=2.0.0";
inline constexpr char kJoin[] = R"(["1","1","room:1","phx_join",{}])";
// What the channels of ready_set.h answer.
inline constexpr char kJoined[] =
    R"(["1","1","room:1","phx_reply",{"response":{"params":{},"topic":"room:1"},"status":"ok"}])";

// A client that has sent nothing yet; nullptr if it cannot connect.
std::unique_ptr<test::RawClient> Connected(const Server& server,
                                           const net::TlsContext* tls = nullptr);

// A client with an open WebSocket.
std::unique_ptr<test::RawClient> Open(const Server& server, const net::TlsContext* tls = nullptr);

// A client that has joined "room:1". `params` go behind the target: "&id=ann".
std::unique_ptr<test::RawClient> Joined(const Server& server, const std::string& params = "");

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_TEST_CONNECTION_H_
