// Shard: a process's part of a run that several processes carry out together, on one machine or on
// many. Each is given the whole run and the number of its part, and all parts together do exactly
// what one process would: the same connections join the same topics, and each push is due at the
// same time on the same connection.
//
//   absl::StatusOr<Shard> shard = ParseShard("2/8");
//   shard->PartOf(/*whole=*/1000);   // 125
#ifndef PHX_LOADGEN_SHARD_H_
#define PHX_LOADGEN_SHARD_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "loadgen/pacer.h"

namespace phx::loadgen {

struct Shard {
  std::uint64_t index = 0;  // from 0; people count from 1
  std::uint64_t count = 1;

  friend bool operator==(const Shard&, const Shard&) = default;

  // Of so many things its part; the first shards have what does not divide.
  std::uint64_t PartOf(std::uint64_t whole) const {
    return whole / count + (index < whole % count ? 1 : 0);
  }

  // The same of so many things that follow others, of which there are `first`.
  std::uint64_t PartOf(std::uint64_t first, std::uint64_t things) const {
    return PartOf(first + things) - PartOf(first);
  }

  // The lanes of one thread of this shard, of all `lanes` of the run: lane l is that of shard
  // l % count, however many threads each of the others has.
  Share ShareOf(std::uint64_t thread, std::uint64_t threads, std::uint64_t lanes) const {
    return {.lanes = lanes, .worker = index + count * thread, .workers = count * threads};
  }

  // Of a limit of the whole run the part of one of its threads, of which `thread` is the share.
  std::uint64_t PartOfThread(std::uint64_t whole, const Share& thread) const {
    const Shard part = {.index = thread.worker / count, .count = thread.workers / count};
    return part.PartOf(PartOf(whole));
  }

  // Whether the connection of that number, from 1, is one of its own; and the how manieth of its
  // own it then is, from 0.
  bool Has(std::uint64_t connection) const { return (connection - 1) % count == index; }
  std::uint64_t OwnIndexOf(std::uint64_t connection) const { return (connection - 1) / count; }
};

inline constexpr std::uint64_t kMaxShards = 10'000;

// Reads "2/8". kInvalidArgument, as the end of a sentence that names the flag.
absl::StatusOr<Shard> ParseShard(std::string_view text);

// "2/8"
std::string ToString(const Shard& shard);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_SHARD_H_
