#include "client/core/push_table.h"

#include <memory>
#include <utility>

namespace phx::core {

PushTable::Index PushTable::Add(List& list, PushId id, ChannelId channel, Duration timeout) {
  Index index;
  if (free_.empty()) {
    index = static_cast<Index>(records_.size());
    records_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Record& record = records_[index];
  if (++last_serial_ == 0) ++last_serial_;
  record.serial = last_serial_;
  record.id = id;
  record.channel = channel;
  record.timeout = timeout;
  record.previous = list.last;
  record.next = kNone;
  if (list.last == kNone) {
    list.first = index;
  } else {
    records_[list.last].next = index;
  }
  list.last = index;
  ++list.size;
  return index;
}

PushTable::Index PushTable::AddBuffered(List& list, PushId id, ChannelId channel, Duration timeout,
                                        BufferedPush push) {
  const Index index = Add(list, id, channel, timeout);
  records_[index].buffered = std::make_unique<BufferedPush>(std::move(push));
  return index;
}

PushTable::Index PushTable::AddInFlight(List& list, PushId id, ChannelId channel, Duration timeout,
                                        Ref ref) {
  const Index index = Add(list, id, channel, timeout);
  records_[index].ref = ref;
  by_ref_.emplace(ref, index);
  return index;
}

PushTable::Index PushTable::Find(Ref ref) const {
  const auto found = by_ref_.find(ref);
  return found == by_ref_.end() ? kNone : found->second;
}

void PushTable::Remove(List& list, Index index) {
  Record& record = records_[index];
  if (!record.ref.empty()) by_ref_.erase(record.ref);
  (record.previous == kNone ? list.first : records_[record.previous].next) = record.next;
  (record.next == kNone ? list.last : records_[record.next].previous) = record.previous;
  --list.size;
  record.serial = 0;
  record.ref = Ref{};
  record.buffered.reset();
  free_.push_back(index);
  if (free_.size() == records_.size() && records_.size() > kKept) GiveBack();
}

void PushTable::GiveBack() {
  std::vector<Record>().swap(records_);
  std::vector<Index>().swap(free_);
  absl::flat_hash_map<Ref, Index>().swap(by_ref_);
}

}  // namespace phx::core
