#include "mockserver/user_socket.h"

#include <string>
#include <string_view>
#include <utility>

#include "mockserver/http_message.h"
#include "mockserver/plug_answer.h"

namespace phx::mock {

std::string_view ConnectInfo::Header(std::string_view name) const {
  return HeaderOf(headers, name);
}

ConnectResult ConnectRefused(int status, std::string body, HttpHeaders headers) {
  HttpAnswer answer = PlugAnswer(status, std::move(body));
  answer.headers.insert(answer.headers.begin(), headers.begin(), headers.end());
  return answer;
}

}  // namespace phx::mock
