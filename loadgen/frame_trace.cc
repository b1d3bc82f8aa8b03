#include "loadgen/frame_trace.h"

#include <cstddef>
#include <optional>

#include "absl/strings/str_cat.h"
#include "client/wire/events.h"
#include "client/wire/text.h"
#include "client/wire/utf8.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {
namespace {

constexpr std::size_t kMaxPayload = 500;  // bytes that are shown

std::string Quoted(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', /*ensure_ascii=*/false,
                                   nlohmann::json::error_handler_t::replace);
}

std::string Quoted(const std::optional<wire::Text>& text) {
  return text.has_value() ? Quoted(std::string_view(*text)) : "null";
}

std::string PayloadText(const wire::Message& message) {
  const wire::Payload& payload = message.payload;
  if (payload.is_binary()) return absl::StrCat("(", payload.bytes().size(), " bytes)");
  const std::string_view text = payload.text();
  if (std::string_view(message.event) == events::kJoin) {
    return absl::StrCat("(", text.size(), " bytes, not shown)");
  }
  if (text.size() <= kMaxPayload) return std::string(text);
  return absl::StrCat(std::string(wire::TruncateUtf8(text, kMaxPayload)), "… (", text.size(),
                      " bytes)");
}

std::string Describe(std::string_view arrow, const wire::Message& message) {
  return absl::StrCat(std::string(arrow), " [", Quoted(message.join_ref), ",", Quoted(message.ref),
                      ",", Quoted(std::string_view(message.topic)), ",",
                      Quoted(std::string_view(message.event)), ",", PayloadText(message), "]");
}

}  // namespace

absl::StatusOr<wire::FrameType> FrameTrace::Encode(const wire::Message& message,
                                                   std::string& out) const {
  absl::StatusOr<wire::FrameType> type = serializer_.Encode(message, out);
  if (type.ok()) tell_(Describe("->", message));
  return type;
}

absl::StatusOr<wire::Message> FrameTrace::Decode(wire::FrameView frame) const {
  absl::StatusOr<wire::Message> message = serializer_.Decode(frame);
  tell_(message.ok()
            ? Describe("<-", *message)
            : absl::StrCat("<- (", frame.data.size(),
                           " bytes that are no message: ", message.status().message(), ")"));
  return message;
}

}  // namespace phx::loadgen
