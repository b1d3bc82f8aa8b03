// TopicSet: things that have a topic each, found by it, where the topic lies in the thing alone.
//
//   struct TopicOf {
//     std::string_view operator()(std::string_view topic) const { return topic; }
//     std::string_view operator()(const ChannelPtr& channel) const { return channel->topic; }
//   };
//   TopicSet<ChannelPtr, TopicOf> channels;
//   channels.find("room:lobby");
#ifndef PHX_CLIENT_CORE_TOPIC_SET_H_
#define PHX_CLIENT_CORE_TOPIC_SET_H_

#include <cstddef>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"

namespace phx::core {

template <typename TopicOf>
struct TopicHash {
  using is_transparent = void;

  template <typename Key>
  std::size_t operator()(const Key& key) const {
    const std::string_view topic = topic_of(key);
    return absl::HashOf(absl::string_view(topic.data(), topic.size()));
  }

  TopicOf topic_of;
};

template <typename TopicOf>
struct TopicEqual {
  using is_transparent = void;

  template <typename A, typename B>
  bool operator()(const A& a, const B& b) const {
    return topic_of(a) == topic_of(b);
  }

  TopicOf topic_of;
};

// `TopicOf` tells the topic of a `T`, and of a topic, which is its own.
template <typename T, typename TopicOf>
using TopicSet = absl::flat_hash_set<T, TopicHash<TopicOf>, TopicEqual<TopicOf>>;

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_TOPIC_SET_H_
