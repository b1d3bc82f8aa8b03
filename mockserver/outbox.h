// Outbox: what a session wants sent, in order: values that its transport drains at the end of a
// turn.
//
//   std::string& bytes = outbox.BeginFrame();
//   …append a frame's payload to bytes…
//   outbox.EndFrame(wire::FrameType::kText);          // or CancelFrame()
//
// Frames lie back to back in one string, each behind the header that it has on a WebSocket, so that
// a turn with a hundred replies allocates nothing once the string has grown, and is copied once.
// Outboxes are lent by a pool: an idle session has none.
#ifndef PHX_MOCKSERVER_OUTBOX_H_
#define PHX_MOCKSERVER_OUTBOX_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/wire/close_info.h"
#include "client/wire/frame.h"
#include "mockserver/shard_counters.h"
#include "mockserver/shared_frame.h"

namespace phx::mock {

class Outbox {
 public:
  struct Entry {
    enum class Kind : std::uint8_t {
      kFrame,  // a message: `type`, and `data` or `shared`
      kPing,   // `data`
      kPong,   // `data`
      kRaw,    // `data` as it is, beneath the WebSocket protocol
      kClose,  // `close_code`, and the reason in `data`
      kReset,  // the connection ends by RST
    };
    Kind kind = Kind::kFrame;
    wire::FrameType type = wire::FrameType::kText;
    std::uint8_t header_size = 0;  // what stands before `data`
    std::uint16_t close_code = 0;
    std::size_t size = 0;  // of `data`
    std::shared_ptr<const SharedFrame> shared = nullptr;
  };

  // Where to append the payload of a frame.
  std::string& BeginFrame() {
    frame_begin_ = bytes_.size();
    bytes_.append(kHeaderRoom, '\0');
    return bytes_;
  }
  void EndFrame(wire::FrameType type);
  void CancelFrame() { bytes_.resize(frame_begin_); }

  void AddFrame(wire::FrameView frame) {
    BeginFrame().append(frame.data);
    EndFrame(frame.type);
  }
  void AddShared(std::shared_ptr<const SharedFrame> frame) {
    entries_.push_back({.kind = Entry::Kind::kFrame, .shared = std::move(frame)});
    ++frame_count_;
    is_plain_ = false;
  }
  // Any but kFrame and kClose.
  void AddControl(Entry::Kind kind, std::string_view data) {
    bytes_.append(data);
    entries_.push_back({.kind = kind, .size = data.size()});
    is_plain_ = false;
  }
  void AddClose(const wire::CloseInfo& info) {
    bytes_.append(info.reason);
    entries_.push_back(
        {.kind = Entry::Kind::kClose, .close_code = info.code, .size = info.reason.size()});
    is_plain_ = false;
  }

  bool empty() const { return entries_.empty(); }

  // Whether there are only frames that are not shared. Then websocket_bytes() are all that is to be
  // written to a WebSocket.
  bool is_plain() const { return is_plain_; }
  std::string_view websocket_bytes() const { return bytes_; }

  // Calls visit(entry, data) for each entry, oldest first, and empties the outbox. `data` is empty
  // for a shared frame.
  template <typename Visitor>
  void Drain(Visitor visit) {
    std::string_view rest = bytes_;
    for (const Entry& entry : entries_) {
      rest.remove_prefix(entry.header_size);
      visit(entry, rest.substr(0, entry.size));
      rest.remove_prefix(entry.size);
    }
    Clear();
  }
  void Clear() {
    bytes_.clear();
    entries_.clear();
    is_plain_ = true;
  }

  // How many frames were added since the last call.
  std::int64_t TakeFrameCount() { return std::exchange(frame_count_, 0); }

  // What it holds on to though it is empty.
  std::size_t capacity() const { return bytes_.capacity(); }

 private:
  // The header of frames of 126 to 65535 bytes (RFC 6455 5.2). Others are moved to fit theirs.
  static constexpr std::size_t kHeaderRoom = 4;

  std::string bytes_;
  std::vector<Entry> entries_;
  std::size_t frame_begin_ = 0;
  std::int64_t frame_count_ = 0;
  bool is_plain_ = true;
};

// OutboxPool: the outboxes of one thread's sessions. Not thread-safe.
class OutboxPool {
 public:
  // `sent` counts the frames of the outboxes that are given back.
  explicit OutboxPool(Counter& sent) : sent_(sent) {}

  std::unique_ptr<Outbox> Lend();
  // Takes back an empty outbox. Large ones and those beyond a few are freed.
  void GiveBack(std::unique_ptr<Outbox> outbox);

 private:
  static constexpr std::size_t kKept = 64;
  static constexpr std::size_t kLargestKept = 1 << 20;

  Counter& sent_;
  std::vector<std::unique_ptr<Outbox>> idle_;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_OUTBOX_H_
