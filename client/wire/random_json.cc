#include "client/wire/random_json.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace phx::test {
namespace {

using nlohmann::json;

// Each is one character, so that any sequence of them is UTF-8; some are more than one byte.
constexpr std::array<std::string_view, 30> kCharacters = {
    "a",      "b",      "1",      "\"",     "\\",         "/",         "[",      "]",
    "{",      "}",      ",",      ":",      " ",          "\n",        "\t",     "\r",
    "\b",     "\f",     "\x01",   "\x1f",   "\x7f",       "ok",        "status", "null",
    "\u00e9", "\u6f22", "\u2028", "\uffff", "\U0001f642", "\U0010ffff"};

// One ASCII character as \uXXXX.
std::string UnicodeEscape(char c) {
  return absl::StrCat("\\u00", absl::BytesToHexString(absl::string_view(&c, 1)));
}

// The short escape of `c`; empty if there is none.
std::string_view ShortEscape(char c) {
  switch (c) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '/': return "\\/";
    case '\b': return "\\b";
    case '\f': return "\\f";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: return "";
  }
}

bool NeedsEscape(char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }

}  // namespace

std::string RandomJson::String() {
  std::string text;
  for (std::size_t left = Below(9); left > 0; --left) {
    text += kCharacters[Below(std::size(kCharacters))];
  }
  return text;
}

json RandomJson::Scalar() {
  switch (Below(6)) {
    case 0: return nullptr;
    case 1: return Below(2) == 0;
    case 2: return static_cast<std::int64_t>(Below(2000)) - 1000;
    case 3: return static_cast<double>(Below(1000)) / 8 - 60;
    default: return String();
  }
}

json RandomJson::Value(int depth) {
  const std::size_t kind = depth > 0 ? Below(4) : 2;
  if (kind > 1) return Scalar();
  json value = kind == 0 ? json::array() : json::object();
  for (std::size_t left = Below(4); left > 0; --left) {
    if (kind == 0) {
      value.push_back(Value(depth - 1));
    } else {
      value[String()] = Value(depth - 1);
    }
  }
  return value;
}

std::string RandomJson::Spell(const json& value) {
  switch (value.type()) {
    case json::value_t::array: return SpellArray(value);
    case json::value_t::object: return SpellObject(value);
    case json::value_t::string: return SpellString(value.get_ref<const std::string&>());
    default: return value.dump();
  }
}

std::string RandomJson::Space() {
  static constexpr std::string_view kSpaces = " \t\r\n";
  std::string space;
  while (Below(4) == 0) space.push_back(kSpaces[Below(kSpaces.size())]);
  return space;
}

std::string RandomJson::SpellString(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    const bool ascii = static_cast<unsigned char>(c) < 0x80;
    const std::string_view escape = ShortEscape(c);
    if (!escape.empty() && (NeedsEscape(c) || Below(2) == 0)) {
      out += escape;
    } else if (ascii && (NeedsEscape(c) || Below(8) == 0)) {
      out += UnicodeEscape(c);
    } else {
      out += c;
    }
  }
  out += '"';
  return out;
}

std::string RandomJson::SpellArray(const json& array) {
  std::string out = "[" + Space();
  bool first = true;
  for (const json& element : array) {
    if (!first) out += "," + Space();
    first = false;
    out += Spell(element) + Space();
  }
  return out + "]";
}

std::string RandomJson::SpellObject(const json& object) {
  std::string out = "{" + Space();
  bool first = true;
  for (const auto& [key, value] : object.items()) {
    if (!first) out += "," + Space();
    first = false;
    out += SpellString(key) + Space() + ":" + Space() + Spell(value) + Space();
  }
  return out + "}";
}

}  // namespace phx::test
