// ActionQueue: the actions that wait to be carried out, and the bytes of the frames among them.
//
// Both live in buffers that are kept and reused, so that a steady flow of messages allocates
// nothing; Rest() gives them to whoever else is busy on this thread.
#ifndef PHX_CLIENT_CORE_ACTION_QUEUE_H_
#define PHX_CLIENT_CORE_ACTION_QUEUE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "client/core/action.h"
#include "client/core/spare.h"
#include "client/wire/frame.h"

namespace phx::core {

class ActionQueue {
 public:
  ActionQueue() = default;
  ActionQueue(const ActionQueue&) = delete;
  ActionQueue& operator=(const ActionQueue&) = delete;

  template <typename A>
  void Add(A action) {
    if (added_.capacity() == 0) MakeRoom();
    added_.emplace_back(std::in_place_type<A>, std::move(action));
  }

  // Where the next frame is to be appended. AddFrame() then takes what was appended from `offset`
  // on.
  std::string& frame_bytes() {
    if (added_.capacity() == 0) MakeRoom();
    return bytes_;
  }
  void AddFrame(Generation generation, wire::FrameType type, std::size_t offset) {
    Add(SendFrame{generation, type, offset, bytes_.size() - offset});
  }

  wire::FrameView FrameOf(const SendFrame& frame) const {
    return {frame.type, std::string_view(bytes_).substr(frame.offset, frame.size)};
  }

  bool has_actions() const { return next_ != taken_.end() || !added_.empty(); }

  // The oldest action; nullopt when all are taken.
  std::optional<Action> Poll() {
    if (!Advance()) return std::nullopt;
    return std::move(*next_++);
  }

  // The same for all that are there, without moving them: calls `carry_out` with each where it is.
  // `carry_out` may add others, for the next call, but not take any. False when all are taken.
  template <typename CarryOut>
  bool TakeAll(const CarryOut& carry_out) {
    if (!Advance()) return false;
    while (next_ != taken_.end()) std::visit(carry_out, *next_++);
    return true;
  }

  // All actions are taken, and none is expected soon.
  void Rest() {
    if (Advance() || HasNoMemory()) return;
    Buffers buffers = {std::exchange(taken_, {}), std::exchange(added_, {}),
                       std::exchange(bytes_, {})};
    next_ = taken_.end();
    Spare<Buffers>::Give(buffers);
  }

 private:
  static constexpr std::size_t kFirstActions = 2;  // room for so many comes at once
  // What a burst took is given back; what a steady flow needs is kept.
  static constexpr std::size_t kKeptActions = 64;
  static constexpr std::size_t kKeptBytes = std::size_t{16} << 10U;

  struct Buffers {
    std::vector<Action> taken;
    std::vector<Action> added;
    std::string bytes;
  };

  bool HasNoMemory() const { return taken_.capacity() == 0 && added_.capacity() == 0; }

  // Gives the queue, which may have no memory at all, room for its first actions.
  void MakeRoom() {
    if (HasNoMemory()) {
      Buffers buffers;
      Spare<Buffers>::Take(buffers);
      taken_ = std::move(buffers.taken);
      added_ = std::move(buffers.added);
      bytes_ = std::move(buffers.bytes);
      next_ = taken_.end();
    }
    if (added_.capacity() == 0) added_.reserve(kFirstActions);
  }

  // Makes `next_` the oldest action. False if there is none.
  bool Advance() {
    if (next_ != taken_.end()) return true;
    Empty(taken_);
    taken_.swap(added_);
    next_ = taken_.begin();
    if (!taken_.empty()) return true;
    bytes_.clear();
    if (bytes_.capacity() > kKeptBytes) std::string().swap(bytes_);
    return false;
  }

  static void Empty(std::vector<Action>& actions) {
    actions.clear();
    if (actions.capacity() > kKeptActions) std::vector<Action>().swap(actions);
  }

  std::vector<Action> taken_;  // do not move while they are carried out one by one
  std::vector<Action>::iterator next_ = taken_.begin();  // among them
  std::vector<Action> added_;                            // meanwhile
  std::string bytes_;
};

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_ACTION_QUEUE_H_
