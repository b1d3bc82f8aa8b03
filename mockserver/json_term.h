// JsonTerm: a small JSON value as the client wrote it: a ref, a join_ref or a topic.
//
// Phoenix takes any JSON there and gives it back unchanged; two of them are equal if they are the
// same Elixir term, so that "1" and 1 differ.
#ifndef PHX_MOCKSERVER_JSON_TERM_H_
#define PHX_MOCKSERVER_JSON_TERM_H_

#include <cstdint>
#include <string_view>
#include <utility>

#include "client/wire/text.h"

namespace phx::mock {

class JsonTerm {
 public:
  // null
  JsonTerm() = default;

  static JsonTerm String(wire::Text characters) {
    return JsonTerm(Kind::kString, std::move(characters));
  }
  // A number, an array, an object, true or false, by its JSON text.
  static JsonTerm Other(wire::Text json) { return JsonTerm(Kind::kOther, std::move(json)); }

  bool is_null() const { return kind_ == Kind::kNull; }
  bool is_string() const { return kind_ == Kind::kString; }
  bool is_object() const { return kind_ == Kind::kOther && text_.view().starts_with('{'); }
  bool is_array() const { return kind_ == Kind::kOther && text_.view().starts_with('['); }

  // A string's characters; the JSON text of anything else; "" for null. This is also what Elixir's
  // to_string makes of null, strings, numbers and booleans.
  std::string_view text() const { return text_.view(); }

  // Points at the characters of another term, which must outlive this one.
  JsonTerm Borrow() const { return JsonTerm(kind_, wire::Text::Borrow(text_.view())); }

  friend bool operator==(const JsonTerm&, const JsonTerm&) = default;

 private:
  enum class Kind : std::uint8_t { kNull, kString, kOther };

  JsonTerm(Kind kind, wire::Text text) : text_(std::move(text)), kind_(kind) {}

  wire::Text text_;
  Kind kind_ = Kind::kNull;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_JSON_TERM_H_
