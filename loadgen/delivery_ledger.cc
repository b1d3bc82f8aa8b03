#include "loadgen/delivery_ledger.h"

namespace phx::loadgen {

Delivery DeliveryLedger::Receive(std::uint64_t sender, std::uint64_t sequence) {
  Sender& from = senders_[sender];
  if (sequence < from.next) {
    if (from.missing.erase(sequence) == 0) return Delivery::kDuplicate;
    return Delivery::kReordered;
  }
  for (; from.next < sequence; ++from.next) from.missing.insert(from.next);
  ++from.next;
  return Delivery::kInOrder;
}

}  // namespace phx::loadgen
