// Operations of a core that has much to keep: channels, pushes without a reply, handlers. Each must
// cost the same however much that is.
#ifndef PHX_CLIENT_CORE_CROWDED_CORE_H_
#define PHX_CLIENT_CORE_CROWDED_CORE_H_

#include <cstddef>
#include <functional>
#include <vector>

namespace phx::core {

struct CrowdedOperation {
  const char* what;
  // Makes a core that keeps `count` of what it is about, and returns the operation, which picks
  // another one of them each time, in an order that no cache foresees.
  std::function<void()> (*make)(std::size_t count);
};

std::vector<CrowdedOperation> CrowdedOperations();

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_CROWDED_CORE_H_
