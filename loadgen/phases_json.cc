#include "loadgen/phases_json.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "loadgen/flag_value.h"
#include "loadgen/phase_list.h"

namespace phx::loadgen {
namespace {

using Json = nlohmann::ordered_json;

bool IsKind(const Json& kind) { return kind.is_string() && IsPhaseKind(kind.get<std::string>()); }

// Reads one phase.
class Reader {
 public:
  Reader(std::string place, SettingMistakes* mistakes)
      : place_(std::move(place)), mistakes_(*mistakes) {}

  // Adds it to `*list`, unless that is nullptr, and says how --phases takes it. "" if something is
  // wrong.
  std::string Read(const Json& phase, PhaseList* list) {
    if (!phase.is_object()) {
      Complain("",
               R"(a phase belongs here, as in {"kind": "hold", "rate": 100, "duration": "10s"})");
      return "";
    }
    if (!phase.contains("kind") || !IsKind(phase["kind"])) {
      Complain("kind", R"("hold", "spike", "ramp" or "step" belongs here)");
      return "";
    }
    spec_.kind = phase["kind"];
    for (const auto& [name, value] : phase.items()) ReadField(name, value);
    if (!is_understood_ || list == nullptr) return "";
    if (const std::optional<PhaseMistake> mistake = list->Add(spec_)) {
      Complain(FieldOf(mistake->part), mistake->what);
      return "";
    }
    return ToString(spec_);
  }

 private:
  void ReadField(const std::string& name, const Json& value) {
    const bool has_two_rates = HasTwoRates(spec_.kind);
    if (name == "kind") return;
    if (name == "duration") return ReadDuration(value);
    if (name == "rate" && !has_two_rates) return ReadRate(name, value, &spec_.to);
    if (name == "from" && has_two_rates) return ReadRate(name, value, &spec_.from);
    if (name == "to" && has_two_rates) return ReadRate(name, value, &spec_.to);
    if (name == "steps" && spec_.kind == "step") return ReadSteps(value);
    Complain(name, absl::StrCat("there is no such field; a ", spec_.kind, " has ",
                                std::string(Fields())));
  }

  void ReadDuration(const Json& value) {
    const bool is_read =
        value.is_string() && ParseFlagValue(value.get<std::string>(), &spec_.duration).ok();
    if (!is_read) Complain("duration", R"(a duration belongs here, as in "10s" or "1m30s")");
  }

  void ReadRate(const std::string& name, const Json& value, std::optional<double>* rate) {
    if (value.is_number() && value.get<double>() >= 0) {
      *rate = value.get<double>();
    } else {
      Complain(name, "a rate belongs here: a number per second");
    }
  }

  void ReadSteps(const Json& value) {
    if (value.is_number_unsigned()) {
      spec_.steps = value.get<std::uint64_t>();
    } else {
      Complain("steps", "a whole number belongs here");
    }
  }

  std::string_view FieldOf(PhasePart part) const {
    switch (part) {
      case PhasePart::kKind: return "";
      case PhasePart::kFrom: return "from";
      case PhasePart::kTo: return HasTwoRates(spec_.kind) ? "to" : "rate";
      case PhasePart::kSteps: return "steps";
      case PhasePart::kDuration: return "duration";
    }
    return "";
  }

  std::string_view Fields() const {
    if (spec_.kind == "ramp") return R"("from", "to" and "duration")";
    if (spec_.kind == "step") return R"("from", "to", "steps" and "duration")";
    return R"("rate" and "duration")";
  }

  void Complain(std::string_view field, std::string_view what) {
    is_understood_ = false;
    mistakes_.Add(absl::StrCat(place_, field.empty() ? "" : "/", std::string(field)), what);
  }

  std::string place_;
  SettingMistakes& mistakes_;
  PhaseSpec spec_;
  bool is_understood_ = true;
};

}  // namespace

std::string ReadPhases(const Json& json, SettingMistakes* mistakes) {
  if (!json.is_array() || json.empty()) {
    mistakes->Add("phases",
                  R"(an array of phases belongs here, as in [{"kind": "hold", "rate": 100, )"
                  R"("duration": "10s"}])");
    return "";
  }
  PhaseList list;
  std::string text;
  std::size_t index = 0;
  bool is_whole = true;
  for (const Json& phase : json) {
    const std::string place = absl::StrCat("phases/", index++);
    // What builds on a phase that is wrong is not wrong by that.
    const std::string one = Reader(place, mistakes).Read(phase, is_whole ? &list : nullptr);
    is_whole = is_whole && !one.empty();
    absl::StrAppend(&text, text.empty() ? "" : ", ", one);
  }
  return text;
}

}  // namespace phx::loadgen
