// TextReader: reads the value of a flag from left to right, and points at the place that is not
// understood:
//
//   reply.p99 > 50
//               ^ a duration with its unit belongs here, as in 50ms or 1.5s
#ifndef PHX_LOADGEN_TEXT_READER_H_
#define PHX_LOADGEN_TEXT_READER_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace phx::loadgen {

class TextReader {
 public:
  // `text` must outlive this object.
  explicit TextReader(std::string_view text) : text_(text) {}

  // What has not been read yet, and where in the text that begins.
  std::string_view rest() const { return text_.substr(place_); }
  std::size_t place() const { return place_; }

  void Skip(std::size_t size) { place_ += size; }
  void SkipSpaces() {
    while (rest().starts_with(' ')) Skip(1);
  }

  // Reads as long as `belongs(character)`.
  template <typename Belongs>
  std::string_view TakeWhile(const Belongs& belongs) {
    const std::size_t begin = place_;
    while (!rest().empty() && belongs(rest().front())) Skip(1);
    return text_.substr(begin, place_ - begin);
  }

  // Notes what is wrong, and where. False, for whoever returns it.
  bool Fail(std::size_t place, std::string what);

  // OK, or kInvalidArgument, which shows the text and, in the line below, the place and what is
  // wrong there.
  absl::Status status() const;

 private:
  std::string_view text_;
  std::size_t place_ = 0;
  std::size_t wrong_at_ = 0;
  std::string wrong_;  // empty: nothing
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_TEXT_READER_H_
