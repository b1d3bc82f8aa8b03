#include "loadgen/make_payload_template.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "loadgen/broadcast_stamp.h"
#include "loadgen/flag_value.h"
#include "loadgen/user_template.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {
namespace {

using Json = nlohmann::ordered_json;
using Placeholder = UserTemplate::Placeholder;

constexpr std::uint64_t kMaxPayloadSize = 16 << 20;
constexpr std::size_t kMaxEventSize = 255;  // as on binary frames
constexpr std::string_view kPlainPayload = R"({"data":"{data}"})";

class Maker {
 public:
  Maker(const KindSettings& settings, const std::vector<std::string>& columns,
        const std::string& prefix, SettingMistakes* mistakes)
      : settings_(settings),
        columns_(columns),
        prefix_(prefix),
        mistakes_(*mistakes),
        is_stamped_(settings.workload == "broadcast") {}

  PayloadTemplate Make() {
    CheckEvent();
    PayloadTemplate payload{.size = settings_.payload_size, .is_binary = settings_.binary};
    if (settings_.binary) {
      FillBinary(&payload);
    } else {
      FillText(&payload);
    }
    return payload;
  }

 private:
  void Complain(const char* field, const std::string& what) {
    mistakes_.Add(prefix_ + field, what);
  }

  void CheckEvent() {
    if (settings_.event.empty() || settings_.event.size() > kMaxEventSize) {
      Complain("event",
               absl::StrCat("has ", settings_.event.size(), " bytes; give 1 to ", kMaxEventSize));
    }
    if (settings_.event.starts_with("phx_")) {
      Complain("event", absl::StrCat("\"", settings_.event,
                                     "\" belongs to the protocol; give one of your application's"));
    }
  }

  void CheckSize(std::uint64_t least) {
    const auto& [from, to] = settings_.payload_size;
    if (from.bytes >= least && to.bytes <= kMaxPayloadSize) return;
    Complain("payload-size",
             absl::StrCat(FormatFlagValue(settings_.payload_size), " is out of range; give ", least,
                          " to ", FormatFlagValue(ByteSize{kMaxPayloadSize}),
                          ", or the payload itself with --payload"));
  }

  // Of a payload that says itself how small it can be.
  void CheckLargest() {
    if (settings_.payload_size.most.bytes <= kMaxPayloadSize) return;
    Complain("payload-size",
             absl::StrCat(FormatFlagValue(settings_.payload_size), " is out of range; give ",
                          FormatFlagValue(ByteSize{kMaxPayloadSize}), " or less"));
  }

  void FillBinary(PayloadTemplate* payload) {
    CheckSize(1);
    if (!settings_.payload.empty()) {
      Complain("payload", "is JSON, and --binary is not; give one of them");
    }
    auto& [least, most] = payload->size;
    if (is_stamped_) {
      least.bytes = std::max(least.bytes, kStampSize);
      most.bytes = std::max(most.bytes, kStampSize);
    } else if (least == most && most.bytes <= kMaxPayloadSize) {
      payload->text = UserTemplate::Constant(std::string(most.bytes, 'x'));
    }
  }

  void FillText(PayloadTemplate* payload) {
    const bool is_plain = settings_.payload.empty();
    if (is_plain) CheckSize(kMinPayloadSize);
    const std::string text = is_plain ? std::string(kPlainPayload) : settings_.payload.text;
    const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (json.is_discarded()) {
      return Complain("payload", R"(is not JSON; write it as in --payload='{"body":"hi"}')");
    }
    absl::StatusOr<UserTemplate> made = UserTemplate::OfJson(json, columns_);
    if (!made.ok()) return Complain("payload", std::string(made.status().message()));
    if (is_stamped_ && !made->Has(Placeholder::kData)) {
      Complain("payload",
               "a broadcast carries a stamp, by which it is found again; write \"{data}\" where it "
               "may stand");
    }
    payload->text = *std::move(made);
    if (!is_plain && payload->text.Has(Placeholder::kData)) CheckLargest();
    // As it stands, with its spaces.
    if (!is_plain && payload->text.is_constant()) payload->text = UserTemplate::Constant(text);
    Fit(payload);
  }

  // Makes one that is always the same once for all.
  void Fit(PayloadTemplate* payload) const {
    auto& [least, most] = payload->size;
    const std::vector<std::string> row(columns_.size());
    const std::uint64_t rest = payload->text.Expand({.row = row}).size();
    const bool has_data = payload->text.Has(Placeholder::kData);
    const std::uint64_t floor = rest + (is_stamped_ ? kStampSize : 0);
    least.bytes = has_data ? std::max(least.bytes, floor) : rest;
    most.bytes = has_data ? std::max(most.bytes, floor) : rest;
    const bool is_same = least == most && most.bytes <= kMaxPayloadSize && !DiffersByUser(*payload);
    if (!has_data || is_stamped_ || !is_same) return;
    const std::string data(most.bytes - rest, 'x');
    payload->text = UserTemplate::Constant(payload->text.Expand({.data = data}));
  }

  bool DiffersByUser(const PayloadTemplate& payload) const {
    return !columns_.empty() || payload.text.Has(Placeholder::kConnection) ||
           payload.text.Has(Placeholder::kUser) || payload.text.Has(Placeholder::kChannel);
  }

  const KindSettings& settings_;
  const std::vector<std::string>& columns_;
  const std::string& prefix_;
  SettingMistakes& mistakes_;
  const bool is_stamped_;
};

}  // namespace

PayloadTemplate MakePayloadTemplate(const KindSettings& settings,
                                    const std::vector<std::string>& columns,
                                    const std::string& prefix, SettingMistakes* mistakes) {
  return Maker(settings, columns, prefix, mistakes).Make();
}

}  // namespace phx::loadgen
