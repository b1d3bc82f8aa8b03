#include "client/internal/push_state.h"

#include <cstddef>
#include <new>
#include <string_view>
#include <utility>

#include "client/wire/text.h"

namespace phx::internal {
namespace {

// The statuses that Phoenix and this client give; applications may have others.
constexpr std::string_view kUsualStatuses[] = {"ok", "error", "timeout"};

// The blocks that this thread keeps. Plain values, which stand until the thread's very end.
struct Block {
  Block* next;
};
constexpr std::size_t kMost = 256;
thread_local Block* free_blocks = nullptr;
thread_local std::size_t free_count = 0;

// Gives the blocks back when the thread ends, after which none is kept.
struct Janitor {
  ~Janitor() {
    while (free_blocks != nullptr) ::operator delete(std::exchange(free_blocks, free_blocks->next));
    free_count = kMost;
  }
  void Wake() {}
};
thread_local Janitor janitor;

}  // namespace

StatusFilter::StatusFilter(std::string_view status) {
  for (const std::string_view usual : kUsualStatuses) {
    if (status == usual) {
      status_ = wire::Text::Borrow(usual);
      return;
    }
  }
  status_ = wire::Text(status);
}

void* PushState::operator new(std::size_t size) {
  if (free_blocks == nullptr) return ::operator new(size);
  --free_count;
  return std::exchange(free_blocks, free_blocks->next);
}

void PushState::operator delete(void* memory) {
  if (free_count >= kMost) return ::operator delete(memory);
  if (free_blocks == nullptr) janitor.Wake();
  ++free_count;
  free_blocks = new (memory) Block{free_blocks};
}

}  // namespace phx::internal
