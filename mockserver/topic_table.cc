#include "mockserver/topic_table.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "mockserver/broadcast_message.h"

namespace phx::mock {

TopicTable::Member::~Member() {
  if (table_ != nullptr) table_->Unsubscribe(*this);
}

void TopicTable::Subscribe(std::string_view topic, Member& member) {
  const auto [position, is_new] = topics_.try_emplace(std::string(topic));
  Topic& entry = position->second;
  entry.name = position->first;
  member.table_ = this;
  member.topic_ = &entry;
  member.index_ = entry.members.size();
  entry.members.push_back(&member);
}

void TopicTable::Unsubscribe(Member& member) {
  if (member.table_ != this) return;
  std::vector<Member*>& members = member.topic_->members;
  members[member.index_] = members.back();
  members[member.index_]->index_ = member.index_;
  members.pop_back();
  if (members.empty()) topics_.erase(std::string(member.topic_->name));
  member.table_ = nullptr;
  member.topic_ = nullptr;
}

absl::Status TopicTable::Deliver(const std::shared_ptr<const BroadcastMessage>& broadcast,
                                 const Member* except) {
  const auto found = topics_.find(broadcast->topic());
  if (found == topics_.end()) return absl::OkStatus();
  for (Member* member : found->second.members) {
    if (member == except) continue;
    if (absl::Status status = member->OnBroadcast(broadcast); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace phx::mock
