#include "mockserver/fault_book.h"

#include <memory>
#include <mutex>
#include <utility>

#include "mockserver/faults.h"

namespace phx::mock {

void FaultBook::Set(std::shared_ptr<const Faults> faults) {
  const std::lock_guard<std::mutex> lock(mutex_);
  current_ = std::move(faults);
}

void FaultBook::Queue(std::shared_ptr<const Faults> faults) {
  const std::lock_guard<std::mutex> lock(mutex_);
  queue_.push_back(std::move(faults));
}

std::shared_ptr<const Faults> FaultBook::Take() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (queue_.empty()) return current_;
  std::shared_ptr<const Faults> faults = std::move(queue_.front());
  queue_.pop_front();
  return faults;
}

}  // namespace phx::mock
