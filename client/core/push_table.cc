#include "client/core/push_table.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace phx::core {

PushTable::Index PushTable::Add(List& list, PushId id, ChannelId channel, Duration timeout) {
  if (memory_.records.empty()) Spare<Memory>::Take(memory_);
  std::vector<Record>& records = memory_.records;
  Index index = memory_.first_free;
  if (index == kNone) {
    index = static_cast<Index>(records.size());
    records.emplace_back();
  } else {
    memory_.first_free = records[index].next;
  }
  ++used_;
  Record& record = records[index];
  if (++last_serial_ == 0) ++last_serial_;
  record.serial = last_serial_;
  record.id = id;
  record.channel = channel;
  record.timeout = timeout;
  record.previous = list.last;
  record.next = kNone;
  (list.last == kNone ? list.first : records[list.last].next) = index;
  list.last = index;
  ++list.size;
  return index;
}

PushTable::Index PushTable::AddBuffered(List& list, PushId id, ChannelId channel, Duration timeout,
                                        BufferedPush push) {
  const Index index = Add(list, id, channel, timeout);
  record(index).buffered = std::make_unique<BufferedPush>(std::move(push));
  return index;
}

PushTable::Index PushTable::AddInFlight(List& list, PushId id, ChannelId channel, Duration timeout,
                                        Ref ref) {
  const Index index = Add(list, id, channel, timeout);
  if (in_flight_ == memory_.buckets.size()) GrowBuckets();
  record(index).ref = ref;
  Chain(index);
  ++in_flight_;
  return index;
}

void PushTable::Remove(List& list, Index index) {
  std::vector<Record>& records = memory_.records;
  Record& record = records[index];
  if (!record.ref.empty()) {
    Unchain(index);
    --in_flight_;
  }
  (record.previous == kNone ? list.first : records[record.previous].next) = record.next;
  (record.next == kNone ? list.last : records[record.next].previous) = record.previous;
  --list.size;
  record.serial = 0;
  record.ref = Ref{};
  record.buffered.reset();
  record.next = std::exchange(memory_.first_free, index);
  if (--used_ == 0 && records.size() > kKept) memory_ = {};
}

void PushTable::Chain(Index index) {
  Index& first = memory_.buckets[BucketOf(at(index).ref)];
  record(index).next_in_bucket = std::exchange(first, index);
}

void PushTable::Unchain(Index index) {
  Index* link = &memory_.buckets[BucketOf(at(index).ref)];
  while (*link != index) link = &record(*link).next_in_bucket;
  *link = at(index).next_in_bucket;
}

void PushTable::GrowBuckets() {
  constexpr int kFewestBits = 2;
  memory_.bucket_bits = std::max(memory_.bucket_bits + 1, kFewestBits);
  memory_.buckets.assign(std::size_t{1} << static_cast<unsigned>(memory_.bucket_bits), kNone);
  for (Index index = 0; index < memory_.records.size(); ++index) {
    if (!at(index).ref.empty()) Chain(index);
  }
}

}  // namespace phx::core
