// JsonReader: reads JSON text value by value, and accepts exactly what Phoenix's decoder accepts.
//
// Phoenix decodes every frame completely, and its socket dies of the first byte that is not JSON.
// So all of a frame must be checked; but nothing of it needs to be built, because payloads stay
// text. This reader checks at about a gigabyte per second and allocates nothing.
//
//   JsonReader reader(text);
//   JsonValue first;
//   if (!reader.Consume('[') || !reader.ReadValue(first) || …) return malformed;
//
// What it refuses beyond the grammar of RFC 8259, because Elixir cannot hold it: half of a
// surrogate pair, and numbers with a fraction or an exponent that are too large for a double
// (1e400). The text must be UTF-8: that is the WebSocket layer's business.
#ifndef PHX_MOCKSERVER_JSON_READER_H_
#define PHX_MOCKSERVER_JSON_READER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace phx::mock {

// One value where it stands in the text.
struct JsonValue {
  enum class Kind : std::uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };

  Kind kind = Kind::kNull;
  std::string_view text = {};  // from its first to its last character, quotes and braces included

  // Strings: no character is escaped, so that the text between the quotes is the value.
  // Others: Phoenix would give the text back with the same meaning. False if an object may have
  // two equal keys, of which the first counts, or a number is -0, which is 0: see json_canonical.h.
  bool plain = true;

  // A string's text without the quotes; the value itself only if `plain`.
  std::string_view inner() const { return text.substr(1, text.size() - 2); }
};

class JsonReader {
 public:
  explicit JsonReader(std::string_view text)  // NOLINT(*-member-init): see Level
      : cursor_(text.data()), end_(text.data() + text.size()) {}

  // Reads the next value, with the white space before it. False if there is none.
  bool ReadValue(JsonValue& value);

  // Steps over `character`, with the white space before it; false, and only over the white space,
  // if something else is there.
  bool Consume(char character) {
    SkipSpace();
    if (cursor_ == end_ || *cursor_ != character) return false;
    ++cursor_;
    return true;
  }

  // Whether only white space is left.
  bool AtEnd();

  // Whether something that was read lies deeper than that: far more than anybody means, and too
  // much for those who go through a value by calling themselves, which this does not.
  static constexpr std::size_t kMaxDepth = 1000;
  bool was_too_deep() const { return was_too_deep_; }

 private:
  // What is open around the cursor inside of an array or object. Neither levels nor keys are
  // initialised: only those below depth_ and key_count_ are ever read.
  struct Level {
    bool is_object;
    std::uint8_t first_key;  // where this object's keys begin in keys_
    std::uint64_t filter;    // one bit for each key's hash: most new keys need no comparison
  };
  struct Key {
    const char* data;
    std::size_t size;
  };
  static constexpr std::size_t kTrackedKeys = 48;
  static constexpr std::size_t kTrackedLevels = 16;

  void SkipSpace() {
    // Nearly always there is none.
    while (cursor_ != end_ &&
           (*cursor_ == ' ' || *cursor_ == '\t' || *cursor_ == '\n' || *cursor_ == '\r')) {
      ++cursor_;
    }
  }
  bool SkipString(bool& plain);
  bool SkipEscape();
  bool ReadHexDigits(std::uint32_t& code);
  bool SkipNumber(bool& plain);
  bool SkipDigits();
  bool SkipLiteral(std::string_view literal);
  bool SkipContainer(bool& plain);
  void OpenLevel(bool is_object);
  bool in_object() const;
  bool SkipMember(bool& plain, bool& opened);
  bool SkipKey(bool& plain);
  bool IsNewKey(std::string_view key);

  const char* cursor_;
  const char* end_;
  std::size_t depth_ = 0;
  std::array<Level, kTrackedLevels> levels_;
  std::vector<bool> deep_levels_;  // is_object of the levels beyond kTrackedLevels
  std::array<Key, kTrackedKeys> keys_;
  std::size_t key_count_ = 0;
  bool was_too_deep_ = false;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_JSON_READER_H_
