#include "client/core/push_table.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace phx::core {

PushTable::Index PushTable::Add(List& list, PushId id, ChannelId channel, Duration timeout) {
  Index index = first_free_;
  if (index == kNone) {
    index = static_cast<Index>(records_.size());
    records_.emplace_back();
  } else {
    first_free_ = records_[index].next;
  }
  ++used_;
  Record& record = records_[index];
  if (++last_serial_ == 0) ++last_serial_;
  record.serial = last_serial_;
  record.id = id;
  record.channel = channel;
  record.timeout = timeout;
  record.previous = list.last;
  record.next = kNone;
  (list.last == kNone ? list.first : records_[list.last].next) = index;
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
  if (in_flight_ == buckets_.size()) GrowBuckets();
  records_[index].ref = ref;
  Chain(index);
  ++in_flight_;
  return index;
}

void PushTable::Remove(List& list, Index index) {
  Record& record = records_[index];
  if (!record.ref.empty()) {
    Unchain(index);
    --in_flight_;
  }
  (record.previous == kNone ? list.first : records_[record.previous].next) = record.next;
  (record.next == kNone ? list.last : records_[record.next].previous) = record.previous;
  --list.size;
  record.serial = 0;
  record.ref = Ref{};
  record.buffered.reset();
  record.next = std::exchange(first_free_, index);
  if (--used_ == 0 && records_.size() > kKept) GiveBack();
}

void PushTable::Chain(Index index) {
  Index& first = buckets_[BucketOf(records_[index].ref)];
  records_[index].next_in_bucket = std::exchange(first, index);
}

void PushTable::Unchain(Index index) {
  Index* link = &buckets_[BucketOf(records_[index].ref)];
  while (*link != index) link = &records_[*link].next_in_bucket;
  *link = records_[index].next_in_bucket;
}

void PushTable::GrowBuckets() {
  constexpr int kFewestBits = 2;
  bucket_bits_ = std::max(bucket_bits_ + 1, kFewestBits);
  buckets_.assign(std::size_t{1} << static_cast<unsigned>(bucket_bits_), kNone);
  for (Index index = 0; index < records_.size(); ++index) {
    if (!records_[index].ref.empty()) Chain(index);
  }
}

void PushTable::GiveBack() {
  std::vector<Record>().swap(records_);
  std::vector<Index>().swap(buckets_);
  bucket_bits_ = 0;
  first_free_ = kNone;
}

}  // namespace phx::core
