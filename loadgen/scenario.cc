#include "loadgen/scenario.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "loadgen/json_syntax.h"
#include "loadgen/mistakes.h"
#include "loadgen/phases_json.h"
#include "loadgen/run_flags.h"
#include "loadgen/setting_place.h"
#include "loadgen/threshold.h"

namespace phx::loadgen {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxKinds = 100;

std::string FlagOf(std::string_view field) {
  return absl::StrReplaceAll(std::string(field), {{"_", "-"}});
}

// Whether `value` is written as values of that type are, and what is.
bool Fits(FlagSet::Type type, const Json& value) {
  const bool is_number = value.is_number();
  switch (type) {
    case FlagSet::Type::kNumber: return is_number;
    case FlagSet::Type::kBoolean: return value.is_boolean();
    case FlagSet::Type::kText: return value.is_string();
    case FlagSet::Type::kSize: return value.is_string() || is_number;
    case FlagSet::Type::kJson: return true;
    case FlagSet::Type::kList:
      return value.is_string() ||
             (value.is_array() && std::all_of(value.begin(), value.end(),
                                              [](const Json& each) { return each.is_string(); }));
  }
  return false;
}

std::string_view Describe(FlagSet::Type type) {
  switch (type) {
    case FlagSet::Type::kNumber: return "a number belongs here";
    case FlagSet::Type::kBoolean: return "true or false belongs here";
    case FlagSet::Type::kText: return "a string belongs here";
    case FlagSet::Type::kSize: return "a number of bytes belongs here, or a string, as in \"1KiB\"";
    case FlagSet::Type::kJson: return "";
    case FlagSet::Type::kList: return "a string belongs here, or an array of strings";
  }
  return "";
}

// The value as the flag is given it.
std::string TextOf(FlagSet::Type type, const Json& value) {
  const bool is_plain = value.is_string() && type != FlagSet::Type::kJson;
  return is_plain ? value.get<std::string>() : value.dump();
}

// Reads the fields of one object into what flags are bound to.
class FieldReader {
 public:
  // `pointer` is the object's in `places`.
  FieldReader(FlagSet* fields, const JsonPlaces& places, std::string pointer, Mistakes* mistakes)
      : fields_(*fields), places_(places), pointer_(std::move(pointer)), mistakes_(*mistakes) {}

  // Those that were read.
  const std::vector<std::pair<std::string, std::string>>& given() const { return given_; }

  void Read(const Json& object) {
    if (!object.is_object()) return Complain("", "an object belongs here: { … }");
    for (const auto& [name, value] : object.items()) {
      if (name == "$schema") continue;
      if (const std::optional<FlagSet::Type> type = TypeOf(name)) {
        ReadField(name, *type, value);
      } else {
        Complain(name, DescribeUnknown(name));
      }
    }
  }

 private:
  // The names that flags have on the command line are no fields: there is one way to write it.
  std::optional<FlagSet::Type> TypeOf(const std::string& name) const {
    if (name.find('-') != std::string::npos) return std::nullopt;
    return fields_.TypeOf(FlagOf(name));
  }

  void ReadField(const std::string& name, FlagSet::Type type, const Json& value) {
    if (!Fits(type, value)) return Complain(name, std::string(Describe(type)));
    Set(name, type, value);
  }

  void Set(const std::string& name, FlagSet::Type type, const Json& value) {
    if (!value.is_array() || type == FlagSet::Type::kJson) {
      return SetOne(name, TextOf(type, value));
    }
    for (const Json& each : value) SetOne(name, TextOf(type, each));
  }

  void SetOne(const std::string& name, const std::string& text) {
    const absl::Status status = fields_.Set(FlagOf(name), text);
    given_.emplace_back(FlagOf(name), text);
    if (!status.ok()) Complain(name, absl::StrCat("\"", text, "\" ", status.message()));
  }

  std::string DescribeUnknown(const std::string& name) const {
    const std::string near = fields_.Nearest(FlagOf(name));
    if (near.empty()) return "there is no such field";
    return absl::StrCat("there is no such field; did you mean \"", FieldOf(near), "\"?");
  }

  void Complain(const std::string& name, const std::string& what) {
    const Json::json_pointer field =
        name.empty() ? Json::json_pointer() : Json::json_pointer() / name;
    mistakes_.Add(absl::StrCat(places_.Describe(pointer_ + field.to_string()), ": ", what));
  }

  FlagSet& fields_;
  const JsonPlaces& places_;
  std::string pointer_;
  Mistakes& mistakes_;
  std::vector<std::pair<std::string, std::string>> given_;
};

bool IsName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  });
}

void CheckName(const KindSettings& kind, std::set<std::string>* names, Mistakes* mistakes) {
  SettingMistakes of_kind(mistakes, kind.place);
  if (!IsName(kind.name)) {
    return of_kind.Add("name",
                       "each kind of users needs one, of letters, digits and _, as in \"chatter\"");
  }
  if (IsFigure(kind.name)) {
    of_kind.Add("name", absl::StrCat("\"", kind.name, "\" is what conditions call a figure"));
  }
  if (!names->insert(kind.name).second) {
    of_kind.Add("name", absl::StrCat("there is \"", kind.name, "\" already"));
  }
}

// Names of files are relative to the scenario's.
std::string Beside(const std::string& scenario, const std::string& file) {
  if (file.empty()) return file;
  return (std::filesystem::path(scenario).parent_path() / file).string();
}

// Puts what the flag would be given in place of the phases.
void TranslatePhases(Json* object, const SettingPlace& place, Mistakes* mistakes) {
  const auto phases = object->find("phases");
  if (phases == object->end()) return;
  SettingMistakes of_phases(mistakes, place);
  *phases = ReadPhases(*phases, &of_phases);
}

void CheckUsers(const Scenario& scenario, bool has_users, Mistakes* mistakes) {
  const std::size_t count = scenario.users.size();
  if (!has_users || (scenario.users.is_array() && count > 0 && count <= kMaxKinds)) return;
  mistakes->Add(absl::StrCat(scenario.places->Describe("/users"), ": an array of 1 to ", kMaxKinds,
                             " kinds of users belongs here"));
}

}  // namespace

void AddScenarioFields(FlagSet* fields, Settings* settings, JsonText* users) {
  AddRunFlags(fields, settings);
  fields->Add("name", "TEXT", "What the scenario is called.", &settings->scenario_name);
  fields->Add("description", "TEXT", "What it is about.", &settings->scenario_description);
  fields->Add("users", "JSON", "Kinds of users.", users);
}

void AddKindFields(FlagSet* fields, KindSettings* kind) {
  AddUserFlags(fields, kind);
  fields->Add("name", "NAME", "By which reports and conditions name it.", &kind->name);
  fields->Add("weight", "N", "Its part of the connections.", &kind->weight);
  fields->Add("steps", "JSON", "What each of them does, in place of a workload.", &kind->steps);
  fields->Add("rate-weight", "N", "How much of the rate each of them has.", &kind->rate_weight);
}

absl::StatusOr<Scenario> ParseScenario(std::string_view text, std::string file) {
  absl::StatusOr<Json> json = ParseJson(text);
  if (!json.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(file, ":", json.status().message()));
  }
  Scenario scenario{.file = file};
  scenario.places = std::make_shared<const JsonPlaces>(std::string(text), std::move(file));
  if (scenario.places->twice().has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(*scenario.places->twice(), ": is there twice"));
  }
  Mistakes mistakes;
  FlagSet fields;
  JsonText users;
  AddScenarioFields(&fields, &scenario.settings, &users);
  FieldReader reader(&fields, *scenario.places, /*pointer=*/"", &mistakes);
  if (json->is_object()) TranslatePhases(&*json, SettingPlace(scenario.places, {}), &mistakes);
  reader.Read(*json);
  for (const auto& [name, value] : reader.given()) {
    if (name != "users" && name != "description") scenario.given.emplace_back(name, value);
  }
  scenario.settings.user.feed = Beside(scenario.file, scenario.settings.user.feed);
  if (!users.empty()) scenario.users = Json::parse(users.text);
  CheckUsers(scenario, !users.empty(), &mistakes);
  if (!mistakes.status().ok()) return mistakes.status();
  return scenario;
}

absl::Status AddKinds(const Scenario& scenario, Settings* settings) {
  Mistakes mistakes;
  std::set<std::string> names;
  for (const Json& user : scenario.users) {
    KindSettings kind = settings->user;
    const std::string pointer = absl::StrCat("/users/", settings->kinds.size());
    kind.place = settings->user.place.Inside(pointer);
    FlagSet fields;
    AddKindFields(&fields, &kind);
    FieldReader(&fields, *scenario.places, pointer, &mistakes).Read(user);
    if (user.contains("feed")) kind.feed = Beside(scenario.file, kind.feed);
    CheckName(kind, &names, &mistakes);
    settings->kinds.push_back(std::move(kind));
  }
  return mistakes.status();
}

}  // namespace phx::loadgen
