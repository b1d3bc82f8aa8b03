#include "testing/phoenix_model.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace phx::test {

using nlohmann::json;

std::vector<std::string> PhoenixModel::Answer(const ClientFrame& frame) {
  const json nothing = json::object();
  if (frame.topic == "phoenix") return {Reply(std::nullopt, frame, "ok", nothing)};
  if (frame.event == "phx_join") return AnswerJoin(frame);
  if (frame.event == "phx_leave") return AnswerLeave(frame);
  const auto channel = joined_.find(frame.topic);
  if (channel == joined_.end()) {
    return {Reply(std::nullopt, frame, "error", {{"reason", "unmatched topic"}})};
  }
  if (!is_v1_ && frame.join_ref != channel->second) return {};
  return {Reply(frame.join_ref, frame, "ok", frame.payload)};
}

std::vector<std::string> PhoenixModel::AnswerJoin(const ClientFrame& frame) {
  if (refused_.contains(frame.topic)) {
    return {Reply(frame.join_ref, frame, "error", {{"reason", "unauthorized"}})};
  }
  std::vector<std::string> answers = {Reply(frame.join_ref, frame, "ok", json::object())};
  const auto [channel, is_new] = joined_.emplace(frame.topic, frame.join_ref);
  if (!is_new) {
    ++duplicate_joins_;
    answers.push_back(CloseOf(frame.topic, std::exchange(channel->second, frame.join_ref)));
  }
  return answers;
}

std::vector<std::string> PhoenixModel::AnswerLeave(const ClientFrame& frame) {
  const auto channel = joined_.find(frame.topic);
  if (channel == joined_.end()) return {Reply(frame.join_ref, frame, "ok", json::object())};
  if (!is_v1_ && frame.join_ref != channel->second) return {};
  joined_.erase(channel);
  return {Reply(frame.join_ref, frame, "ok", json::object()), CloseOf(frame.topic, frame.join_ref)};
}

std::string PhoenixModel::Crash(const std::string& topic) {
  const auto channel = joined_.find(topic);
  if (channel == joined_.end()) return {};
  const Ref join_ref = channel->second;
  joined_.erase(channel);
  return Text(join_ref, join_ref, topic, "phx_error", {{"reason", "channel_crash"}});
}

std::string PhoenixModel::Close(const std::string& topic) {
  const auto channel = joined_.find(topic);
  if (channel == joined_.end()) return {};
  const Ref join_ref = channel->second;
  joined_.erase(channel);
  return CloseOf(topic, join_ref);
}

std::string PhoenixModel::Push(const std::string& topic, const std::string& event) const {
  const auto channel = joined_.find(topic);
  if (channel == joined_.end()) return {};
  return Text(channel->second, std::nullopt, topic, event, {{"from", "server"}});
}

std::string PhoenixModel::Broadcast(const std::string& topic, const std::string& event) const {
  if (!is_joined(topic)) return {};
  return Text(std::nullopt, std::nullopt, topic, event, {{"from", "server"}});
}

std::string PhoenixModel::Reply(const Ref& join_ref, const ClientFrame& frame,
                                std::string_view status, const json& response) const {
  return Text(join_ref, frame.ref, frame.topic, "phx_reply",
              {{"status", status}, {"response", response}});
}

std::string PhoenixModel::CloseOf(const std::string& topic, const Ref& join_ref) const {
  return Text(join_ref, join_ref, topic, "phx_close", json::object());
}

std::string PhoenixModel::Text(const Ref& join_ref, const Ref& ref, const std::string& topic,
                               std::string_view event, const json& payload) const {
  const json json_ref = ref.has_value() ? json(*ref) : json(nullptr);
  if (is_v1_) {
    return json({{"topic", topic}, {"event", event}, {"payload", payload}, {"ref", json_ref}})
        .dump();
  }
  const json json_join_ref = join_ref.has_value() ? json(*join_ref) : json(nullptr);
  return json::array({json_join_ref, json_ref, topic, event, payload}).dump();
}

}  // namespace phx::test
