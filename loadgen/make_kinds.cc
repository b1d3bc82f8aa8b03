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
#include "loadgen/broadcast_stamp.h"
#include "loadgen/flag_value.h"
#include "loadgen/workload.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {
namespace {

using Json = nlohmann::ordered_json;
using Placeholder = UserTemplate::Placeholder;

constexpr std::uint64_t kMaxChannels = 100'000;  // of one connection
constexpr std::uint64_t kMaxPayloadSize = 16 << 20;
constexpr std::size_t kMaxNameSize = 255;  // of topics and events, as on binary frames
constexpr std::string_view kPlainPayload = R"({"data":"{data}"})";

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
    kind->workload = workload.value_or(Workload::kReply);
    if (!workload.has_value()) {
      mistakes_.Add("workload", absl::StrCat("\"", settings_.workload,
                                             "\" is none; give reply, cast, broadcast, churn or "
                                             "idle"));
    }
    if (settings_.publishers <= 0 || settings_.publishers > 1) {
      mistakes_.Add("publishers",
                    absl::StrCat(settings_.publishers,
                                 " is no share of the connections; give more than 0, up to 1"));
    }
    if (settings_.weight <= 0) {
      mistakes_.Add("weight", "0 would have no connections; give more, as in 1");
    }
    kind->max_outstanding = settings_.max_outstanding;
  }

  void FillChannels(UserKind* kind) {
    kind->channels = settings_.channels;
    if (settings_.channels > kMaxChannels) {
      mistakes_.Add("channels", absl::StrCat(settings_.channels, " is out of range; give 0 to ",
                                             kMaxChannels, " for each connection"));
    }
    kind->params = ParamsOf("params", settings_.params);
    kind->join_params = ParamsOf("join-params", settings_.join_params);
    FillTopic(kind);
  }

  void FillTopic(UserKind* kind) {
    std::string text = settings_.topic;
    if (text.empty()) {
      const bool is_shared = kind->workload == Workload::kBroadcast;
      text = is_shared ? "room:{channel}" : "room:{connection}:{channel}";
    }
    absl::StatusOr<UserTemplate> topic = UserTemplate::OfText(text, columns_);
    if (!topic.ok()) {
      return mistakes_.Add("topic", absl::StrCat("\"", text, "\" ", topic.status().message()));
    }
    if (topic->Has(Placeholder::kData)) {
      mistakes_.Add("topic", absl::StrCat("\"", text, "\" has {data}, which is for payloads"));
    }
    if (settings_.channels > 1 && !topic->Has(Placeholder::kChannel)) {
      mistakes_.Add("topic", absl::StrCat("\"", text, "\" gives all ", settings_.channels,
                                          " channels of a connection the same topic; write "
                                          "{channel} into it, or ask for one channel"));
    }
    kind->topic = *std::move(topic);
  }

  // The object that a flag or field holds.
  UserTemplate ParamsOf(std::string_view flag, const JsonText& text) {
    if (text.empty()) return UserTemplate::Constant("{}");
    const Json json = Json::parse(text.text, nullptr, /*allow_exceptions=*/false);
    // The text itself may hold a token: it is not repeated.
    if (!json.is_object()) {
      const std::string example = settings_.place.empty()
                                      ? absl::StrCat("--", std::string(flag), R"(='{"token":"…"}')")
                                      : R"({"token": "…"})";
      mistakes_.Add(flag, absl::StrCat("is not a JSON object; write it as in ", example));
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
    CheckEvent();
    kind->event = settings_.event;
    kind->is_binary = settings_.binary;
    kind->payload_size = settings_.payload_size;
    if (settings_.binary) return FillBinary(kind);
    FillPayload(kind);
  }

  void CheckEvent() {
    if (settings_.event.empty() || settings_.event.size() > kMaxNameSize) {
      mistakes_.Add("event", absl::StrCat("has ", settings_.event.size(), " bytes; give 1 to ",
                                          kMaxNameSize));
    }
    if (settings_.event.starts_with("phx_")) {
      mistakes_.Add("event", absl::StrCat("\"", settings_.event,
                                          "\" belongs to the protocol; give one of your "
                                          "application's"));
    }
  }

  void CheckSize(std::uint64_t least) {
    const auto& [from, to] = settings_.payload_size;
    if (from.bytes >= least && to.bytes <= kMaxPayloadSize) return;
    mistakes_.Add("payload-size",
                  absl::StrCat(FormatFlagValue(settings_.payload_size), " is out of range; give ",
                               least, " to ", FormatFlagValue(ByteSize{kMaxPayloadSize}),
                               ", or the payload itself with --payload"));
  }

  void FillBinary(UserKind* kind) {
    CheckSize(1);
    if (!settings_.payload.empty()) {
      mistakes_.Add("payload", "is JSON, and --binary is not; give one of them");
    }
    auto& [least, most] = kind->payload_size;
    if (kind->workload == Workload::kBroadcast) {
      least.bytes = std::max(least.bytes, kStampSize);
      most.bytes = std::max(most.bytes, kStampSize);
    } else if (least == most && most.bytes <= kMaxPayloadSize) {
      kind->payload = UserTemplate::Constant(std::string(most.bytes, 'x'));
    }
  }

  void FillPayload(UserKind* kind) {
    const bool is_plain = settings_.payload.empty();
    if (is_plain) CheckSize(kMinPayloadSize);
    const std::string text = is_plain ? std::string(kPlainPayload) : settings_.payload.text;
    const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (json.is_discarded()) {
      return mistakes_.Add("payload", R"(is not JSON; write it as in --payload='{"body":"hi"}')");
    }
    UserTemplate payload = TemplateOf("payload", json);
    if (kind->workload == Workload::kBroadcast && !payload.Has(Placeholder::kData)) {
      mistakes_.Add("payload",
                    "a broadcast carries a stamp, by which it is found again; write \"{data}\" "
                    "where it may stand");
    }
    FitPayload(std::move(payload), kind);
    // As it stands, with its spaces.
    if (!is_plain && kind->payload.is_constant()) kind->payload = UserTemplate::Constant(text);
  }

  // Makes one that is always the same once for all.
  void FitPayload(UserTemplate payload, UserKind* kind) const {
    auto& [least, most] = kind->payload_size;
    const std::uint64_t rest = payload.Expand(kind->ValuesOf(1)).size();
    const bool is_stamped = kind->workload == Workload::kBroadcast;
    const bool has_data = payload.Has(Placeholder::kData);
    const std::uint64_t floor = rest + (is_stamped ? kStampSize : 0);
    least.bytes = has_data ? std::max(least.bytes, floor) : rest;
    most.bytes = has_data ? std::max(most.bytes, floor) : rest;
    const bool is_same = least == most && most.bytes <= kMaxPayloadSize;
    if (has_data && !is_stamped && is_same && !DiffersByUser(payload)) {
      const std::string data(most.bytes - rest, 'x');
      payload = UserTemplate::Constant(payload.Expand({.data = data}));
    }
    kind->payload = std::move(payload);
  }

  bool DiffersByUser(const UserTemplate& payload) const {
    return !columns_.empty() || payload.Has(Placeholder::kConnection) ||
           payload.Has(Placeholder::kUser) || payload.Has(Placeholder::kChannel);
  }

  const KindSettings& settings_;
  KindMistakes mistakes_;
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
    return mistakes->Add(absl::StrCat("--connections: ", settings.connections, " are too few for ",
                                      kinds->size(), " kinds of users"));
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

// Whether its channels stay joined, so that it can be held against the server what did not come.
bool StaysJoined(const UserKind& kind) { return kind.workload != Workload::kChurn; }

void LetHear(std::vector<UserKind>* kinds) {
  std::set<std::string> events;
  for (const UserKind& kind : *kinds) {
    if (kind.workload == Workload::kBroadcast) events.insert(kind.event);
  }
  for (UserKind& kind : *kinds) {
    if (StaysJoined(kind)) kind.hears.assign(events.begin(), events.end());
  }
}

void CheckLongestTopic(const KindSettings& settings, const UserKind& kind, Mistakes* mistakes) {
  UserTemplate::Values values = kind.ValuesOf(kind.first + kind.connections, kind.channels);
  const std::size_t size = kind.topic.Expand(values).size();
  if (size >= 1 && size <= kMaxNameSize) return;
  KindMistakes(mistakes, settings.place)
      .Add("topic", absl::StrCat("gives topics of ", size, " bytes; make it 1 to ", kMaxNameSize));
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
