// ActionQueue: the actions that wait to be carried out, and the bytes of the frames among them.
//
// Both live in buffers that are kept and reused, so that a steady flow of messages allocates
// nothing.
#ifndef PHX_CLIENT_CORE_ACTION_QUEUE_H_
#define PHX_CLIENT_CORE_ACTION_QUEUE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/core/action.h"
#include "client/wire/frame.h"

namespace phx::core {

class ActionQueue {
 public:
  void Add(Action action) { actions_.push_back(std::move(action)); }

  // Where the next frame is to be appended. AddFrame() then takes what was appended from `offset`
  // on. Reuses the space of the frames that were drained.
  std::string& frame_bytes() {
    if (actions_.empty()) bytes_.clear();
    return bytes_;
  }
  void AddFrame(Generation generation, wire::FrameType type, std::size_t offset) {
    Add(SendFrame{generation, type, offset, bytes_.size() - offset});
  }

  wire::FrameView FrameOf(const SendFrame& frame) const {
    return {frame.type, std::string_view(bytes_).substr(frame.offset, frame.size)};
  }

  bool has_actions() const { return next_ < actions_.size(); }

  // The oldest action; nullopt when all are taken.
  std::optional<Action> Poll() {
    if (!has_actions()) {
      Recycle();
      return std::nullopt;
    }
    return std::move(actions_[next_++]);
  }

  // The same without the detour over a variant of its own: calls `carry_out` with the action, which
  // may add others. False when all are taken.
  template <typename CarryOut>
  bool Take(const CarryOut& carry_out) {
    if (!has_actions()) {
      Recycle();
      return false;
    }
    std::visit(
        [&carry_out](auto& action) {
          auto taken = std::move(action);  // the queue may move while it is carried out
          carry_out(taken);
        },
        actions_[next_++]);
    return true;
  }

 private:
  // What a burst took is given back; what a steady flow needs is kept.
  static constexpr std::size_t kKeptActions = 64;
  static constexpr std::size_t kKeptBytes = std::size_t{16} << 10U;

  void Recycle() {
    next_ = 0;
    actions_.clear();
    if (actions_.capacity() > kKeptActions) std::vector<Action>().swap(actions_);
    if (bytes_.capacity() > kKeptBytes) std::string().swap(bytes_);
  }

  std::vector<Action> actions_;
  std::string bytes_;
  std::size_t next_ = 0;
};

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_ACTION_QUEUE_H_
