#include "client/net/output_buffer.h"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "client/net/io_result.h"
#include "client/net/stream.h"

namespace phx::net {
namespace {

// Kept by each thread: enough for a turn of a busy connection. Larger ones are rare and freed.
constexpr std::size_t kMaxSpare = std::size_t{256} * 1024;

// Moving the rest of a half-written buffer to its front pays off from this size on.
constexpr std::size_t kWorthMoving = std::size_t{64} * 1024;

// Whether this thread's Spare is destroyed already. Buffers may outlive it: objects with static
// storage duration do on the main thread.
constinit thread_local bool is_spare_gone = false;

struct Spare {
  ~Spare() { is_spare_gone = true; }
  std::string bytes;
};

thread_local Spare spare;

// Exchanges the memory of `bytes`, which is empty, for the thread's if `is_better` says so.
template <typename Predicate>
void SwapWithSpare(std::string& bytes, Predicate is_better) {
  if (!is_spare_gone && is_better(bytes.capacity(), spare.bytes.capacity())) {
    bytes.swap(spare.bytes);
  }
}

}  // namespace

OutputBuffer::~OutputBuffer() { Clear(); }

std::string& OutputBuffer::bytes() {
  if (bytes_.empty()) SwapWithSpare(bytes_, std::less<>());
  return bytes_;
}

IoResult OutputBuffer::Write(Stream& stream) {
  std::size_t total = 0;
  while (!empty()) {
    IoResult result = stream.TryWrite(std::string_view(bytes_).substr(written_));
    if (result.outcome != IoOutcome::kDone) {
      result.bytes = total;
      DropWritten();
      return result;
    }
    written_ += result.bytes;
    total += result.bytes;
  }
  Clear();
  return IoResult::Done(total);
}

void OutputBuffer::DropWritten() {
  if (written_ < kWorthMoving || written_ < size()) return;
  bytes_.erase(0, written_);
  written_ = 0;
}

void OutputBuffer::Clear() {
  bytes_.clear();
  written_ = 0;
  SwapWithSpare(bytes_,
                [](std::size_t own, std::size_t other) { return own > other && own <= kMaxSpare; });
  std::string().swap(bytes_);  // assigning would keep the memory
}

}  // namespace phx::net
