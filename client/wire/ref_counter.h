// RefCounter: where a socket's refs come from.
#ifndef PHX_CLIENT_WIRE_REF_COUNTER_H_
#define PHX_CLIENT_WIRE_REF_COUNTER_H_

#include <atomic>
#include <cstdint>

#include "client/wire/ref.h"

namespace phx {

// One counter for messages and registrations alike, as in phoenix.js; it starts at 1 and never goes
// back, so that a ref names one thing for as long as the socket lives. Any thread may draw from it.
class RefCounter {
 public:
  Ref Next() { return Ref{last_.fetch_add(1, std::memory_order_relaxed) + 1}; }

 private:
  std::atomic<std::uint64_t> last_{0};
};

}  // namespace phx

#endif  // PHX_CLIENT_WIRE_REF_COUNTER_H_
