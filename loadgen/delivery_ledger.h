// DeliveryLedger: which broadcasts one receiver of one topic has got: each once, in the order of
// its sender, or not.
//
// Memory: a few words for each sender, and for each gap.
// Threads: as a plain value.
#ifndef PHX_LOADGEN_DELIVERY_LEDGER_H_
#define PHX_LOADGEN_DELIVERY_LEDGER_H_

#include <cstdint>
#include <set>
#include <unordered_map>

namespace phx::loadgen {

enum class Delivery : std::uint8_t {
  kInOrder,
  kReordered,  // after one that its sender sent later
  kDuplicate,  // not the first time
};

class DeliveryLedger {
 public:
  // A broadcast has come, the `sequence`th of `sender` on this topic, from 0.
  Delivery Receive(std::uint64_t sender, std::uint64_t sequence);

 private:
  struct Sender {
    std::uint64_t next = 0;                // after the latest that came
    std::set<std::uint64_t> missing = {};  // below `next`
  };

  std::unordered_map<std::uint64_t, Sender> senders_;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_DELIVERY_LEDGER_H_
