#include "loadgen/script_parser.h"

#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "loadgen/flag_value.h"
#include "loadgen/make_payload_template.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {
namespace {

using Json = nlohmann::ordered_json;
using Action = ScriptStep::Action;

constexpr std::string_view kSteps =
    R"(is no step; write {"think": "1s..3s"}, {"push": EVENT}, {"cast": EVENT}, "leave" or "join")";

constexpr std::string_view kThinkTimes =
    R"(a duration belongs here, or a range, as in "2s" or "1s..3s", or )"
    R"({"exponential": "2s"}, or {"normal": "3s", "stdev": "1s"})";

// Whether `value` is a duration, which `*duration` is then.
bool ReadDuration(const Json& value, Duration* duration) {
  return value.is_string() && ParseFlagValue(value.get<std::string>(), duration).ok();
}

std::optional<ThinkTime> ReadThinkTime(const Json& value) {
  if (value.is_string()) {
    DurationRange range;
    if (!ParseFlagValue(value.get<std::string>(), &range).ok()) return std::nullopt;
    return range;
  }
  if (value.size() == 1 && value.contains("exponential")) {
    ExponentialThinkTime think;
    if (!ReadDuration(value["exponential"], &think.mean)) return std::nullopt;
    return think;
  }
  if (value.size() == 2 && value.contains("normal") && value.contains("stdev")) {
    NormalThinkTime think;
    if (!ReadDuration(value["normal"], &think.mean)) return std::nullopt;
    if (!ReadDuration(value["stdev"], &think.stdev)) return std::nullopt;
    return think;
  }
  return std::nullopt;
}

class Parser {
 public:
  Parser(const KindSettings& settings, const std::vector<std::string>& columns,
         SettingMistakes* mistakes)
      : settings_(settings), columns_(columns), mistakes_(*mistakes) {}

  Script Parse() {
    const Json json = Json::parse(settings_.steps.text, nullptr, /*allow_exceptions=*/false);
    if (!json.is_array() || json.empty()) {
      mistakes_.Add("steps", "an array of steps belongs here");
      return {};
    }
    for (const Json& step : json) {
      place_ = absl::StrCat("steps/", index_++);
      ParseStep(step);
    }
    Close();
    return std::move(script_);
  }

 private:
  void ParseStep(const Json& step) {
    if (step == "leave") return AddLeave();
    if (step == "join") return AddJoin();
    if (!step.is_object()) return mistakes_.Add(place_, kSteps);
    if (step.contains("think")) return ParseThink(step);
    if (step.contains("push")) return ParsePush(step, "push", Action::kPush);
    if (step.contains("cast")) return ParsePush(step, "cast", Action::kCast);
    mistakes_.Add(place_, kSteps);
  }

  void ParseThink(const Json& step) {
    const std::optional<ThinkTime> think = ReadThinkTime(step["think"]);
    if (!think || step.size() != 1) return mistakes_.Add(place_ + "/think", kThinkTimes);
    think_.push_back(*think);
  }

  void ParsePush(const Json& step, std::string_view verb, Action action) {
    KindSettings own = settings_;
    own.workload = "reply";
    for (const auto& [name, value] : step.items()) {
      if (name == verb && value.is_string()) {
        own.event = value.get<std::string>();
      } else if (name == "payload") {
        own.payload.text = value.dump();
      } else if (name == "payload_size") {
        SetSize(value, &own.payload_size);
      } else {
        mistakes_.Add(absl::StrCat(place_, "/", name),
                      name == verb ? "the event to push belongs here"
                                   : "there is no such field; a push has \"payload\" and "
                                     "\"payload_size\"");
      }
    }
    if (!is_joined_) {
      mistakes_.Add(place_, "the channel has been left; write \"join\" before it");
    }
    ScriptStep made{.action = action, .event = own.event};
    made.payload = MakePayloadTemplate(own, columns_, absl::StrCat(place_, "/"), &mistakes_);
    Add(std::move(made));
  }

  void SetSize(const Json& value, SizeRange* size) {
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    const absl::Status status = ParseFlagValue(text, size);
    if (!status.ok()) {
      mistakes_.Add(place_ + "/payload_size", absl::StrCat("\"", text, "\" ", status.message()));
    }
  }

  void AddLeave() {
    if (!is_joined_) mistakes_.Add(place_, "the channel has been left already");
    is_joined_ = false;
    Add({.action = Action::kLeave});
  }

  void AddJoin() {
    if (is_joined_) mistakes_.Add(place_, "the channel is joined already; write \"leave\" first");
    is_joined_ = true;
    Add({.action = Action::kJoin});
  }

  void Add(ScriptStep step) {
    step.think = std::exchange(think_, {});
    script_.push_back(std::move(step));
  }

  void Close() {
    if (!is_joined_) {
      mistakes_.Add("steps",
                    "a round ends without the channel, and begins with it; write \"join\"");
    }
    if (script_.empty()) return mistakes_.Add("steps", "do nothing but think; write a push");
    std::vector<ThinkTime>& first = script_.front().think;
    first.insert(first.end(), think_.begin(), think_.end());
    if (MeanRound(script_) == Duration::zero()) {
      mistakes_.Add("steps",
                    "have no time to think, and would do as much as the server lets them; write "
                    "{\"think\": \"1s..3s\"}");
    }
  }

  const KindSettings& settings_;
  const std::vector<std::string>& columns_;
  SettingMistakes& mistakes_;
  std::string place_;  // of the step at hand
  std::size_t index_ = 0;
  bool is_joined_ = true;
  std::vector<ThinkTime> think_;  // before the next step
  Script script_;
};

}  // namespace

Script ParseScript(const KindSettings& settings, const std::vector<std::string>& columns,
                   SettingMistakes* mistakes) {
  return Parser(settings, columns, mistakes).Parse();
}

}  // namespace phx::loadgen
