#include "client/core/joined_core.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "client/wire/json_serializer_v2.h"
#include "client/wire/payload.h"

namespace phx::core {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<const CoreOptions> OptionsFor(std::size_t max_joins_in_flight) {
  CoreOptions options;
  options.serializer = std::make_shared<const wire::JsonSerializerV2>();
  options.heartbeat_interval = 0s;
  options.max_joins_in_flight = max_joins_in_flight;
  options.max_push_buffer = 1'000'000;
  options.max_send_buffer = 1'000'000;
  return std::make_shared<const CoreOptions>(std::move(options));
}

wire::Payload SmallPayload() {
  return wire::Payload::JsonText(wire::Text::Borrow(R"({"body":"hi"})"));
}

}  // namespace

JoinedCore::JoinedCore(std::size_t max_joins_in_flight)
    : core(OptionsFor(max_joins_in_flight), "ws://localhost", refs, /*seed=*/1) {
  core.Connect(now);
  Drain();
  core.OnTransportOpen(now, 1, std::make_shared<const OpenInfo>(), false);
}

ChannelId JoinedCore::Join(const std::string& topic) {
  const ChannelId channel = core.AddChannel(topic);
  if (channel >= joined_channels.size()) joined_channels.resize(channel + 1);
  core.Join(now, channel, ++last_push, 10s);
  Drain();
  joined_channels[channel] = {topic, last_join_ref};
  Answer(channel, last_join_ref);
  return channel;
}

Ref JoinedCore::Push(ChannelId channel, Duration timeout) {
  const Ref ref = core.Push(now, channel, ++last_push, "new_msg", SmallPayload(), timeout);
  Drain();
  return ref;
}

void JoinedCore::Cast(ChannelId channel) {
  core.Push(now, channel, kNobody, "new_msg", SmallPayload(), 10s);
  Drain();
}

void JoinedCore::Answer(ChannelId channel, Ref ref) {
  const Joined& joined = joined_channels[channel];
  frame_text.clear();
  absl::StrAppend(&frame_text, "[\"", joined.join_ref.value, "\",\"", ref.value, "\",\"",
                  joined.topic, R"(","phx_reply",{"response":{},"status":"ok"}])");
  Hear(frame_text);
}

void JoinedCore::Hear(std::string_view frame) {
  core.OnTransportFrame(now, 1, {wire::FrameType::kText, frame});
  Drain();
}

void JoinedCore::Drain() {
  while (const std::optional<Action> action = core.PollAction()) {
    if (std::holds_alternative<PushDone>(*action)) ++done;
    if (std::holds_alternative<Dispatch>(*action)) ++heard;
    if (const auto* changed = std::get_if<ChannelChanged>(&*action)) {
      last_join_ref = changed->join_ref;
    }
  }
  core.OnBacklog(0);
}

}  // namespace phx::core
