#include "loadgen/payload_maker.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace phx::loadgen {
namespace {

// What stands in place of {data}.
std::string Filling(std::uint64_t size, const std::optional<BroadcastStamp>& stamp) {
  if (stamp.has_value()) return FormatStamp(*stamp, std::max(size, kStampSize));
  return std::string(size, 'x');
}

}  // namespace

wire::Payload MakePayload(const PayloadTemplate& payload, UserTemplate::Values values,
                          SeededRandom* random, const std::optional<BroadcastStamp>& stamp) {
  const std::string_view constant = payload.text.constant();
  if (!constant.empty()) {
    wire::Text text = wire::Text::Borrow(constant);
    return payload.is_binary ? wire::Payload::Binary(std::move(text))
                             : wire::Payload::JsonText(std::move(text));
  }
  const std::uint64_t size = random->Within(payload.size.least.bytes, payload.size.most.bytes);
  if (payload.is_binary) return wire::Payload::Binary(Filling(size, stamp));
  const std::string text = payload.text.Expand(values);
  if (!payload.text.Has(UserTemplate::Placeholder::kData)) return wire::Payload::JsonText(text);
  const std::string data = Filling(size > text.size() ? size - text.size() : 0, stamp);
  values.data = data;
  return wire::Payload::JsonText(payload.text.Expand(values));
}

}  // namespace phx::loadgen
