#include "mockserver/user_socket.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace phx::mock {

std::string_view ConnectInfo::Header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const auto& header) { return header.first == name; });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

ConnectResult ConnectRefused(int status, std::string body, HttpHeaders headers) {
  HttpAnswer answer;
  answer.status = status;
  answer.headers = std::move(headers);
  answer.headers.emplace_back("vary", "accept-encoding");
  answer.headers.emplace_back("cache-control", "max-age=0, private, must-revalidate");
  answer.body = std::move(body);
  return answer;
}

}  // namespace phx::mock
