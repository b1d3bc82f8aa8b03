#include "client/wire/frame_oracle.h"

#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "client/wire/message.h"
#include "client/wire/reply.h"
#include "nlohmann/json.hpp"

namespace phx::test {
namespace {

using nlohmann::json;

// nlohmann steps over a byte order mark and takes a zero byte for the end; neither is JSON.
json ParseText(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf") || text.find('\0') != std::string_view::npos) {
    return json(json::value_t::discarded);
  }
  return json::parse(text, nullptr, /*allow_exceptions=*/false);
}

std::optional<ParsedMessage> Checked(const json& join_ref, const json& ref, const json& topic,
                                     const json& event, const json& payload) {
  for (const json& each : {join_ref, ref}) {
    if (!each.is_null() && !each.is_string() && !each.is_number()) return std::nullopt;
  }
  if (!topic.is_string() || !event.is_string()) return std::nullopt;
  return ParsedMessage{join_ref, ref, topic, event, payload};
}

json RefLike(const std::optional<wire::Text>& ref, const json& like) {
  if (!ref.has_value()) return nullptr;
  return like.is_number() ? ParseText(*ref) : json(ref->ToString());
}

}  // namespace

std::ostream& operator<<(std::ostream& os, const ParsedMessage& message) {
  return os << json{message.join_ref, message.ref, message.topic, message.event, message.payload}
                   .dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<ParsedMessage> ParseV2(std::string_view frame) {
  const json array = ParseText(frame);
  if (!array.is_array() || array.size() != 5) return std::nullopt;
  return Checked(array[0], array[1], array[2], array[3], array[4]);
}

std::optional<ParsedMessage> ParseV1(std::string_view frame) {
  const json object = ParseText(frame);
  if (!object.is_object() || !object.contains("payload")) return std::nullopt;
  return Checked(object.value("join_ref", json()), object.value("ref", json()),
                 object.value("topic", json()), object.value("event", json()), object["payload"]);
}

std::optional<ParsedMessage> Parsed(const wire::Message& message, const ParsedMessage& like) {
  const json& payload = message.payload.json();
  if (payload.is_discarded()) return std::nullopt;
  return ParsedMessage{RefLike(message.join_ref, like.join_ref), RefLike(message.ref, like.ref),
                       message.topic.ToString(), message.event.ToString(), payload};
}

std::ostream& operator<<(std::ostream& os, const ParsedReply& reply) {
  return os << reply.status << ' '
            << reply.response.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<ParsedReply> ParseReplyPayload(std::string_view payload) {
  const json object = ParseText(payload);
  if (!object.is_object() || !object.contains("status") || !object["status"].is_string()) {
    return std::nullopt;
  }
  return ParsedReply{object["status"], object.value("response", json::object())};
}

std::optional<ParsedReply> Parsed(const wire::Reply& reply) {
  const json& response = reply.response.json();
  if (response.is_discarded()) return std::nullopt;
  return ParsedReply{reply.status.ToString(), response};
}

}  // namespace phx::test
