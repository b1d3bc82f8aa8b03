// ActionQueue: the actions that wait to be carried out, the bytes of the frames among them, and the
// message that they are about.
//
// All of it lives in memory that is kept and reused, so that a steady flow of messages allocates
// nothing; Rest() gives it to whoever else is busy on this thread.
#ifndef PHX_CLIENT_CORE_ACTION_QUEUE_H_
#define PHX_CLIENT_CORE_ACTION_QUEUE_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "client/core/action.h"
#include "client/core/spare.h"
#include "client/wire/frame.h"
#include "client/wire/message.h"

namespace phx::core {

class ActionQueue {
 public:
  ActionQueue() = default;
  ActionQueue(const ActionQueue&) = delete;
  ActionQueue& operator=(const ActionQueue&) = delete;

  template <typename A>
  void Add(A action) {
    memory().added.emplace_back(std::in_place_type<A>, std::move(action));
  }

  // Where the next frame is to be appended. AddFrame() then takes what was appended from `offset`
  // on.
  std::string& frame_bytes() { return memory().bytes; }
  void AddFrame(Generation generation, wire::FrameType type, std::size_t offset) {
    const std::size_t size = memory_->bytes.size() - offset;
    memory_->added.emplace_back(std::in_place_type<SendFrame>,
                                SendFrame{generation, type, offset, size});
  }

  wire::FrameView FrameOf(const SendFrame& frame) const {
    return {frame.type, std::string_view(memory_->bytes).substr(frame.offset, frame.size)};
  }

  // The message from the server that was told last. Dispatch actions point at it: it stays as it is
  // until they are taken.
  wire::Message& inbound() { return *memory().inbound; }

  bool has_actions() const {
    return memory_ != nullptr && (memory_->has_taken() || !memory_->added.empty());
  }

  // The oldest action; nullopt when all are taken.
  std::optional<Action> Poll() {
    if (!Advance()) return std::nullopt;
    return std::move(memory_->taken[memory_->next++]);
  }

  // The same for all that are there, without moving them: calls `carry_out` with each where it is.
  // `carry_out` may add others, for the next call, but not take any. False when all are taken.
  template <typename CarryOut>
  bool TakeAll(const CarryOut& carry_out) {
    if (!Advance()) return false;
    Memory& memory = *memory_;
    while (memory.has_taken()) std::visit(carry_out, memory.taken[memory.next++]);
    return true;
  }

  // All actions are taken, and none is expected soon.
  void Rest() {
    if (Advance() || memory_ == nullptr) return;
    memory_->inbound.emplace();  // the last one may own what it was decoded into
    Spare<std::unique_ptr<Memory>>::Give(memory_);
  }

 private:
  // What a burst took is given back; what a steady flow needs is kept.
  static constexpr std::size_t kKeptActions = 64;
  static constexpr std::size_t kKeptBytes = std::size_t{16} << 10U;

  struct Memory {
    bool has_taken() const { return next != taken.size(); }

    std::vector<Action> taken;  // do not move while they are carried out one by one
    std::size_t next = 0;       // among them
    std::vector<Action> added;  // meanwhile
    std::string bytes;
    std::optional<wire::Message> inbound{std::in_place};  // always there; renewed where it stands
  };

  Memory& memory() {
    if (memory_ == nullptr) TakeMemory();
    return *memory_;
  }

  void TakeMemory() {
    Spare<std::unique_ptr<Memory>>::Take(memory_);
    if (memory_ == nullptr) memory_ = std::make_unique<Memory>();
  }

  // Makes `next` the oldest action. False if there is none.
  bool Advance() {
    if (memory_ == nullptr) return false;
    Memory& memory = *memory_;
    if (memory.has_taken()) return true;
    if (memory.next != 0) Empty(memory.taken);
    memory.next = 0;
    if (memory.added.empty()) {
      Empty(memory.bytes);
      return false;
    }
    memory.taken.swap(memory.added);
    return true;
  }

  static void Empty(std::vector<Action>& actions) {
    actions.clear();
    if (actions.capacity() > kKeptActions) std::vector<Action>().swap(actions);
  }
  static void Empty(std::string& bytes) {
    bytes.clear();
    if (bytes.capacity() > kKeptBytes) std::string().swap(bytes);
  }

  std::unique_ptr<Memory> memory_;  // nullptr: rests
};

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_ACTION_QUEUE_H_
