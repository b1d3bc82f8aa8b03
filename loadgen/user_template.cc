#include "loadgen/user_template.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace phx::loadgen {
namespace {

using Json = nlohmann::ordered_json;

// In the order of the enumeration.
constexpr std::array<std::string_view, 4> kPlaceholders = {"connection", "user", "channel", "data"};

std::string Known(const std::vector<std::string>& columns) {
  std::vector<std::string> names(kPlaceholders.begin(), kPlaceholders.end());
  names.insert(names.end(), columns.begin(), columns.end());
  return absl::StrCat("{", absl::StrJoin(names, "}, {"), "}");
}

// As the inside of a JSON string.
std::string EscapedForJson(std::string_view text) {
  const std::string quoted =
      Json(std::string(text)).dump(-1, ' ', false, Json::error_handler_t::replace);
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace

absl::StatusOr<UserTemplate> UserTemplate::OfText(std::string_view text,
                                                  const std::vector<std::string>& columns) {
  UserTemplate result;
  const absl::Status status = result.AppendText(text, columns);
  if (!status.ok()) return status;
  return result;
}

absl::StatusOr<UserTemplate> UserTemplate::OfJson(const Json& json,
                                                  const std::vector<std::string>& columns) {
  UserTemplate result;
  result.is_json_ = true;
  const absl::Status status = result.AppendJson(json, columns);
  if (!status.ok()) return status;
  return result;
}

UserTemplate UserTemplate::Constant(std::string text) {
  UserTemplate result;
  result.parts_.push_back({.text = std::move(text)});
  return result;
}

absl::Status UserTemplate::AppendText(std::string_view text,
                                      const std::vector<std::string>& columns) {
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    AppendLiteral(Escaped(text.substr(0, open)));
    if (open == std::string_view::npos) break;
    text.remove_prefix(open + 1);
    if (text.starts_with('{')) {
      AppendLiteral("{");
      text.remove_prefix(1);
      continue;
    }
    const std::size_t close = text.find('}');
    if (close == std::string_view::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("has a { without a }; write {{ for a brace, or one of ", Known(columns)));
    }
    absl::Status status = AppendPlaceholder(text.substr(0, close), columns);
    if (!status.ok()) return status;
    text.remove_prefix(close + 1);
  }
  return absl::OkStatus();
}

absl::Status UserTemplate::AppendPlaceholder(std::string_view name,
                                             const std::vector<std::string>& columns) {
  const auto column = std::find(columns.begin(), columns.end(), name);
  if (column != columns.end()) {
    parts_.push_back({.kind = Part::Kind::kColumn,
                      .column = static_cast<std::size_t>(column - columns.begin())});
    return absl::OkStatus();
  }
  const auto* known = std::find(kPlaceholders.begin(), kPlaceholders.end(), name);
  if (known == kPlaceholders.end()) {
    return absl::InvalidArgumentError(absl::StrCat("has an unknown placeholder {",
                                                   std::string(name), "}; there are ",
                                                   Known(columns), ", and {{ for a brace"));
  }
  parts_.push_back({.kind = Part::Kind::kPlaceholder,
                    .placeholder = static_cast<Placeholder>(known - kPlaceholders.begin())});
  return absl::OkStatus();
}

absl::Status UserTemplate::AppendJson(const Json& json, const std::vector<std::string>& columns) {
  if (json.is_string()) {
    AppendLiteral("\"");
    absl::Status status = AppendText(json.get<std::string>(), columns);
    AppendLiteral("\"");
    return status;
  }
  if (!json.is_structured()) {
    AppendLiteral(json.dump());
    return absl::OkStatus();
  }
  const char* separator = json.is_object() ? "{" : "[";
  for (const auto& [name, value] : json.items()) {
    AppendLiteral(separator);
    if (json.is_object()) AppendLiteral(absl::StrCat(Json(name).dump(), ":"));
    absl::Status status = AppendJson(value, columns);
    if (!status.ok()) return status;
    separator = ",";
  }
  if (json.empty()) AppendLiteral(separator);
  AppendLiteral(json.is_object() ? "}" : "]");
  return absl::OkStatus();
}

void UserTemplate::AppendLiteral(std::string_view text) {
  if (text.empty()) return;
  if (parts_.empty() || parts_.back().kind != Part::Kind::kLiteral) parts_.emplace_back();
  parts_.back().text.append(text);
}

std::string UserTemplate::Escaped(std::string_view text) const {
  return is_json_ ? EscapedForJson(text) : std::string(text);
}

std::string UserTemplate::ValueOf(const Part& part, const Values& values) const {
  if (part.kind == Part::Kind::kColumn) return Escaped(values.row[part.column]);
  switch (part.placeholder) {
    case Placeholder::kConnection: return absl::StrCat(values.connection);
    case Placeholder::kUser: return absl::StrCat(values.user);
    case Placeholder::kChannel: return absl::StrCat(values.channel);
    case Placeholder::kData: return std::string(values.data);  // needs no escaping
  }
  return "";
}

std::string UserTemplate::Expand(const Values& values) const {
  std::string text;
  for (const Part& part : parts_) {
    if (part.kind == Part::Kind::kLiteral) {
      text += part.text;
    } else {
      text += ValueOf(part, values);
    }
  }
  return text;
}

bool UserTemplate::is_constant() const {
  return parts_.empty() || (parts_.size() == 1 && parts_.front().kind == Part::Kind::kLiteral);
}

std::string_view UserTemplate::constant() const {
  if (parts_.empty() || !is_constant()) return {};
  return parts_.front().text;
}

bool UserTemplate::Has(Placeholder placeholder) const {
  return std::any_of(parts_.begin(), parts_.end(), [placeholder](const Part& part) {
    return part.kind == Part::Kind::kPlaceholder && part.placeholder == placeholder;
  });
}

}  // namespace phx::loadgen
