// HttpPeer: the server's end of an HTTP connection, for tests, request by request.
//
//   HttpPeer peer(server.Accept());
//   EXPECT_EQ(peer.TakeRequest().line, "GET /socket/longpoll HTTP/1.1");
//   peer.Answer(R"({"status":410,"token":"T","messages":[]})");
#ifndef PHX_CLIENT_TRANSPORT_HTTP_PEER_H_
#define PHX_CLIENT_TRANSPORT_HTTP_PEER_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "client/net/raw_server.h"

namespace phx::test {

class HttpPeer {
 public:
  struct Request {
    std::string line = {};    // "GET /socket/longpoll?vsn=2.0.0 HTTP/1.1"
    std::string header = {};  // all of it, with the line and line ends
    std::string body = {};

    // The value of a header; empty if it is not there. `name` as it was written.
    std::string Header(std::string_view name) const;
  };

  explicit HttpPeer(std::shared_ptr<RawConnection> connection)
      : connection_(std::move(connection)) {}

  // Waits for the client's next request and takes it.
  Request TakeRequest();

  // Answers 200 with `body`. `fields`, each with its line end, are added.
  void Answer(std::string_view body, std::string_view fields = "");

  // Answers with another HTTP status, such as "403 Forbidden".
  void Refuse(std::string_view status, std::string_view body = "");

  RawConnection& connection() { return *connection_; }

 private:
  std::shared_ptr<RawConnection> connection_;
};

}  // namespace phx::test

#endif  // PHX_CLIENT_TRANSPORT_HTTP_PEER_H_
