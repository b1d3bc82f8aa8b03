#include "mockserver/rules_json.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "mockserver/channel.h"
#include "mockserver/json_fields.h"
#include "mockserver/json_template.h"
#include "mockserver/rules.h"

namespace phx::mock {
namespace {

constexpr std::int64_t kMaxMilliseconds = 3'600'000;

using Names = std::set<std::string, std::less<>>;

// What holes may name: of a socket's id, of a join, of an event.
const Names& IdNames() {
  static const auto& names = *new Names{"params"};
  return names;
}
const Names& JoinNames() {
  static const auto& names = *new Names{"connection", "params", "subtopic", "topic"};
  return names;
}
const Names& EventNames() {
  static const auto& names =
      *new Names{"connection", "event", "params", "payload", "subtopic", "topic"};
  return names;
}

std::optional<Duration> Milliseconds(JsonFields& fields, const std::string& name) {
  const std::optional<std::int64_t> ms = fields.Integer(name, 0, kMaxMilliseconds);
  if (!ms.has_value()) return std::nullopt;
  return std::chrono::milliseconds(*ms);
}

// The template in a field; `otherwise` if it is absent.
JsonTemplate ReadTemplate(JsonFields& fields, const std::string& name, const Names& names,
                          const Json& otherwise) {
  const Json* value = fields.Any(name);
  absl::StatusOr<JsonTemplate> parsed =
      JsonTemplate::Parse(value == nullptr ? otherwise : *value, names);
  if (parsed.ok()) return *std::move(parsed);
  fields.Complain(name, std::string(parsed.status().message()));
  return {};
}

JsonPattern ReadPattern(JsonFields& fields, const std::string& name) {
  const Json* value = fields.Any(name);
  if (value == nullptr) return std::nullopt;
  return *value;
}

// Whether the field is there and true, as the only value that it may have.
bool ReadMark(JsonFields& fields, const std::string& name) {
  const std::optional<bool> mark = fields.Boolean(name);
  if (mark == false) fields.Complain(name, "must be true");
  return mark.has_value();
}

// Reads a list by `read`, which gets each item's fields.
template <typename T>
std::vector<T> ReadList(JsonFields& outer, const std::string& name,
                        const std::function<T(JsonFields& fields)>& read) {
  std::vector<T> items;
  const Json* list = outer.Array(name);
  if (list == nullptr) return items;
  for (std::size_t i = 0; i != list->size(); ++i) {
    JsonFields fields((*list)[i], absl::StrCat(outer.PlaceOf(name), "[", i, "]"));
    items.push_back(read(fields));
    outer.Complain(fields.Finish());
  }
  return items;
}

// The one of `names` that is there. Complains, and returns nullopt, if it is not just one.
std::optional<std::size_t> OnlyOne(JsonFields& fields, std::span<const std::string_view> names) {
  std::optional<std::size_t> found;
  std::string all;
  for (std::size_t i = 0; i != names.size(); ++i) {
    absl::StrAppend(&all, i == 0 ? "" : ", ", std::string(names[i]));
    if (fields.Any(std::string(names[i])) == nullptr) continue;
    if (found.has_value()) {
      fields.Complain(std::string(names[i]),
                      absl::StrCat("does not go with ", std::string(names[*found])));
      return std::nullopt;
    }
    found = i;
  }
  if (!found.has_value()) fields.Complain("has none of " + all);
  return found;
}

// Steps.

struct StepForm {
  Step::Kind kind;
  std::string_view name;          // the field that says what is done
  std::string_view payload = {};  // the one that says with what; empty: there is none
};

constexpr std::array<StepForm, 9> kStepForms = {{
    {Step::Kind::kReply, "reply", "response"},
    {Step::Kind::kPush, "push", "payload"},
    {Step::Kind::kBroadcast, "broadcast", "payload"},
    {Step::Kind::kBroadcastFrom, "broadcast_from", "payload"},
    {Step::Kind::kTrack, "track", "meta"},
    {Step::Kind::kUntrack, "untrack"},
    {Step::Kind::kPresenceState, "presence_state"},
    {Step::Kind::kStop, "stop"},
    {Step::Kind::kCrash, "crash"},
}};

std::optional<std::size_t> FindStepForm(JsonFields& fields) {
  std::array<std::string_view, kStepForms.size()> names;
  for (std::size_t i = 0; i != names.size(); ++i) names[i] = kStepForms[i].name;
  return OnlyOne(fields, names);
}

StopReason ReadStopReason(JsonFields& fields) {
  const std::string reason = fields.String("stop").value_or("normal");
  if (reason == "normal") return StopReason::kNormal;
  if (reason == "shutdown") return StopReason::kShutdown;
  if (reason != "abnormal") {
    fields.Complain("stop", R"(must be "normal", "shutdown" or "abnormal")");
  }
  return StopReason::kAbnormal;
}

Step ReadStep(JsonFields& fields, const Names& names) {
  Step step;
  const std::optional<std::size_t> found = FindStepForm(fields);
  if (!found.has_value()) return step;
  const StepForm& form = kStepForms[*found];
  const std::string name(form.name);
  step.kind = form.kind;
  step.after = Milliseconds(fields, "after_ms");
  if (step.kind == Step::Kind::kStop) {
    step.stop = ReadStopReason(fields);
  } else if (step.kind == Step::Kind::kPresenceState || step.kind == Step::Kind::kCrash) {
    ReadMark(fields, name);
  } else if (fields.String(name).has_value()) {
    step.name = ReadTemplate(fields, name, names, {});
  }
  if (!form.payload.empty()) {
    step.payload = ReadTemplate(fields, std::string(form.payload), names, Json::object());
  }
  return step;
}

// A handler has one reply and one end.
void CheckSteps(JsonFields& fields, const std::vector<Step>& steps, bool may_reply) {
  int replies = 0;
  int ends = 0;
  for (const Step& step : steps) {
    if (step.kind == Step::Kind::kReply && !may_reply) {
      fields.Complain("do", "there is nothing to reply to; see \"ok\"");
    }
    if (step.after.has_value()) continue;
    replies += step.kind == Step::Kind::kReply ? 1 : 0;
    ends += step.kind == Step::Kind::kStop ? 1 : 0;
  }
  if (replies > 1) fields.Complain("do", "only one reply can go out at once; see \"after_ms\"");
  if (ends > 1) fields.Complain("do", "the channel can stop only once");
}

std::vector<Step> ReadSteps(JsonFields& fields, const Names& names, bool may_reply) {
  std::vector<Step> steps =
      ReadList<Step>(fields, "do", [&](JsonFields& inner) { return ReadStep(inner, names); });
  CheckSteps(fields, steps, may_reply);
  return steps;
}

// Joins, events, channels.

JoinRule ReadJoin(JsonFields& fields) {
  JoinRule join;
  join.topic = fields.String("topic").value_or("");
  join.params = ReadPattern(fields, "params");
  constexpr std::array<std::string_view, 4> kAnswers = {"ok", "error", "crash", "never"};
  const std::optional<std::size_t> answer = OnlyOne(fields, kAnswers);
  if (!answer.has_value()) return join;
  const std::string name(kAnswers[*answer]);
  join.answer = static_cast<JoinRule::Answer>(*answer);
  if (join.answer == JoinRule::Answer::kOk || join.answer == JoinRule::Answer::kError) {
    join.response = ReadTemplate(fields, name, JoinNames(), {});
    join.after = Milliseconds(fields, "after_ms");
  } else {
    ReadMark(fields, name);
  }
  if (join.answer == JoinRule::Answer::kOk) join.steps = ReadSteps(fields, JoinNames(), false);
  return join;
}

EventRule ReadEvent(JsonFields& fields) {
  EventRule event;
  event.event = fields.String("event").value_or("");
  event.payload = ReadPattern(fields, "payload");
  event.params = ReadPattern(fields, "params");
  event.steps = ReadSteps(fields, EventNames(), true);
  return event;
}

ChannelRules ReadChannel(JsonFields& fields) {
  ChannelRules channel;
  if (fields.Any("topic") == nullptr) fields.Complain("topic", "is missing");
  channel.topic = fields.String("topic").value_or("");
  channel.joins = ReadList<JoinRule>(fields, "join", ReadJoin);
  channel.events = ReadList<EventRule>(fields, "events", ReadEvent);
  return channel;
}

RefuseRule ReadRefuse(JsonFields& fields) {
  RefuseRule refuse;
  refuse.params = ReadPattern(fields, "params");
  refuse.status = static_cast<int>(fields.Integer("status", 100, 999).value_or(403));
  refuse.body = fields.String("body").value_or("");
  return refuse;
}

absl::StatusOr<Json> ParseJson(std::string_view text) {
  try {
    constexpr bool kIgnoreComments = true;
    return Json::parse(text, nullptr, /*allow_exceptions=*/true, kIgnoreComments);
  } catch (const Json::exception& error) {  // a number may be too large, which is no parse_error
    return absl::InvalidArgumentError(absl::StrCat("not JSON: ", error.what()));
  }
}

}  // namespace

absl::StatusOr<Rules> RulesFromJson(std::string_view text) {
  const absl::StatusOr<Json> json = ParseJson(text);
  if (!json.ok()) return json.status();
  JsonFields fields(*json, "");
  Rules rules;
  rules.path = fields.String("path").value_or(rules.path);
  if (!rules.path.starts_with('/')) fields.Complain("path", "must begin with a slash");
  rules.longpoll = fields.Boolean("longpoll").value_or(true);
  rules.refuse = ReadList<RefuseRule>(fields, "refuse", ReadRefuse);
  rules.id = ReadTemplate(fields, "id", IdNames(), {});
  if (fields.Any("channels") == nullptr) fields.Complain("channels", "is missing");
  rules.channels = ReadList<ChannelRules>(fields, "channels", ReadChannel);
  if (absl::Status status = fields.Finish(); !status.ok()) return status;
  return rules;
}

}  // namespace phx::mock
