#include "testing/client_frame.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "client/wire/ref.h"

namespace phx::test {
namespace {

using nlohmann::json;

// A string, or nothing for null; nullopt for anything else.
std::optional<std::optional<std::string>> ReadRef(const json& value) {
  if (value.is_null()) return std::optional<std::string>();
  if (value.is_string()) return std::optional(value.get<std::string>());
  return std::nullopt;
}

std::optional<ClientFrame> FromV2(const json& array) {
  if (array.size() != 5 || !array[2].is_string() || !array[3].is_string()) return std::nullopt;
  const auto join_ref = ReadRef(array[0]);
  const auto ref = ReadRef(array[1]);
  if (!join_ref.has_value() || !ref.has_value()) return std::nullopt;
  return ClientFrame{.join_ref = *join_ref,
                     .ref = *ref,
                     .topic = array[2],
                     .event = array[3],
                     .payload = array[4],
                     .bytes = {}};
}

std::optional<ClientFrame> FromV1(const json& object) {
  for (const char* key : {"topic", "event", "payload", "ref"}) {
    if (!object.contains(key)) return std::nullopt;
  }
  const auto ref = ReadRef(object["ref"]);
  if (!ref.has_value() || !object["topic"].is_string() || !object["event"].is_string()) {
    return std::nullopt;
  }
  return ClientFrame{.join_ref = std::nullopt,
                     .ref = *ref,
                     .topic = object["topic"],
                     .event = object["event"],
                     .payload = object["payload"],
                     .bytes = {}};
}

// 00, four lengths of one byte each, the four fields, the data.
std::optional<ClientFrame> FromBinary(std::string_view data) {
  if (data.size() < 5 || data[0] != 0) return std::nullopt;
  std::array<std::string, 4> fields;
  std::size_t offset = 5;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto length = static_cast<std::uint8_t>(data[i + 1]);
    if (offset + length > data.size()) return std::nullopt;
    fields[i] = data.substr(offset, length);
    offset += length;
  }
  return ClientFrame{.join_ref = fields[0],
                     .ref = fields[1],
                     .topic = fields[2],
                     .event = fields[3],
                     .payload = {},
                     .bytes = std::string(data.substr(offset))};
}

json RefToJson(const std::optional<std::string>& ref) {
  return ref.has_value() ? json(*ref) : json(nullptr);
}

}  // namespace

std::uint64_t ClientFrame::ref_number() const {
  return ref.has_value() ? ParseRef(*ref).value_or(Ref{}).value : 0;
}

std::optional<ClientFrame> ParseClientFrame(wire::FrameView frame) {
  if (frame.type == wire::FrameType::kBinary) return FromBinary(frame.data);
  const json value = json::parse(frame.data, nullptr, /*allow_exceptions=*/false);
  if (value.is_array()) return FromV2(value);
  if (value.is_object()) return FromV1(value);
  return std::nullopt;
}

json FrameToJson(wire::FrameView frame) {
  if (frame.type == wire::FrameType::kText) {
    return json::parse(frame.data, nullptr, /*allow_exceptions=*/false);
  }
  const std::optional<ClientFrame> parsed = FromBinary(frame.data);
  if (!parsed.has_value()) return json(json::value_t::discarded);
  return json::array({RefToJson(parsed->join_ref), RefToJson(parsed->ref), parsed->topic,
                      parsed->event, parsed->bytes});
}

}  // namespace phx::test
