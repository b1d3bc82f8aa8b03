// Payload: what a message carries, either JSON or raw bytes.
//
// JSON stays text until somebody asks for the value: `text()` is free, `json()` parses once and
// keeps the result. What nobody reads is never parsed.
//
//   auto p = wire::Payload::Json({{"body", "hi"}});     // from a JSON value
//   auto q = wire::Payload::JsonText(R"({"body":"hi"})"); // from JSON text, sent as it stands
//   auto b = wire::Payload::Binary(bytes);              // a binary frame on the wire
//   std::string body = p.json().value("body", "");
//
// A received Payload borrows the read buffer while the handler runs; a copy owns its bytes.
//
// Threads: distinct objects may be used concurrently. `json()` fills a cache, so two threads must
// not call it on one object at the same time.
#ifndef PHX_CLIENT_WIRE_PAYLOAD_H_
#define PHX_CLIENT_WIRE_PAYLOAD_H_

#include <cstdint>
#include <memory>
#include <ostream>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "client/wire/text.h"
#include "nlohmann/json.hpp"

namespace phx::wire {

class Payload {
 public:
  // The empty JSON object, which is what Phoenix sends where there is nothing to say.
  Payload() : text_(Text::Borrow("{}")) {}

  // Serialises `value` now. A value that has no JSON text (a string that is not UTF-8, a discarded
  // value) gives a payload whose `status()` is kInvalidArgument; sending it fails with that status.
  static Payload Json(const nlohmann::json& value);

  // JSON text, which is sent as it stands. Not checked, except that an empty one has a `status()`
  // that is not OK: a malformed text makes a Phoenix server close the whole connection (1011).
  static Payload JsonText(Text text) { return Payload(Kind::kJson, std::move(text)); }

  // Raw bytes, which make the whole message a binary frame (V2 only).
  static Payload Binary(Text bytes) { return Payload(Kind::kBinary, std::move(bytes)); }

  // The same payload, pointing at the bytes of `other`, which must outlive it.
  static Payload Borrow(const Payload& other) {
    return Payload(other.kind_, Text::Borrow(other.text_));
  }

  Payload(const Payload& other);
  Payload& operator=(const Payload& other);
  Payload(Payload&&) noexcept = default;
  Payload& operator=(Payload&&) noexcept = default;
  ~Payload() = default;

  bool is_binary() const { return kind_ == Kind::kBinary; }

  // OK, or why this payload cannot be sent.
  absl::Status status() const {
    const bool is_empty_json = kind_ == Kind::kJson && text_.empty();
    return kind_ == Kind::kInvalid || is_empty_json ? Defect() : absl::OkStatus();
  }

  // The JSON text; empty for a binary payload.
  std::string_view text() const { return kind_ == Kind::kJson ? text_.view() : std::string_view(); }

  // The raw bytes; empty for a JSON payload.
  std::string_view bytes() const {
    return kind_ == Kind::kBinary ? text_.view() : std::string_view();
  }

  // The JSON value, parsed at the first call. A malformed text or a binary payload gives a
  // discarded value: `json().is_discarded()` is true and every access to it throws.
  // The reference is valid as long as this object.
  const nlohmann::json& json() const;

  // Same kind and same bytes. JSON is compared as text.
  friend bool operator==(const Payload& a, const Payload& b) {
    return a.kind_ == b.kind_ && a.text_ == b.text_;
  }
  friend std::ostream& operator<<(std::ostream& os, const Payload& payload);

  // Makes this object own its bytes if it borrows them.
  void Own() { text_.Own(); }

 private:
  enum class Kind : std::uint8_t { kJson, kBinary, kInvalid };  // kInvalid: text_ says why

  absl::Status Defect() const;

  Payload(Kind kind, Text text) : text_(std::move(text)), kind_(kind) {}

  Text text_;
  mutable std::unique_ptr<nlohmann::json> value_;  // filled by json()
  Kind kind_ = Kind::kJson;
};

}  // namespace phx::wire

#endif  // PHX_CLIENT_WIRE_PAYLOAD_H_
