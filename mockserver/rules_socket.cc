#include "mockserver/rules_socket.h"

#include <algorithm>
#include <any>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mockserver/channel.h"
#include "mockserver/json_template.h"
#include "mockserver/rules.h"
#include "mockserver/topic_pattern.h"
#include "mockserver/user_socket.h"

namespace phx::mock {
namespace {

bool Matches(const Json& pattern, const Json& value) {
  if (!pattern.is_object()) return pattern == value;
  if (!value.is_object()) return false;
  for (const auto& [name, member] : pattern.items()) {
    const auto found = value.find(name);
    if (found == value.end() || !Matches(member, *found)) return false;
  }
  return true;
}

bool Matches(const JsonPattern& pattern, const Json& value) {
  return !pattern.has_value() || Matches(*pattern, value);
}

// What stands in place of the pattern's star.
std::string Subtopic(const std::string& pattern, std::string_view topic) {
  return pattern.ends_with('*') ? std::string(topic.substr(pattern.size() - 1)) : std::string();
}

// A step whose holes are filled, so that it can wait.
struct FilledStep {
  Step::Kind kind;
  std::string name;
  Payload payload;
  StopReason stop;
};

class RulesChannel final : public Channel {
 public:
  explicit RulesChannel(std::shared_ptr<const ChannelRules> rules) : rules_(std::move(rules)) {}

  JoinResult Join(ChannelSocket& socket, const Payload& params) override {
    values_ = {{"params", params.is_binary() ? Json() : params.json()},
               {"topic", socket.topic()},
               {"subtopic", Subtopic(rules_->topic, socket.topic())},
               {"connection", socket.connection()}};
    if (rules_->joins.empty()) return JoinOk();
    const auto rule =
        std::find_if(rules_->joins.begin(), rules_->joins.end(), [&](const JoinRule& join) {
          return (join.topic.empty() || MatchesPattern(join.topic, socket.topic())) &&
                 Matches(join.params, values_["params"]);
        });
    if (rule == rules_->joins.end()) throw ChannelError("no rule for this join");
    return Answer(socket, *rule);
  }

  Outcome HandleIn(ChannelSocket& socket, std::string_view event, const Payload& payload) override {
    const auto rule =
        std::find_if(rules_->events.begin(), rules_->events.end(), [&](const EventRule& r) {
          return (r.event.empty() || r.event == event) &&
                 (!r.payload.has_value() ||
                  (!payload.is_binary() && Matches(*r.payload, payload.json()))) &&
                 Matches(r.params, values_["params"]);
        });
    if (rule == rules_->events.end()) return Channel::HandleIn(socket, event, payload);
    return Do(socket, rule->steps, event, payload);
  }

  Outcome HandleInfo(ChannelSocket& socket, const Info& info) override {
    if (const auto* step = std::any_cast<FilledStep>(&info.data)) {
      Outcome outcome;
      Do(socket, *step, outcome);
      return outcome;
    }
    if (joined_by_ == nullptr) return Channel::HandleInfo(socket, info);
    return Do(socket, joined_by_->steps, {}, {});
  }

 private:
  JoinResult Answer(ChannelSocket& socket, const JoinRule& rule) {
    const Payload response = Payload::Json(rule.response.Render(values_));
    JoinResult result;
    switch (rule.answer) {
      case JoinRule::Answer::kOk:
        joined_by_ = &rule;
        if (!rule.steps.empty()) socket.Send({.name = "joined"});
        result = JoinOk(response);
        break;
      case JoinRule::Answer::kError: result = JoinError(response); break;
      case JoinRule::Answer::kCrash: throw ChannelError("a rule says so");
      case JoinRule::Answer::kNever: return JoinNever();
    }
    return rule.after.has_value() ? JoinAfter(*rule.after, std::move(result)) : result;
  }

  Outcome Do(ChannelSocket& socket, const std::vector<Step>& steps, std::string_view event,
             const Payload& payload) {
    const bool has_holes = std::any_of(steps.begin(), steps.end(), [](const Step& step) {
      return step.name.has_holes() || step.payload.has_holes();
    });
    if (has_holes) {
      values_["event"] = event;
      values_["payload"] = payload.is_binary() ? Json() : payload.json();
    }
    Outcome outcome;
    for (const Step& step : steps) {
      FilledStep filled = Fill(step, payload);
      if (!step.after.has_value()) {
        Do(socket, filled, outcome);
      } else if (step.kind == Step::Kind::kReply) {
        socket.ReplyAfter(*step.after, filled.name, std::move(filled.payload));
      } else {
        socket.SendAfter(*step.after, {.data = std::move(filled)});
      }
    }
    return outcome;
  }

  FilledStep Fill(const Step& step, const Payload& payload) const {
    FilledStep filled{step.kind, step.name.RenderText(values_), {}, step.stop};
    // As it came, which keeps numbers of any size, the order of keys, and bytes.
    filled.payload =
        step.payload.is_only("payload") ? payload : Payload::Json(step.payload.Render(values_));
    return filled;
  }

  void Do(ChannelSocket& socket, const FilledStep& step, Outcome& outcome) {
    switch (step.kind) {
      case Step::Kind::kReply: outcome.reply = Outcome::Reply{step.name, step.payload}; return;
      case Step::Kind::kPush: return socket.Push(step.name, step.payload);
      case Step::Kind::kBroadcast: return socket.Broadcast(step.name, step.payload);
      case Step::Kind::kBroadcastFrom: return socket.BroadcastFrom(step.name, step.payload);
      case Step::Kind::kTrack: return Track(socket, step.name, step.payload);
      case Step::Kind::kUntrack:
        if (tracked_.erase(step.name) != 0) socket.Untrack(step.name);
        return;
      case Step::Kind::kPresenceState: return socket.Push("presence_state", socket.ListPresences());
      case Step::Kind::kStop: outcome.stop = step.stop; return;
      case Step::Kind::kCrash: throw ChannelError("a rule says so");
    }
  }

  void Track(ChannelSocket& socket, const std::string& key, const Payload& meta) {
    if (tracked_.insert(key).second) return socket.Track(key, meta.json());
    socket.UpdatePresence(key, [&](const Json&) { return meta.json(); });
  }

  const std::shared_ptr<const ChannelRules> rules_;
  const JoinRule* joined_by_ = nullptr;
  Json values_;  // what holes are filled with
  std::set<std::string> tracked_;
};

ConnectResult Connect(const Rules& rules, const ConnectInfo& info, Json& assigns) {
  for (const RefuseRule& refuse : rules.refuse) {
    if (Matches(refuse.params, info.params)) return ConnectRefused(refuse.status, refuse.body);
  }
  const Json id = rules.id.Render({{"params", info.params}});
  assigns["id"] = id.is_string() ? id : Json("");
  return ConnectOk();
}

}  // namespace

UserSocket RulesSocket(Rules rules) {
  const auto shared = std::make_shared<const Rules>(std::move(rules));
  UserSocket socket;
  socket.path = shared->path;
  if (shared->longpoll) socket.longpoll = LongPollOptions{};
  socket.connect = [shared](const ConnectInfo& info, Json& assigns) {
    return Connect(*shared, info, assigns);
  };
  socket.id = [](const Json& assigns) { return assigns.value("id", ""); };
  for (const ChannelRules& channel : shared->channels) {
    // Shares the ownership of all rules.
    const std::shared_ptr<const ChannelRules> its_rules(shared, &channel);
    socket.channels.push_back(
        {channel.topic, [its_rules] { return std::make_unique<RulesChannel>(its_rules); }});
  }
  return socket;
}

}  // namespace phx::mock
