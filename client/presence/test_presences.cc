#include "client/presence/test_presences.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace phx::test {
namespace {

std::vector<PresenceListed> ListedIn(const std::string& text) {
  std::vector<PresenceListed> all;
  for (const absl::string_view part : absl::StrSplit(text, ';', absl::SkipWhitespace())) {
    const std::pair<std::string, std::string> sides = absl::StrSplit(part, absl::MaxSplits(':', 1));
    all.push_back({std::string(absl::StripAsciiWhitespace(sides.first)),
                   Entry(absl::StrSplit(sides.second, ' ', absl::SkipEmpty()))});
  }
  return all;
}

std::string Refs(const PresenceEntry& entry) {
  return absl::StrJoin(entry.metas(), " ", [](std::string* out, const nlohmann::json& meta) {
    out->append(PhxRefOf(meta));
  });
}

std::string ToText(const PresenceJoined& joined) {
  const std::string before =
      joined.before.has_value() ? absl::StrCat("[", Refs(*joined.before), "] ") : "";
  return absl::StrCat("join ", joined.key, " ", before, "+", Refs(joined.joined));
}

std::string ToText(const PresenceLeft& left) {
  return absl::StrCat("leave ", left.key, " [", Refs(left.after), "] -", Refs(left.left));
}

std::string ToText(const PresenceUpdated& updated) {
  return absl::StrCat("update ", updated.key, " [", Refs(updated.before), "] -> [",
                      Refs(updated.after), "]");
}

}  // namespace

PresenceEntry Entry(const std::vector<std::string>& refs) {
  nlohmann::json metas = nlohmann::json::array();
  for (const std::string& ref : refs) metas.push_back({{"phx_ref", ref}});
  return PresenceEntry().WithMetas(std::move(metas));
}

PresenceState State(const std::string& text) {
  PresenceState state;
  for (PresenceListed& listed : ListedIn(text)) state.Set(listed.key, std::move(listed.entry));
  return state;
}

PresenceDiff Diff(const std::string& text) {
  PresenceDiff diff;
  for (PresenceListed& listed : ListedIn(text)) {
    auto& side = listed.key.at(0) == '+' ? diff.joins : diff.leaves;
    side.push_back({listed.key.substr(1), std::move(listed.entry)});
  }
  return diff;
}

std::string ToText(const PresenceState& state) {
  return absl::StrJoin(state.List(), "; ", [](std::string* out, const PresenceListed& listed) {
    absl::StrAppend(out, listed.key, ": ", Refs(listed.entry));
  });
}

std::vector<std::string> ToText(const std::vector<PresenceChange>& changes) {
  std::vector<std::string> text;
  text.reserve(changes.size());
  for (const PresenceChange& change : changes) {
    text.push_back(std::visit([](const auto& alternative) { return ToText(alternative); }, change));
  }
  return text;
}

}  // namespace phx::test
