// TopicTable: who is subscribed to which topic, among the sessions of one thread.
#ifndef PHX_MOCKSERVER_TOPIC_TABLE_H_
#define PHX_MOCKSERVER_TOPIC_TABLE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/node_hash_map.h"
#include "absl/status/status.h"
#include "mockserver/broadcast_message.h"

namespace phx::mock {

// Subscribing, unsubscribing and finding a topic's members take constant time. Not thread-safe.
class TopicTable {
 public:
  class Member;

 private:
  struct Topic {
    std::string_view name;  // the key in topics_
    std::vector<Member*> members;
  };

 public:
  // A subscriber of one topic. Unsubscribed when it is destroyed.
  class Member {
   public:
    Member() = default;
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;
    virtual ~Member();

    // A broadcast to the topic. Must not run code of the user's, nor subscribe or unsubscribe
    // anybody. An error if the member's connection cannot carry it.
    virtual absl::Status OnBroadcast(const std::shared_ptr<const BroadcastMessage>& broadcast) = 0;

   private:
    friend class TopicTable;
    TopicTable* table_ = nullptr;
    Topic* topic_ = nullptr;
    std::size_t index_ = 0;  // in topic_->members
  };

  // `member` must not be subscribed yet.
  void Subscribe(std::string_view topic, Member& member);
  void Unsubscribe(Member& member);

  // TopicTable::Deliver()
  //
  // Hands `broadcast` to the members of its topic but `except`. Stops at the first that cannot
  // carry it and returns why, as Phoenix does: the broadcaster's encoding has failed.
  absl::Status Deliver(const std::shared_ptr<const BroadcastMessage>& broadcast,
                       const Member* except);

 private:
  absl::node_hash_map<std::string, Topic> topics_;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_TOPIC_TABLE_H_
