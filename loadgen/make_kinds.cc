#include "loadgen/make_kinds.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "loadgen/flag_value.h"
#include "loadgen/make_payload_template.h"
#include "loadgen/script.h"
#include "loadgen/script_parser.h"
#include "loadgen/workload.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {
namespace {

using Json = nlohmann::ordered_json;
using Placeholder = UserTemplate::Placeholder;

constexpr std::uint64_t kMaxChannels = 100'000;  // of one connection
constexpr double kMaxWeight = 1'000'000;         // far more is beyond what adds up
constexpr std::size_t kMaxTopicSize = 255;       // as on binary frames

// Checks what was asked for of one kind, and makes it.
class Maker {
 public:
  Maker(const KindSettings& settings, Mistakes* mistakes)
      : settings_(settings), mistakes_(mistakes, settings.place) {
    if (settings.feed_rows != nullptr) columns_ = settings.feed_rows->columns;
  }

  // All but what depends on the other kinds.
  UserKind Make() {
    UserKind kind{.name = settings_.name, .feed = settings_.feed_rows};
    FillWorkload(&kind);
    FillChannels(&kind);
    FillPushes(&kind);
    return kind;
  }

 private:
  void FillWorkload(UserKind* kind) {
    const std::optional<Workload> workload = ParseWorkload(settings_.workload);
    const bool has_steps = !settings_.steps.empty();
    kind->workload = has_steps ? Workload::kScript : workload.value_or(Workload::kReply);
    if (!has_steps && (!workload.has_value() || workload == Workload::kScript)) {
      mistakes_.Add("workload", absl::StrCat("\"", settings_.workload,
                                             "\" is none; give reply, cast, broadcast, churn, "
                                             "presence or idle"));
    }
    if (has_steps && settings_.channels == 0) {
      mistakes_.Add("channels", "0 leaves the steps nothing to push to; give 1 or more");
    }
    kind->uses_long_polling = settings_.transport == "longpoll";
    if (!kind->uses_long_polling && settings_.transport != "websocket") {
      mistakes_.Add("transport", absl::StrCat("\"", settings_.transport,
                                              "\" is none; give websocket or longpoll"));
    }
    kind->read_rate = settings_.read_rate.bytes;
    if (kind->read_rate > 0 && kind->uses_long_polling) {
      mistakes_.Add("read-rate", "is for WebSockets; a long poll asks when it has room");
    }
    if (settings_.publishers <= 0 || settings_.publishers > 1) {
      mistakes_.Add("publishers",
                    absl::StrCat(settings_.publishers,
                                 " is no share of the connections; give more than 0, up to 1"));
    }
    if (settings_.weight <= 0) {
      mistakes_.Add("weight", "0 would have no connections; give more, as in 1");
    }
    CheckWeight("weight", settings_.weight);
    CheckWeight("rate-weight", settings_.rate_weight);
    kind->max_outstanding = settings_.max_outstanding;
  }

  void CheckWeight(std::string_view field, double weight) {
    if (weight <= kMaxWeight) return;
    mistakes_.Add(field, absl::StrCat(FormatFlagValue(weight), " is out of range; at most ",
                                      FormatFlagValue(kMaxWeight)));
  }

  void FillChannels(UserKind* kind) {
    kind->channels = settings_.channels;
    if (settings_.channels > kMaxChannels) {
      mistakes_.Add("channels", absl::StrCat(settings_.channels, " is out of range; give 0 to ",
                                             kMaxChannels, " for each connection"));
    }
    kind->params = ParamsOf("params", settings_.params);
    kind->auth_token = TextOf("auth-token", settings_.auth_token);
    kind->join_params = ParamsOf("join-params", settings_.join_params);
    if (kind->workload == Workload::kPresence) CheckPresence(kind);
    FillTopic(kind);
  }

  // Whom others see come is known again by a stamp.
  void CheckPresence(UserKind* kind) {
    if (settings_.join_params.empty()) {
      const Json params = {{"user", "user-{connection}"}, {"meta", {{"stamp", "{data}"}}}};
      kind->join_params = TemplateOf("join-params", params);
    }
    if (!kind->join_params.Has(Placeholder::kData)) {
      mistakes_.Add("join-params",
                    "a presence carries a stamp, by which others know it again; write \"{data}\" "
                    "where the server takes its meta from");
    }
  }

  void FillTopic(UserKind* kind) {
    std::string text = settings_.topic;
    if (text.empty()) {
      const bool is_shared = kind->workload == Workload::kBroadcast;
      text = is_shared ? "room:{channel}" : "room:{connection}:{channel}";
      if (kind->workload == Workload::kPresence) text = "presence:{channel}";
    }
    kind->topic = TextOf("topic", text);
    if (settings_.channels > 1 && !kind->topic.Has(Placeholder::kChannel)) {
      mistakes_.Add("topic", absl::StrCat("\"", text, "\" gives all ", settings_.channels,
                                          " channels of a connection the same topic; write "
                                          "{channel} into it, or ask for one channel"));
    }
  }

  // The text of a flag or field that is no payload.
  UserTemplate TextOf(std::string_view flag, const std::string& text) {
    absl::StatusOr<UserTemplate> result = UserTemplate::OfText(text, columns_);
    const bool is_secret = flag == "auth-token";
    const std::string quoted = is_secret ? "" : absl::StrCat("\"", text, "\" ");
    if (!result.ok()) {
      mistakes_.Add(flag, absl::StrCat(quoted, result.status().message()));
      return {};
    }
    if (result->Has(Placeholder::kData)) {
      mistakes_.Add(flag, absl::StrCat(quoted, "has {data}, which is for payloads"));
    }
    return *std::move(result);
  }

  // The object that a flag or field holds.
  UserTemplate ParamsOf(std::string_view flag, const JsonText& text) {
    if (text.empty()) return UserTemplate::Constant("{}");
    const Json json = Json::parse(text.text, nullptr, /*allow_exceptions=*/false);
    // The text itself may hold a token: it is not repeated.
    if (!json.is_object()) {
      mistakes_.Add(flag, R"(is not a JSON object; write it as in {"token":"…"})");
      return {};
    }
    return TemplateOf(flag, json);
  }

  UserTemplate TemplateOf(std::string_view flag, const Json& json) {
    absl::StatusOr<UserTemplate> result = UserTemplate::OfJson(json, columns_);
    if (result.ok()) return *std::move(result);
    mistakes_.Add(flag, std::string(result.status().message()));
    return {};
  }

  void FillPushes(UserKind* kind) {
    kind->event = settings_.event;
    kind->payload = MakePayloadTemplate(settings_, columns_, "", &mistakes_);
    if (!settings_.steps.empty()) kind->script = ParseScript(settings_, columns_, &mistakes_);
    kind->leaves = kind->workload == Workload::kChurn || kind->workload == Workload::kPresence ||
                   std::any_of(kind->script.begin(), kind->script.end(), [](const auto& step) {
                     return step.action == ScriptStep::Action::kLeave;
                   });
  }

  const KindSettings& settings_;
  SettingMistakes mistakes_;
  std::vector<std::string> columns_;
};

// Shares `total` out by `weights`: each has its part to within one, and one at least.
std::vector<std::uint64_t> ShareOut(std::uint64_t total, const std::vector<double>& weights) {
  double sum = 0;
  for (const double weight : weights) sum += weight;
  if (sum <= 0) sum = 1;  // said elsewhere
  std::vector<std::uint64_t> parts;
  double before = 0;
  std::uint64_t given = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    before += weights[i];
    const auto upto =
        static_cast<std::uint64_t>(std::llround(static_cast<double>(total) * before / sum));
    const std::uint64_t left = weights.size() - 1 - i;  // kinds that need one each
    const std::uint64_t most = total > given + left ? total - given - left : 1;
    parts.push_back(std::clamp<std::uint64_t>(upto > given ? upto - given : 0, 1, most));
    given += parts.back();
  }
  return parts;
}

void ShareConnections(const Settings& settings, const std::vector<double>& weights,
                      std::vector<UserKind>* kinds, Mistakes* mistakes) {
  if (settings.connections < kinds->size()) {
    if (kinds->size() == 1) return;  // none: said elsewhere
    return SettingMistakes(mistakes, settings.user.place)
        .Add("connections", absl::StrCat(settings.connections, " are too few for ", kinds->size(),
                                         " kinds of users"));
  }
  const std::vector<std::uint64_t> parts = ShareOut(settings.connections, weights);
  std::uint64_t first = 0;
  for (std::size_t i = 0; i < kinds->size(); ++i) {
    (*kinds)[i].first = first;
    (*kinds)[i].connections = parts[i];
    first += parts[i];
  }
}

void ShareRate(const std::vector<double>& weights, std::vector<UserKind>* kinds) {
  double sum = 0;
  for (std::size_t i = 0; i < kinds->size(); ++i) {
    if ((*kinds)[i].has_rate()) sum += weights[i];
  }
  for (std::size_t i = 0; i < kinds->size(); ++i) {
    (*kinds)[i].rate_share = (*kinds)[i].has_rate() && sum > 0 ? weights[i] / sum : 0;
  }
}

std::uint64_t CountPublishers(const KindSettings& settings, const UserKind& kind) {
  if (kind.workload != Workload::kBroadcast) return kind.connections;
  const double share = settings.publishers * static_cast<double>(kind.connections);
  return std::clamp<std::uint64_t>(static_cast<std::uint64_t>(std::llround(share)), 1,
                                   kind.connections);
}

// Broadcasts that did not come can be held against the server where channels stay joined.
void LetHear(std::vector<UserKind>* kinds) {
  std::set<std::string> events;
  bool has_presences = false;
  for (const UserKind& kind : *kinds) {
    if (kind.workload == Workload::kBroadcast) events.insert(kind.event);
    if (kind.workload == Workload::kPresence) has_presences = true;
  }
  for (UserKind& kind : *kinds) kind.sees_presences = has_presences;
  for (UserKind& kind : *kinds) {
    if (!kind.leaves) kind.hears.assign(events.begin(), events.end());
  }
}

void CheckLongestTopic(const KindSettings& settings, const UserKind& kind, Mistakes* mistakes) {
  UserTemplate::Values values = kind.ValuesOf(kind.first + kind.connections, kind.channels);
  const std::size_t size = kind.topic.Expand(values).size();
  if (size >= 1 && size <= kMaxTopicSize) return;
  SettingMistakes(mistakes, settings.place)
      .Add("topic", absl::StrCat("gives topics of ", size, " bytes; make it 1 to ", kMaxTopicSize));
}

}  // namespace

std::vector<UserKind> MakeKinds(const Settings& settings, Mistakes* mistakes) {
  const std::vector<KindSettings> all =
      settings.kinds.empty() ? std::vector<KindSettings>{settings.user} : settings.kinds;
  std::vector<UserKind> kinds;
  std::vector<double> weights;
  std::vector<double> rate_weights;
  for (const KindSettings& each : all) {
    kinds.push_back(Maker(each, mistakes).Make());
    weights.push_back(each.weight);
    rate_weights.push_back(each.weight * each.rate_weight);
  }
  ShareConnections(settings, weights, &kinds, mistakes);
  ShareRate(rate_weights, &kinds);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    kinds[i].publishers = CountPublishers(all[i], kinds[i]);
    CheckLongestTopic(all[i], kinds[i], mistakes);
  }
  LetHear(&kinds);
  return kinds;
}

}  // namespace phx::loadgen
