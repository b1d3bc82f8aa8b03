#include "mockserver/plug_answer.h"

#include <string>
#include <utility>

#include "mockserver/flavor.h"
#include "mockserver/http_message.h"

namespace phx::mock {

const std::pair<std::string, std::string>& CacheControl() {
  static const auto& header = *new std::pair<std::string, std::string>(
      "cache-control", "max-age=0, private, must-revalidate");
  return header;
}

HttpAnswer PlugAnswer(int status, std::string body, std::string content_type) {
  HttpAnswer answer{status, {CacheControl()}, std::move(body)};
  if (!content_type.empty()) answer.headers.emplace_back("content-type", std::move(content_type));
  return answer;
}

HttpAnswer ErrorPage(int status, std::string text) {
  return PlugAnswer(status, std::move(text), "text/html; charset=utf-8");
}

HttpAnswer InternalServerError() { return ErrorPage(500, "Internal Server Error"); }

HttpAnswer LongPollAnswer(std::string json, const Flavor& flavor) {
  return {200,
          {flavor.is_17() ? CacheControl()
                          : std::pair<std::string, std::string>("cache-control", "no-store"),
           {"access-control-allow-origin", "*"},
           {"content-type", "application/json; charset=utf-8"}},
          std::move(json)};
}

HttpAnswer LongPollStatus(int status, const Flavor& flavor) {
  return LongPollAnswer(R"({"status":)" + std::to_string(status) + "}", flavor);
}

HttpAnswer WithAdapterHeaders(HttpAnswer answer, const Flavor& flavor) {
  if (flavor.is_cowboy()) {
    answer.headers.emplace_back("server", "Cowboy");
  } else {
    answer.headers.emplace_back("vary", "accept-encoding");
  }
  return answer;
}

}  // namespace phx::mock
