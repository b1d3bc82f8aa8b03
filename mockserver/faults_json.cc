#include "mockserver/faults_json.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/wire/close_info.h"
#include "mockserver/faults.h"
#include "mockserver/frame_fault.h"
#include "mockserver/http_message.h"
#include "mockserver/json_fields.h"

namespace phx::mock {
namespace {

using nlohmann::json;

constexpr std::int64_t kMaxCount = 1'000'000'000;
constexpr std::int64_t kMaxMilliseconds = 3'600'000;

std::optional<Duration> Milliseconds(JsonFields& fields, const std::string& name) {
  const std::optional<std::int64_t> ms = fields.Integer(name, 0, kMaxMilliseconds);
  if (!ms.has_value()) return std::nullopt;
  return std::chrono::milliseconds(*ms);
}

// One of `names`; its place among them.
template <std::size_t kSize>
std::optional<std::size_t> OneOf(JsonFields& fields, const std::string& name,
                                 const std::array<std::string_view, kSize>& names) {
  const std::optional<std::string> value = fields.String(name);
  if (!value.has_value()) return std::nullopt;
  std::string known;
  for (std::size_t i = 0; i != kSize; ++i) {
    if (*value == names[i]) return i;
    absl::StrAppend(&known, i == 0 ? "" : ", ", std::string(names[i]));
  }
  fields.Complain(name, "must be one of " + known);
  return std::nullopt;
}

std::optional<Drop> ReadDrop(JsonFields& fields, const std::string& name) {
  const auto drop = OneOf<2>(fields, name, {"fin", "rst"});
  if (!drop.has_value()) return std::nullopt;
  return *drop == 0 ? Drop::kFin : Drop::kRst;
}

std::optional<std::uint32_t> ReadRate(JsonFields& fields, const std::string& name) {
  const std::optional<std::int64_t> rate = fields.Integer(name, 1, kMaxCount);
  if (!rate.has_value()) return std::nullopt;
  return static_cast<std::uint32_t>(*rate);
}

std::optional<HttpAnswer> ReadAnswer(JsonFields& outer, const std::string& name) {
  const json* value = outer.Any(name);
  if (value == nullptr) return std::nullopt;
  JsonFields fields(*value, outer.PlaceOf(name));
  HttpAnswer answer;
  answer.status = static_cast<int>(fields.Integer("status", 100, 999).value_or(200));
  answer.body = fields.String("body").value_or("");
  if (const json* headers = fields.Any("headers"); headers != nullptr && headers->is_object()) {
    for (const auto& [header, text] : headers->items()) {
      if (text.is_string()) {
        answer.headers.emplace_back(header, text.get<std::string>());
      } else {
        fields.Complain("headers." + header, "must be a string");
      }
    }
  } else if (headers != nullptr) {
    fields.Complain("headers", "must be an object");
  }
  outer.Complain(fields.Finish());
  return answer;
}

std::optional<wire::CloseInfo> ReadClose(JsonFields& outer, const std::string& name) {
  const json* value = outer.Any(name);
  if (value == nullptr) return std::nullopt;
  JsonFields fields(*value, outer.PlaceOf(name));
  wire::CloseInfo close;
  close.code = static_cast<std::uint16_t>(fields.Integer("code", 0, 65535).value_or(1000));
  close.reason = fields.String("reason").value_or("");
  outer.Complain(fields.Finish());
  return close;
}

FrameFault ReadFrameFault(JsonFields& outer, const json& value, const std::string& place) {
  JsonFields fields(value, place);
  FrameFault fault;
  const auto kind = OneOf<10>(fields, "kind",
                              {"drop", "duplicate", "delay", "close", "reset", "reorder",
                               "truncate", "corrupt", "ref", "status"});
  if (!kind.has_value() && value.is_object() && !value.contains("kind")) {
    fields.Complain("kind", "is missing");
  }
  fault.kind = static_cast<FrameFault::Kind>(kind.value_or(0));
  if (OneOf<2>(fields, "direction", {"to_client", "from_client"}) == 1U) {
    fault.direction = FrameFault::Direction::kFromClient;
  }
  fault.topic = fields.String("topic").value_or("");
  fault.event = fields.String("event").value_or("");
  fault.skip = static_cast<std::uint64_t>(fields.Integer("skip", 0, kMaxCount).value_or(0));
  if (const auto count = fields.Integer("count", 0, kMaxCount)) {
    fault.count = static_cast<std::uint64_t>(*count);
  }
  fault.probability = fields.Fraction("probability").value_or(1);
  fault.delay = Milliseconds(fields, "delay_ms").value_or(Duration());
  fault.close_code =
      static_cast<std::uint16_t>(fields.Integer("close_code", 0, 65535).value_or(1011));
  fault.size = static_cast<std::size_t>(fields.Integer("size", 0, kMaxCount).value_or(0));
  fault.text = fields.String("text").value_or("");
  outer.Complain(fields.Finish());
  return fault;
}

void ReadFrameFaults(JsonFields& fields, Faults& faults) {
  const json* frames = fields.Array("frames");
  if (frames == nullptr) return;
  for (std::size_t i = 0; i != frames->size(); ++i) {
    faults.frames.push_back(ReadFrameFault(fields, (*frames)[i], absl::StrCat("frames[", i, "]")));
  }
}

}  // namespace

Faults ReadFaults(JsonFields& fields) {
  Faults faults;
  faults.drop_on_accept = ReadDrop(fields, "drop_on_accept");
  faults.drop_request = ReadDrop(fields, "drop_request");
  faults.ignore_request = fields.Boolean("ignore_request").value_or(false);
  faults.refuse_upgrade = ReadAnswer(fields, "refuse_upgrade");
  faults.answer_polls = ReadAnswer(fields, "answer_polls");
  faults.answer_posts = ReadAnswer(fields, "answer_posts");
  faults.hold_posts = fields.Boolean("hold_posts").value_or(false);
  faults.close_after_upgrade = ReadClose(fields, "close_after_upgrade");
  faults.drop_after_upgrade = ReadDrop(fields, "drop_after_upgrade");
  faults.ignore_heartbeats = fields.Boolean("ignore_heartbeats").value_or(false);
  faults.ignore_joins = fields.Boolean("ignore_joins").value_or(false);
  faults.delay_joins = Milliseconds(fields, "delay_joins_ms");
  faults.delayed_joins_block_socket = fields.Boolean("delayed_joins_block_socket").value_or(true);
  faults.reply_ref = fields.String("reply_ref");
  faults.stop_reading = fields.Boolean("stop_reading").value_or(false);
  faults.stop_writing = fields.Boolean("stop_writing").value_or(false);
  faults.read_rate = ReadRate(fields, "read_rate");
  faults.write_rate = ReadRate(fields, "write_rate");
  faults.delay_handshake = Milliseconds(fields, "delay_handshake_ms");
  faults.delay_answer = Milliseconds(fields, "delay_answer_ms");
  faults.ignore_close = fields.Boolean("ignore_close").value_or(false);
  faults.seed = static_cast<std::uint64_t>(fields.Integer("seed", 0, INT64_MAX).value_or(0));
  ReadFrameFaults(fields, faults);
  return faults;
}

absl::StatusOr<Faults> FaultsFromJson(const json& value) {
  JsonFields fields(value, "");
  Faults faults = ReadFaults(fields);
  if (absl::Status status = fields.Finish(); !status.ok()) return status;
  return faults;
}

}  // namespace phx::mock
