#include "loadgen/flag_set.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "loadgen/mistakes.h"
#include "loadgen/wrap_text.h"

namespace phx::loadgen {
namespace {

constexpr std::size_t kHelpColumns = 100;
constexpr std::size_t kHelpIndent = 28;

// How many characters have to be inserted, removed or replaced to make `b` of `a` (Levenshtein).
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

void FlagSet::Group(std::string_view title) {
  headings_.push_back({.before = flags_.size(), .title = std::string(title)});
}

absl::Status FlagSet::Parse(std::span<const std::string_view> arguments) {
  Mistakes mistakes;
  for (std::size_t index = 0; index < arguments.size();) {
    std::string mistake = ParseOne(arguments, &index);
    if (!mistake.empty()) mistakes.Add(std::move(mistake));
  }
  return mistakes.status();
}

std::string FlagSet::ParseOne(std::span<const std::string_view> arguments, std::size_t* index) {
  std::string_view word = arguments[(*index)++];
  if (!word.starts_with("--") || word.size() == 2) {
    if (words_ != nullptr) {
      words_->emplace_back(word);
      return "";
    }
    return absl::StrCat("\"", std::string(word),
                        "\" is not a flag; flags begin with two dashes, see --help");
  }
  word.remove_prefix(2);
  const std::size_t equals = word.find('=');
  const std::string name(word.substr(0, equals));
  const Flag* flag = Find(name);
  if (flag == nullptr) {
    // What follows is probably its value, and no mistake of its own.
    const bool has_value = equals == std::string_view::npos && *index < arguments.size() &&
                           !arguments[*index].starts_with("--");
    if (has_value) ++*index;
    return DescribeUnknown(name);
  }

  std::string_view value = "true";
  if (equals != std::string_view::npos) {
    value = word.substr(equals + 1);
  } else if (flag->type != Type::kBoolean) {
    if (*index == arguments.size()) {
      return absl::StrCat("--", name, " has no value; write --", name, "=", flag->value_name);
    }
    value = arguments[(*index)++];
  }
  if (flag->type == Type::kList && !is_given(name)) flag->clear();
  const absl::Status status = flag->set(value);
  given_.emplace_back(name, value);
  if (status.ok()) return "";
  return absl::StrCat("--", name, ": \"", std::string(value), "\" ", status.message());
}

const FlagSet::Flag* FlagSet::Find(std::string_view name) const {
  const auto found = std::find_if(flags_.begin(), flags_.end(),
                                  [name](const Flag& flag) { return flag.name == name; });
  return found == flags_.end() ? nullptr : &*found;
}

bool FlagSet::is_given(std::string_view name) const {
  return std::any_of(given_.begin(), given_.end(),
                     [name](const auto& flag) { return flag.first == name; });
}

std::optional<FlagSet::Type> FlagSet::TypeOf(std::string_view name) const {
  const Flag* flag = Find(name);
  if (flag == nullptr) return std::nullopt;
  return flag->type;
}

std::string FlagSet::Nearest(std::string_view name) const {
  std::string nearest;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const Flag& flag : flags_) {
    const std::size_t distance = EditDistance(name, flag.name);
    if (distance < least) {
      least = distance;
      nearest = flag.name;
    }
  }
  // Beyond a third of the word the nearest name is a guess that helps nobody.
  return least * 3 <= nearest.size() ? nearest : "";
}

std::vector<std::string> FlagSet::names() const {
  std::vector<std::string> names;
  for (const Flag& flag : flags_) names.push_back(flag.name);
  return names;
}

std::string FlagSet::DescribeUnknown(std::string_view name) const {
  const std::string nearest = Nearest(name);
  return absl::StrCat(
      "--", std::string(name), ": there is no such flag; ",
      nearest.empty() ? "see --help" : absl::StrCat("did you mean --", nearest, "?"));
}

std::string FlagSet::Help() const {
  std::string text;
  auto heading = headings_.begin();
  for (std::size_t i = 0; i < flags_.size(); ++i) {
    const Flag& flag = flags_[i];
    for (; heading != headings_.end() && heading->before == i; ++heading) {
      absl::StrAppend(&text, i == 0 ? "" : "\n", heading->title, ":\n");
    }
    std::string left = absl::StrCat("  --", flag.name);
    if (flag.type != Type::kBoolean) absl::StrAppend(&left, "=", flag.value_name);
    std::string right = flag.help;
    if (flag.type != Type::kBoolean && !flag.default_text.empty()) {
      absl::StrAppend(&right, " Default: ", flag.default_text, ".");
    }
    if (left.size() + 2 > kHelpIndent) {
      absl::StrAppend(&text, left, "\n");
      left.clear();
    }
    for (const std::string& line : WrapText(right, kHelpColumns - kHelpIndent)) {
      left.resize(kHelpIndent, ' ');
      absl::StrAppend(&text, left, line, "\n");
      left.clear();
    }
  }
  return text;
}

}  // namespace phx::loadgen
