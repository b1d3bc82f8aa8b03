#include "mockserver/json_canonical.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "mockserver/json_reader.h"
#include "mockserver/json_string.h"

namespace phx::mock {
namespace {

class Rewriter {
 public:
  explicit Rewriter(std::string_view json) : rest_(json) { out_.reserve(json.size()); }

  std::string Run() {
    Value();
    while (!levels_.empty()) Step();
    return std::move(out_);
  }

 private:
  struct Level {
    bool is_object = false;
    bool empty = true;
    absl::flat_hash_set<std::string> keys = {};
  };

  char Peek() {
    const std::size_t begin = rest_.find_first_not_of(" \t\n\r");
    rest_.remove_prefix(begin);  // the text is complete: something always follows
    return rest_.front();
  }

  // Takes the next scalar, or a whole array or object.
  JsonValue Take() {
    JsonReader reader(rest_);
    JsonValue value;
    reader.ReadValue(value);
    const char* begin = value.text.data();
    rest_.remove_prefix(static_cast<std::size_t>(begin - rest_.data()) + value.text.size());
    return value;
  }

  // One member, or the end, of the innermost array or object.
  void Step() {
    Level& level = levels_.back();
    char next = Peek();
    if (next == ',') {
      rest_.remove_prefix(1);
      next = Peek();
    }
    if (next == '}' || next == ']') {
      rest_.remove_prefix(1);
      out_ += next;
      levels_.pop_back();
      return;
    }
    if (level.is_object && !Key(level)) return;
    if (!level.is_object && !std::exchange(level.empty, false)) out_ += ',';
    Value();
  }

  // Writes the key of a member; if it came before, skips the member and returns false.
  bool Key(Level& level) {
    const JsonValue key = Take();
    Peek();
    rest_.remove_prefix(1);  // the colon
    if (!level.keys.insert(UnescapeJsonString(key.inner())).second) {
      Take();
      return false;
    }
    if (!std::exchange(level.empty, false)) out_ += ',';
    out_.append(key.text);
    out_ += ':';
    return true;
  }

  void Value() {
    const char next = Peek();
    if (next == '{' || next == '[') {
      rest_.remove_prefix(1);
      out_ += next;
      levels_.push_back({.is_object = next == '{'});
      return;
    }
    const JsonValue value = Take();
    out_.append(value.kind == JsonValue::Kind::kNumber && !value.plain ? "0" : value.text);
  }

  std::string_view rest_;
  std::string out_;
  std::vector<Level> levels_;
};

}  // namespace

std::string CanonicalJson(std::string_view json) { return Rewriter(json).Run(); }

}  // namespace phx::mock
