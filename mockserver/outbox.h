// Outbox: what a session wants sent, in order: values that its transport drains at the end of a
// turn.
//
//   std::string& bytes = outbox.bytes();
//   const std::size_t begin = bytes.size();
//   …append a frame's payload to bytes…
//   outbox.AddFrame(wire::FrameType::kText, bytes.size() - begin);
//
// Frames lie back to back in one string, so that a turn with a hundred replies allocates nothing
// once the string has grown. Outboxes are lent by a pool: an idle session has none.
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
    };
    Kind kind = Kind::kFrame;
    wire::FrameType type = wire::FrameType::kText;
    std::uint16_t close_code = 0;
    std::size_t size = 0;  // of its part of bytes()
    std::shared_ptr<const SharedFrame> shared = nullptr;
  };

  // Where the payloads of frames are appended, each followed by AddFrame().
  std::string& bytes() { return bytes_; }

  // The last `size` bytes of bytes() are a frame.
  void AddFrame(wire::FrameType type, std::size_t size) {
    entries_.push_back({.kind = Entry::Kind::kFrame, .type = type, .size = size});
  }
  void AddFrame(wire::FrameView frame) {
    bytes_.append(frame.data);
    AddFrame(frame.type, frame.data.size());
  }
  void AddShared(std::shared_ptr<const SharedFrame> frame) {
    entries_.push_back({.kind = Entry::Kind::kFrame, .shared = std::move(frame)});
  }
  // kPing, kPong or kRaw.
  void AddControl(Entry::Kind kind, std::string_view data) {
    bytes_.append(data);
    entries_.push_back({.kind = kind, .size = data.size()});
  }
  void AddClose(const wire::CloseInfo& info) {
    bytes_.append(info.reason);
    entries_.push_back(
        {.kind = Entry::Kind::kClose, .close_code = info.code, .size = info.reason.size()});
  }

  bool empty() const { return entries_.empty(); }

  // Calls visit(entry, data) for each entry, oldest first. `data` is empty for a shared frame.
  template <typename Visitor>
  void Drain(Visitor visit) {
    std::string_view rest = bytes_;
    for (const Entry& entry : entries_) {
      visit(entry, rest.substr(0, entry.size));
      rest.remove_prefix(entry.size);
    }
    bytes_.clear();
    entries_.clear();
  }

  // What it holds on to though it is empty.
  std::size_t capacity() const { return bytes_.capacity(); }

 private:
  std::string bytes_;
  std::vector<Entry> entries_;
};

// OutboxPool: the outboxes of one thread's sessions. Not thread-safe.
class OutboxPool {
 public:
  std::unique_ptr<Outbox> Lend();
  // Takes back an empty outbox. Large ones and those beyond a few are freed.
  void GiveBack(std::unique_ptr<Outbox> outbox);

 private:
  static constexpr std::size_t kKept = 64;
  static constexpr std::size_t kLargestKept = 1 << 20;

  std::vector<std::unique_ptr<Outbox>> idle_;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_OUTBOX_H_
