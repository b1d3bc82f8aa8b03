// TopicPattern: the topics that connections join, written as one text.
//
//   auto pattern = TopicPattern::Parse("room:{connection}:{channel}");
//   pattern->Expand({.connection = 7, .channel = 2});   // "room:7:2"
#ifndef PHX_LOADGEN_TOPIC_PATTERN_H_
#define PHX_LOADGEN_TOPIC_PATTERN_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace phx::loadgen {

class TopicPattern {
 public:
  // What the placeholders stand for. Both count from 1, as people do.
  struct Values {
    std::uint64_t connection = 1;
    std::uint64_t channel = 1;
  };

  // TopicPattern::Parse()
  //
  // Understands {connection} and {channel}, any number of times. kInvalidArgument, as the end of a
  // sentence that names the flag, for an empty text, another placeholder, an unclosed brace.
  static absl::StatusOr<TopicPattern> Parse(std::string_view text);

  std::string Expand(Values values) const;

  bool has_connection() const { return Has(Part::Kind::kConnection); }
  bool has_channel() const { return Has(Part::Kind::kChannel); }

 private:
  struct Part {
    enum class Kind : std::uint8_t { kLiteral, kConnection, kChannel };
    Kind kind = Kind::kLiteral;
    std::string text = {};  // of a literal
  };

  bool Has(Part::Kind kind) const;
  // Reads the placeholder at the beginning of `*rest`, which is a brace, and removes it.
  static absl::StatusOr<Part> TakePlaceholder(std::string_view* rest);

  std::vector<Part> parts_;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_TOPIC_PATTERN_H_
