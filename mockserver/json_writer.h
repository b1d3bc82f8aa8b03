// JsonWriter: appends JSON that is put together from literals, strings and values that are JSON
// already. A server that echoes a million small messages a second feels every append to a string,
// so this one makes room once and then only copies.
//
//   JsonWriter writer(out, JsonWriter::RoomFor(topic) + payload.text().size() + 8);
//   writer.Literal("[");
//   writer.String(topic);
//   writer.Literal(",");
//   writer.Raw(payload.text());
//   writer.Literal("]");
//   writer.Finish();
#ifndef PHX_MOCKSERVER_JSON_WRITER_H_
#define PHX_MOCKSERVER_JSON_WRITER_H_

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#include "mockserver/json_string.h"
#include "mockserver/json_term.h"

namespace phx::mock {

class JsonWriter {
 public:
  // The most that String() makes of `characters`: each may become \u001F; and the quotes.
  static constexpr std::size_t RoomFor(std::string_view characters) {
    return 6 * characters.size() + 2;
  }
  static std::size_t RoomFor(const JsonTerm& term) { return RoomFor(term.text()) + 2; }  // null

  // Appends to `out`, at most `room` bytes. Nobody else may touch `out` before Finish().
  JsonWriter(std::string& out, std::size_t room) : out_(out) {
    const std::size_t begin = out.size();
    out.resize(begin + room);
    cursor_ = out.data() + begin;
  }

  // Text that is JSON, or a part of it.
  template <std::size_t N>
  void Literal(const char (&text)[N]) {
    std::memcpy(cursor_, text, N - 1);
    cursor_ += N - 1;
  }
  void Raw(std::string_view text) {
    if (text.empty()) return;  // whose data() may be null
    std::memcpy(cursor_, text.data(), text.size());
    cursor_ += text.size();
  }

  // A JSON string with these characters.
  void String(std::string_view characters) {
    *cursor_++ = '"';
    for (const char c : characters) {
      if (NeedsEscape(c)) [[unlikely]] {
        WriteEscaped(c);
      } else {
        *cursor_++ = c;
      }
    }
    *cursor_++ = '"';
  }
  void Term(const JsonTerm& term) {
    if (term.is_string()) {
      String(term.text());
    } else {
      Raw(term.is_null() ? std::string_view("null") : term.text());
    }
  }

  void Finish() { out_.resize(static_cast<std::size_t>(cursor_ - out_.data())); }

 private:
  void WriteEscaped(char c) {
    std::string escaped;
    AppendEscapedCharacter(escaped, c);
    Raw(escaped);
  }

  std::string& out_;
  char* cursor_;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_JSON_WRITER_H_
