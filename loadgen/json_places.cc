#include "loadgen/json_places.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {

std::string LineAndColumn(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, byte);
  const std::string_view line = before.substr(before.rfind('\n') + 1);  // npos + 1 is 0
  const auto characters = std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;  // no continuation byte
  });
  return absl::StrCat(std::count(before.begin(), before.end(), '\n') + 1, ":", characters + 1);
}

// Goes through a text that is known to be JSON, which leaves little to be looked at.
class JsonScanner {
 public:
  JsonScanner(std::string_view text, JsonPlaces* places) : text_(text), places_(*places) {}

  void Scan() {
    while (at_ < text_.size()) ScanToken();
  }

 private:
  struct Container {
    std::string pointer = {};
    bool is_object = false;
    bool expects_name = false;
    std::size_t index = 0;    // of the element, of an array
    std::string member = {};  // the pointer of the field, of an object
  };

  void ScanToken() {
    const char c = text_[at_];
    switch (c) {
      case '{':
      case '[': return Open(c == '{');
      case '}':
      case ']': stack_.pop_back(); break;
      case ',': Next(); break;
      case '"': return ScanString();
      case ':':
      case ' ':
      case '\t':
      case '\n':
      case '\r': break;
      default: return ScanWord();
    }
    ++at_;
  }

  void Open(bool is_object) {
    std::string pointer = BeginValue();
    stack_.push_back(
        {.pointer = std::move(pointer), .is_object = is_object, .expects_name = is_object});
    ++at_;
  }

  void Next() {
    Container& container = stack_.back();
    container.expects_name = container.is_object;
    ++container.index;
  }

  // Notes that a value begins here, unless it is a field's, which has begun with its name. Its
  // pointer.
  std::string BeginValue() {
    if (!stack_.empty() && stack_.back().is_object) return stack_.back().member;
    std::string pointer =
        stack_.empty() ? "" : absl::StrCat(stack_.back().pointer, "/", stack_.back().index);
    places_.bytes_.emplace(pointer, at_);
    return pointer;
  }

  void ScanString() {
    std::size_t end = at_ + 1;
    for (; text_[end] != '"'; ++end) {
      if (text_[end] == '\\') ++end;
    }
    ++end;
    if (!stack_.empty() && stack_.back().expects_name) {
      NoteName(text_.substr(at_, end - at_));
    } else {
      BeginValue();
    }
    at_ = end;
  }

  void NoteName(std::string_view quoted) {
    Container& object = stack_.back();
    object.expects_name = false;
    const nlohmann::json::json_pointer name =
        nlohmann::json::json_pointer() / nlohmann::json::parse(quoted).get<std::string>();
    object.member = absl::StrCat(object.pointer, name.to_string());
    const bool is_new = places_.bytes_.emplace(object.member, at_).second;
    if (is_new || places_.twice_.has_value()) return;
    places_.twice_ =
        absl::StrCat(places_.file_, ":", LineAndColumn(text_, at_), ": ", object.member);
  }

  // A number, or a name of JSON's.
  void ScanWord() {
    BeginValue();
    const std::size_t end = text_.find_first_of(",]} \t\r\n", at_);
    at_ = std::min(end, text_.size());
  }

  std::string_view text_;
  JsonPlaces& places_;
  std::size_t at_ = 0;
  std::vector<Container> stack_;
};

JsonPlaces::JsonPlaces(std::string text, std::string file)
    : text_(std::move(text)), file_(std::move(file)) {
  JsonScanner(text_, this).Scan();
}

std::optional<std::size_t> JsonPlaces::Find(std::string_view pointer) const {
  const auto found = bytes_.find(pointer);
  if (found == bytes_.end()) return std::nullopt;
  return found->second;
}

std::string JsonPlaces::Describe(std::string_view pointer) const {
  std::string_view around = pointer;
  while (!Has(around)) around = around.substr(0, around.rfind('/'));
  const std::string place = absl::StrCat(file_, ":", LineAndColumn(text_, *Find(around)));
  return pointer.empty() ? place : absl::StrCat(place, ": ", std::string(pointer));
}

}  // namespace phx::loadgen
