#include "client/transport/longpoll_answer.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/transport/http_exchange.h"
#include "client/transport/http_request.h"
#include "client/wire/connection_info.h"
#include "client/wire/frame.h"
#include "nlohmann/json.hpp"

namespace phx {
namespace {

wire::Frame FrameOf(nlohmann::json& message) {
  // Old servers put the message itself where others put its text.
  if (!message.is_string()) return {wire::FrameType::kText, message.dump()};
  auto& text = message.get_ref<std::string&>();
  const bool is_binary = !text.empty() && static_cast<unsigned char>(text.front()) <= 2;
  return {is_binary ? wire::FrameType::kBinary : wire::FrameType::kText, std::move(text)};
}

}  // namespace

absl::StatusOr<LongPollAnswer> ParseLongPollAnswer(const HttpResponse& response) {
  if (response.status != 200) return HttpStatusError(response);
  nlohmann::json body = nlohmann::json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  const bool is_answer =
      body.is_object() && body.contains("status") && body["status"].is_number_integer();
  if (!is_answer) {
    return absl::UnavailableError(
        "the answer is not that of a Phoenix long poll; is there another server at this URL?");
  }
  LongPollAnswer answer;
  answer.status = body["status"].get<int>();
  if (body.contains("token") && body["token"].is_string()) {
    answer.token = std::move(body["token"].get_ref<std::string&>());
    // It is sent back in a header.
    if (!IsFieldValue(answer.token)) {
      return absl::UnavailableError("the server's token has a control character");
    }
  }
  if (body.contains("messages") && body["messages"].is_array()) {
    for (nlohmann::json& message : body["messages"]) answer.frames.push_back(FrameOf(message));
  }
  return answer;
}

absl::Status LongPollStatusError(int status) {
  switch (status) {
    case 401: return absl::UnauthenticatedError("long poll status 401");
    case 403: return absl::PermissionDeniedError("long poll status 403");
    case 408: return absl::UnavailableError("long poll status 408: the session does not answer");
    case 410: return absl::UnavailableError("long poll status 410: the session is gone");
    default: return absl::UnavailableError(absl::StrCat("long poll status ", status));
  }
}

}  // namespace phx
