#include "mockserver/channel_set.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "mockserver/channel_process.h"
#include "mockserver/json_term.h"

namespace phx::mock {

void ChannelSet::AddJoined(std::unique_ptr<ChannelProcess> channel) {
  std::string topic(channel->topic());
  joined_.emplace(std::move(topic), std::move(channel));
}

void ChannelSet::AddUnjoined(std::unique_ptr<ChannelProcess> channel) {
  unjoined_.push_back(std::move(channel));
}

ChannelProcess* ChannelSet::FindTopic(const JsonTerm& topic) {
  if (!topic.is_string()) return nullptr;
  if (last_found_ != nullptr && last_found_->topic() == topic.text()) return last_found_;
  const auto found = joined_.find(absl::string_view(topic.text().data(), topic.text().size()));
  if (found == joined_.end()) return nullptr;
  last_found_ = found->second.get();
  return last_found_;
}

ChannelProcess* ChannelSet::FindId(std::uint64_t id) {
  for (const auto& [topic, channel] : joined_) {
    if (channel->id() == id) return channel.get();
  }
  for (const auto& channel : unjoined_) {
    if (channel->id() == id) return channel.get();
  }
  return nullptr;
}

ChannelProcess* ChannelSet::FindAny() {
  return joined_.empty() ? nullptr : joined_.begin()->second.get();
}

std::unique_ptr<ChannelProcess> ChannelSet::Extract(const ChannelProcess& channel) {
  const auto joined = joined_.find(std::string(channel.topic()));
  if (joined == joined_.end() || joined->second.get() != &channel) {
    return ExtractUnjoined(channel.id());
  }
  if (last_found_ == &channel) last_found_ = nullptr;
  std::unique_ptr<ChannelProcess> extracted = std::move(joined->second);
  joined_.erase(joined);
  return extracted;
}

std::unique_ptr<ChannelProcess> ChannelSet::ExtractUnjoined(std::uint64_t id) {
  const auto found = std::find_if(unjoined_.begin(), unjoined_.end(),
                                  [&](const auto& channel) { return channel->id() == id; });
  if (found == unjoined_.end()) return nullptr;
  std::unique_ptr<ChannelProcess> extracted = std::move(*found);
  unjoined_.erase(found);
  return extracted;
}

void ChannelSet::DropUnjoined(const JsonTerm& topic) {
  std::erase_if(unjoined_, [&](const auto& channel) {
    return topic.is_string() && topic.text() == channel->topic();
  });
}

}  // namespace phx::mock
