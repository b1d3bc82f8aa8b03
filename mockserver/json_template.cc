#include "mockserver/json_template.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "nlohmann/json.hpp"

namespace phx::mock {
namespace {

using nlohmann::json;

// A piece of a string: text as it stands, or the path in a hole.
struct Piece {
  bool is_hole = false;
  std::string text;
};

// The pieces of a string, of which the last may be a hole that is not closed.
struct Pieces {
  std::vector<Piece> pieces;
  bool is_closed = true;

  bool is_one_hole() const { return pieces.size() == 1 && pieces[0].is_hole; }
};

Pieces Split(std::string_view text) {
  Pieces split;
  std::string plain;
  const auto end_plain = [&] {
    if (!plain.empty()) split.pieces.push_back({false, std::exchange(plain, {})});
  };
  while (!text.empty()) {
    const std::size_t dollar = std::min(text.find("${"), text.size());
    const bool is_escaped = dollar != 0 && dollar != text.size() && text[dollar - 1] == '$';
    plain.append(text.substr(0, is_escaped ? dollar - 1 : dollar));
    text.remove_prefix(dollar);
    if (text.empty()) break;
    if (is_escaped) {
      plain += "${";
      text.remove_prefix(2);
      continue;
    }
    end_plain();
    const std::size_t end = std::min(text.find('}'), text.size());
    split.is_closed = end != text.size();
    split.pieces.push_back({true, std::string(text.substr(2, end - 2))});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  end_plain();
  return split;
}

std::vector<std::string> PathOf(const std::string& hole) { return absl::StrSplit(hole, '.'); }

json Find(const json& values, const std::string& hole) {
  const json* value = &values;
  for (const std::string& member : PathOf(hole)) {
    std::size_t index = 0;
    if (value->is_object() && value->contains(member)) {
      value = &value->at(member);
    } else if (value->is_array() && absl::SimpleAtoi(member, &index) && index < value->size()) {
      value = &value->at(index);
    } else {
      return {};
    }
  }
  return *value;
}

std::string TextOf(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

json Fill(const std::string& text, const json& values) {
  const Pieces split = Split(text);
  if (split.is_one_hole()) return Find(values, split.pieces[0].text);
  std::string filled;
  for (const Piece& piece : split.pieces) {
    filled += piece.is_hole ? TextOf(Find(values, piece.text)) : piece.text;
  }
  return filled;
}

// Replaces each string in `value`.
void ForEachString(json& value, const std::function<json(const std::string&)>& replace) {
  if (value.is_string()) {
    value = replace(value.get<std::string>());
  } else if (value.is_structured()) {
    for (json& inner : value) ForEachString(inner, replace);
  }
}

absl::Status Check(const Pieces& split, const std::set<std::string, std::less<>>& names) {
  if (!split.is_closed) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"${", split.pieces.back().text, "\" has no closing brace"));
  }
  for (const Piece& piece : split.pieces) {
    if (!piece.is_hole || names.contains(PathOf(piece.text).front())) continue;
    return absl::InvalidArgumentError(absl::StrCat("\"${", piece.text, "}\" is not known here; ",
                                                   "there are ", absl::StrJoin(names, ", ")));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<JsonTemplate> JsonTemplate::Parse(json value,
                                                 const std::set<std::string, std::less<>>& names) {
  absl::Status status;
  bool has_holes = false;
  ForEachString(value, [&](const std::string& text) -> json {
    const Pieces split = Split(text);
    status.Update(Check(split, names));
    // An escaped brace is to be filled in too.
    has_holes = has_holes || text.find("${") != std::string::npos;
    return text;
  });
  if (!status.ok()) return status;
  return JsonTemplate(std::move(value), has_holes);
}

json JsonTemplate::Render(const json& values) const {
  json rendered = json_;
  if (has_holes_) {
    ForEachString(rendered, [&](const std::string& text) { return Fill(text, values); });
  }
  return rendered;
}

std::string JsonTemplate::RenderText(const json& values) const { return TextOf(Render(values)); }

bool JsonTemplate::is_only(std::string_view name) const {
  return json_.is_string() && json_.get_ref<const std::string&>() == "${" + std::string(name) + "}";
}

}  // namespace phx::mock
