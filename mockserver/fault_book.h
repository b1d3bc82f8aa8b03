// FaultBook: which faults a new connection gets.
#ifndef PHX_MOCKSERVER_FAULT_BOOK_H_
#define PHX_MOCKSERVER_FAULT_BOOK_H_

#include <deque>
#include <memory>
#include <mutex>

#include "mockserver/faults.h"

namespace phx::mock {

// Threads: any.
class FaultBook {
 public:
  // What every connection has that takes nothing from the queue.
  void Set(std::shared_ptr<const Faults> faults);
  // What one of the next connections has.
  void Queue(std::shared_ptr<const Faults> faults);
  // For a connection that was just accepted.
  std::shared_ptr<const Faults> Take();

 private:
  std::mutex mutex_;
  std::shared_ptr<const Faults> current_ = std::make_shared<const Faults>();
  std::deque<std::shared_ptr<const Faults>> queue_;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_FAULT_BOOK_H_
