#include "mockserver/outbox.h"

#include <memory>
#include <utility>

namespace phx::mock {

std::unique_ptr<Outbox> OutboxPool::Lend() {
  if (idle_.empty()) return std::make_unique<Outbox>();
  std::unique_ptr<Outbox> outbox = std::move(idle_.back());
  idle_.pop_back();
  return outbox;
}

void OutboxPool::GiveBack(std::unique_ptr<Outbox> outbox) {
  if (idle_.size() < kKept && outbox->capacity() <= kLargestKept) {
    idle_.push_back(std::move(outbox));
  }
}

}  // namespace phx::mock
