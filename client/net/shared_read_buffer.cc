#include "client/net/shared_read_buffer.h"

#include <memory>
#include <utility>

namespace phx::net {
namespace {

// Whether this thread's Spare is destroyed already. Streams may outlive it: objects with static
// storage duration do on the main thread.
constinit thread_local bool is_spare_gone = false;

struct Spare {
  ~Spare() { is_spare_gone = true; }
  std::unique_ptr<char[]> memory;
};

constinit thread_local Spare spare;

}  // namespace

SharedReadBuffer::SharedReadBuffer() {
  if (!is_spare_gone) memory_ = std::move(spare.memory);
  if (!memory_) memory_ = std::make_unique_for_overwrite<char[]>(kSize);
}

SharedReadBuffer::~SharedReadBuffer() {
  if (!is_spare_gone) spare.memory = std::move(memory_);
}

}  // namespace phx::net
