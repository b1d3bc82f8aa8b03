// HTTP requests and answers, as values.
#ifndef PHX_MOCKSERVER_HTTP_MESSAGE_H_
#define PHX_MOCKSERVER_HTTP_MESSAGE_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace phx::mock {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// The value of the first header of that name (in lower case); empty if there is none.
std::string_view HeaderOf(const HttpHeaders& headers, std::string_view name);

// What stands between the separators, without the white space around it.
std::vector<std::string> Split(std::string_view text, char separator);

// The items of all headers of that name, whose values are lists (RFC 9110 5.6.1).
std::vector<std::string> ListOf(const HttpHeaders& headers, std::string_view name);

struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";  // path and query
  int minor_version = 1;     // of HTTP/1
  HttpHeaders headers = {};  // names in lower case
  std::string body = {};
  bool secure = false;  // it came over TLS
};

// An HTTP answer that is not an upgrade. Content-Length is added when it is sent.
struct HttpAnswer {
  int status = 200;
  HttpHeaders headers = {};
  std::string body = {};
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_HTTP_MESSAGE_H_
