#include "loadgen/topic_pattern.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace phx::loadgen {

absl::StatusOr<TopicPattern> TopicPattern::Parse(std::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("is empty; a topic is a text such as room:1");
  TopicPattern pattern;
  while (!text.empty()) {
    if (text.front() == '{') {
      absl::StatusOr<Part> part = TakePlaceholder(&text);
      if (!part.ok()) return part.status();
      pattern.parts_.push_back(*std::move(part));
      continue;
    }
    const std::string_view literal = text.substr(0, text.find('{'));
    pattern.parts_.push_back({.kind = Part::Kind::kLiteral, .text = std::string(literal)});
    text.remove_prefix(literal.size());
  }
  return pattern;
}

absl::StatusOr<TopicPattern::Part> TopicPattern::TakePlaceholder(std::string_view* rest) {
  const std::size_t close = rest->find('}');
  if (close == std::string_view::npos) {
    return absl::InvalidArgumentError("has a { without a }; write {connection} or {channel}");
  }
  const std::string_view name = rest->substr(1, close - 1);
  rest->remove_prefix(close + 1);
  if (name == "connection") return Part{.kind = Part::Kind::kConnection};
  if (name == "channel") return Part{.kind = Part::Kind::kChannel};
  return absl::InvalidArgumentError(absl::StrCat("has an unknown placeholder {", std::string(name),
                                                 "}; write {connection} or {channel}"));
}

std::string TopicPattern::Expand(Values values) const {
  std::string topic;
  for (const Part& part : parts_) {
    switch (part.kind) {
      case Part::Kind::kLiteral: absl::StrAppend(&topic, part.text); break;
      case Part::Kind::kConnection: absl::StrAppend(&topic, values.connection); break;
      case Part::Kind::kChannel: absl::StrAppend(&topic, values.channel); break;
    }
  }
  return topic;
}

bool TopicPattern::Has(Part::Kind kind) const {
  return std::any_of(parts_.begin(), parts_.end(),
                     [kind](const Part& part) { return part.kind == kind; });
}

}  // namespace phx::loadgen
