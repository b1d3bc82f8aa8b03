// PushTable: the pushes that have no outcome yet, in two kinds of list for each channel: buffered
// (not written, in the order of their making) and in flight (written, found by ref).
//
// Records live in a slab and are reused; finding, adding and taking out cost O(1). Those in flight
// are chained by a hash of their refs: refs come one after the other, which the hash spreads
// evenly.
#ifndef PHX_CLIENT_CORE_PUSH_TABLE_H_
#define PHX_CLIENT_CORE_PUSH_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "client/core/action.h"
#include "client/core/spare.h"
#include "client/core/time.h"
#include "client/wire/payload.h"
#include "client/wire/ref.h"
#include "client/wire/text.h"

namespace phx::core {

// What is kept of a push until it is written.
struct BufferedPush {
  wire::Text event;
  wire::Payload payload;
};

class PushTable {
 public:
  using Index = std::uint32_t;
  static constexpr Index kNone = ~Index{0};

  // Room for so many records is kept, however few there are; what a burst took beyond that is given
  // back when the last push has its outcome.
  static constexpr std::size_t kKept = 256;

  // The pushes of one channel, oldest first. Part of the channel; only the table changes it.
  struct List {
    Index first = kNone;
    Index last = kNone;
    std::uint32_t size = 0;
  };

  struct Record {
    PushId id = 0;
    ChannelId channel = 0;
    std::uint32_t serial = 0;  // of the use that is made of the record; 0 while it is free
    Ref ref;                   // none while buffered
    Duration timeout{0};
    std::unique_ptr<BufferedPush> buffered;
    Index previous = kNone;  // in its list
    Index next = kNone;      // in its list, or among the free ones
    Index next_in_bucket = kNone;
  };

  Index AddBuffered(List& list, PushId id, ChannelId channel, Duration timeout, BufferedPush push);
  Index AddInFlight(List& list, PushId id, ChannelId channel, Duration timeout, Ref ref);

  // The push in flight with this ref; kNone if there is none.
  Index Find(Ref ref) const {
    if (in_flight_ == 0) return kNone;
    Index index = memory_.buckets[BucketOf(ref)];
    while (index != kNone && at(index).ref != ref) index = at(index).next_in_bucket;
    return index;
  }

  // Takes the push out of `list`, in which it is, and frees its record.
  void Remove(List& list, Index index);

  // The same, keeping what was buffered.
  std::unique_ptr<BufferedPush> TakeBuffered(List& list, Index index) {
    std::unique_ptr<BufferedPush> buffered = std::move(record(index).buffered);
    Remove(list, index);
    return buffered;
  }

  const Record& at(Index index) const { return memory_.records[index]; }

  // Whether the timer `serial` of the record `index` still stands.
  bool IsLive(Index index, std::uint32_t serial) const {
    return index < memory_.records.size() && at(index).serial == serial && serial != 0;
  }

  // No push is expected soon: if there is none, the memory goes to whoever else is busy on this
  // thread.
  void Rest() {
    if (used_ == 0 && !memory_.records.empty()) Spare<Memory>::Give(memory_);
  }

  std::size_t in_flight() const { return in_flight_; }
  std::size_t buffered() const { return used_ - in_flight_; }

 private:
  static constexpr int kRefBits = 64;

  // Fibonacci hashing (Knuth, The Art of Computer Programming 6.4).
  std::size_t BucketOf(Ref ref) const {
    constexpr std::uint64_t kGoldenRatio = 0x9E3779B97F4A7C15U;
    return static_cast<std::size_t>((ref.value * kGoldenRatio) >> (kRefBits - memory_.bucket_bits));
  }
  Index Add(List& list, PushId id, ChannelId channel, Duration timeout);
  void Chain(Index index);
  void Unchain(Index index);
  void GrowBuckets();
  Record& record(Index index) { return memory_.records[index]; }

  struct Memory {
    std::vector<Record> records;
    Index first_free = kNone;
    int bucket_bits = 0;
    std::vector<Index> buckets;  // the first of each; two to the power of `bucket_bits`, or none
  };

  Memory memory_;         // none while it rests
  std::size_t used_ = 0;  // records that are not free
  std::size_t in_flight_ = 0;
  std::uint32_t last_serial_ = 0;
};

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_PUSH_TABLE_H_
