#include "client/transport/http_peer.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace phx::test {
namespace {

absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

std::string Response(std::string_view status, std::string_view fields, std::string_view body) {
  return absl::StrCat("HTTP/1.1 ", Absl(status), "\r\n", Absl(fields),
                      "Content-Length: ", body.size(), "\r\n\r\n", Absl(body));
}

}  // namespace

std::string HttpPeer::Request::Header(std::string_view name) const {
  const std::string start = absl::StrCat("\r\n", Absl(name), ": ");
  const std::size_t found = header.find(start);
  if (found == std::string::npos) return "";
  const std::size_t value = found + start.size();
  return header.substr(value, header.find("\r\n", value) - value);
}

HttpPeer::Request HttpPeer::TakeRequest() {
  Request request;
  request.header = connection_->TakeUntil("\r\n\r\n");
  request.line = request.header.substr(0, request.header.find("\r\n"));
  std::size_t length = 0;
  if (absl::SimpleAtoi(request.Header("Content-Length"), &length)) {
    request.body = connection_->Take(length);
  }
  return request;
}

void HttpPeer::Answer(std::string_view body, std::string_view fields) {
  connection_->Send(Response("200 OK", fields, body));
}

void HttpPeer::Refuse(std::string_view status, std::string_view body) {
  connection_->Send(Response(status, "", body));
}

}  // namespace phx::test
