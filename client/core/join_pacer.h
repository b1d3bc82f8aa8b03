// JoinPacer: lets a bounded number of joins be under way at once.
//
// When a connection opens, every channel of the socket wants to join at the same moment, and the
// server handles the joins of one connection one after the other. A window of joins keeps the
// server busy without letting thousands of them queue up there and run into their timeouts.
#ifndef PHX_CLIENT_CORE_JOIN_PACER_H_
#define PHX_CLIENT_CORE_JOIN_PACER_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "client/core/action.h"

namespace phx::core {

class JoinPacer {
 public:
  // `window` 0: no bound.
  explicit JoinPacer(std::size_t window) : window_(window) {}

  // `channel` wants to join. Its turn comes through Next(). To be called once for each turn.
  void Request(ChannelId channel) { waiting_.push_back(channel); }

  // Whether nobody waits.
  bool empty() const { return next_ == waiting_.size(); }

  // The next channel that may join, which then holds a place in the window until Release().
  // nullopt: none waits, or the window is full.
  std::optional<ChannelId> Next() {
    if (empty() || (window_ != 0 && under_way_ >= window_)) return std::nullopt;
    const ChannelId channel = waiting_[next_++];
    if (next_ == waiting_.size()) {
      Clear();
    } else if (next_ * 2 >= waiting_.size()) {
      waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(next_));
      next_ = 0;
    }
    ++under_way_;
    return channel;
  }

  // A channel that had its turn is done with its join, or no longer wants it.
  void Release() { --under_way_; }

  // The connection is gone: nobody waits. Those under way still release their places.
  void Clear() {
    std::vector<ChannelId>().swap(waiting_);
    next_ = 0;
  }

 private:
  std::size_t window_;
  std::size_t under_way_ = 0;
  std::vector<ChannelId> waiting_;
  std::size_t next_ = 0;  // the first of `waiting_` that has not had its turn
};

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_JOIN_PACER_H_
