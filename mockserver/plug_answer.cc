#include "mockserver/plug_answer.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "mockserver/flavor.h"
#include "mockserver/http_message.h"
#include "mockserver/json_string.h"

namespace phx::mock {
namespace {

// The weight of a media range of an Accept header: `parts` are the range and its parameters.
double WeightOf(const std::vector<std::string>& parts) {
  double weight = 1;
  for (const std::string& part : parts) {
    if (part.starts_with("q=") && !absl::SimpleAtod(part.substr(2), &weight)) return 1;
  }
  return weight;
}

// As Phoenix chooses between the formats html and json, in this order.
bool PrefersJson(std::string_view accept) {
  if (accept.find("*/*") != std::string_view::npos) return false;
  double best = 0;
  bool is_json_best = false;
  for (const std::string& item : Split(accept, ',')) {
    const std::vector<std::string> parts = Split(item, ';');
    const bool is_json = parts[0] == "application/json" || parts[0] == "application/*";
    const bool is_html = parts[0] == "text/html" || parts[0] == "text/*";
    const double weight = WeightOf(parts);
    if ((!is_json && !is_html) || weight <= best) continue;
    best = weight;
    is_json_best = is_json;
  }
  return is_json_best;
}

}  // namespace

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

HttpAnswer ErrorPage(const HttpHeaders& request, int status, std::string text) {
  if (!PrefersJson(HeaderOf(request, "accept"))) {
    return PlugAnswer(status, std::move(text), "text/html; charset=utf-8");
  }
  std::string json = R"({"errors":{"detail":)";
  AppendJsonString(json, text);
  return PlugAnswer(status, std::move(json) + "}}", "application/json; charset=utf-8");
}

HttpAnswer InternalServerError(const HttpHeaders& request) {
  return ErrorPage(request, 500, "Internal Server Error");
}

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
