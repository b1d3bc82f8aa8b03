// JsonPlaces: where in a file of JSON its values stand, for those who say what is wrong with them.
//
//   JsonPlaces places(R"({"rate": -1})", "chat.json");
//   places.Describe("/rate");   // chat.json:1:2: /rate
//
// nlohmann's values do not know their places, so the text is read once more.
//
// Threads: a plain value.
#ifndef PHX_LOADGEN_JSON_PLACES_H_
#define PHX_LOADGEN_JSON_PLACES_H_

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace phx::loadgen {

// "3:14": the line and the column, both from 1, of the character that begins at that byte.
std::string LineAndColumn(std::string_view text, std::size_t byte);

class JsonPlaces {
 public:
  // `text` is JSON (json_syntax.h), which is what `file` holds.
  JsonPlaces(std::string text, std::string file);

  // Whether there is anything at that JSON pointer (RFC 6901).
  bool Has(std::string_view pointer) const { return Find(pointer).has_value(); }

  // "chat.json:5:12: /users/0/topic": where the field begins, or the element. Of what is not there,
  // where the object begins that it belongs into. The root has no pointer behind its place.
  std::string Describe(std::string_view pointer) const;

  // The second of two fields of one object that have the same name; of several such the first.
  const std::optional<std::string>& twice() const { return twice_; }

 private:
  friend class JsonScanner;

  std::optional<std::size_t> Find(std::string_view pointer) const;

  std::string text_;
  std::string file_;
  std::map<std::string, std::size_t, std::less<>> bytes_;  // by pointer, where it begins
  std::optional<std::string> twice_;                       // as Describe() has it
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_JSON_PLACES_H_
