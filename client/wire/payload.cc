#include "client/wire/payload.h"

#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace phx::wire {

namespace {

// How nlohmann prints a value that was discarded, such as the json() of a malformed payload, also
// inside other values. The same characters may stand in a string.
constexpr std::string_view kDiscarded = "<discarded>";

// What nlohmann accepts beyond JSON: it steps over a byte order mark at the beginning and takes a
// zero byte for the end.
bool IsBeyondJson(std::string_view text) {
  return text.starts_with("\xef\xbb\xbf") || text.find('\0') != std::string_view::npos;
}

nlohmann::json Parse(std::string_view text) {
  constexpr bool kAllowExceptions = false;
  if (IsBeyondJson(text)) return nlohmann::json(nlohmann::json::value_t::discarded);
  return nlohmann::json::parse(text, nullptr, kAllowExceptions);
}

}  // namespace

Payload Payload::Json(const nlohmann::json& value) {
  try {
    const std::string text = value.dump();
    if (text.find(kDiscarded) != std::string::npos && !nlohmann::json::accept(text)) {
      return Payload(Kind::kInvalid, "payload is not JSON: it contains a discarded value");
    }
    return Payload(Kind::kJson, text);
  } catch (const nlohmann::json::exception& error) {
    return Payload(Kind::kInvalid, Text(absl::StrCat("payload is not JSON: ", error.what())));
  }
}

Payload::Payload(const Payload& other) : text_(other.text_), kind_(other.kind_) {}

Payload& Payload::operator=(const Payload& other) {
  if (this != &other) *this = Payload(other);
  return *this;
}

absl::Status Payload::Defect() const {
  if (kind_ == Kind::kInvalid) {
    return absl::InvalidArgumentError(absl::string_view(text_.view().data(), text_.size()));
  }
  return absl::InvalidArgumentError("payload is an empty text, which is not JSON");
}

const nlohmann::json& Payload::json() const {
  if (value_ == nullptr) {
    value_ = std::make_unique<nlohmann::json>(
        kind_ == Kind::kJson ? Parse(text_) : nlohmann::json(nlohmann::json::value_t::discarded));
  }
  return *value_;
}

std::ostream& operator<<(std::ostream& os, const Payload& payload) {
  if (!payload.is_binary()) return os << payload.text_;
  const std::string_view bytes = payload.bytes();
  return os << "0x" << absl::BytesToHexString(absl::string_view(bytes.data(), bytes.size()));
}

}  // namespace phx::wire
