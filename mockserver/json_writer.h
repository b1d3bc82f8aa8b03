// JsonWriter: appends JSON that is put together from texts: literals, strings, values that are JSON
// already. Collects the pieces first and copies them in one go, because a server that echoes a
// million small messages a second feels every append.
//
//   JsonWriter writer(out);
//   writer.Raw("[");
//   writer.String(topic);
//   writer.Raw(",");
//   writer.Raw(payload.text());
//   writer.Raw("]");
//   writer.Finish();
#ifndef PHX_MOCKSERVER_JSON_WRITER_H_
#define PHX_MOCKSERVER_JSON_WRITER_H_

#include <array>
#include <cstddef>
#include <cstring>
#include <list>
#include <string>
#include <string_view>

#include "mockserver/json_string.h"
#include "mockserver/json_term.h"

namespace phx::mock {

// What is passed must stay in place until Finish().
class JsonWriter {
 public:
  // Leaves the pieces uninitialised: only the first count_ of them are ever read.
  explicit JsonWriter(std::string& out) : out_(out) {}  // NOLINT(*-member-init)

  // Text that is JSON, or a part of it.
  void Raw(std::string_view text) {
    if (count_ == pieces_.size()) Finish();
    pieces_[count_++] = {text.data(), text.size()};
    total_ += text.size();
  }
  // A JSON string with these characters.
  void String(std::string_view characters) {
    if (NeedsEscapes(characters)) {
      std::string& escaped = escaped_.emplace_back();
      AppendJsonString(escaped, characters);
      Raw(escaped);
      return;
    }
    Raw("\"");
    Raw(characters);
    Raw("\"");
  }
  void Term(const JsonTerm& term) {
    if (term.is_string()) {
      String(term.text());
    } else {
      Raw(term.is_null() ? std::string_view("null") : term.text());
    }
  }

  void Finish() {
    const std::size_t begin = out_.size();
    out_.resize(begin + total_);
    char* target = out_.data() + begin;
    for (std::size_t i = 0; i != count_; ++i) {
      std::memcpy(target, pieces_[i].data, pieces_[i].size);
      target += pieces_[i].size;
    }
    count_ = 0;
    total_ = 0;
  }

 private:
  struct Piece {
    const char* data;
    std::size_t size;
  };

  std::string& out_;
  std::array<Piece, 24> pieces_;
  std::size_t count_ = 0;
  std::size_t total_ = 0;
  std::list<std::string> escaped_;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_JSON_WRITER_H_
