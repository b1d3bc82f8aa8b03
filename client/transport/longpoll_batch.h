// The frames that wait to be posted, and the bodies that they become.
//
// Phoenix takes a POST in one of two forms. One of content type application/x-ndjson holds a frame
// a line: JSON text that begins with '[', or else the base64 of a binary frame. The server takes
// 100 lines and drops the rest without a word, and an empty line ends the session. Any other
// content type is one text frame as it stands.
#ifndef PHX_CLIENT_TRANSPORT_LONGPOLL_BATCH_H_
#define PHX_CLIENT_TRANSPORT_LONGPOLL_BATCH_H_

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "client/wire/frame.h"

namespace phx {

// One POST.
struct LongPollBatch {
  std::string_view content_type = {};
  std::string body = {};

  friend bool operator==(const LongPollBatch&, const LongPollBatch&) = default;
};

class LongPollQueue {
 public:
  struct Limits {
    std::size_t max_frames = 100;                      // what the server takes from one POST
    std::size_t max_bytes = std::size_t{1024} * 1024;  // of a body of more than one frame
  };

  LongPollQueue() = default;
  explicit LongPollQueue(const Limits& limits) : limits_(limits) {}

  void Add(wire::FrameView frame);
  void Clear();

  bool empty() const { return entries_.empty(); }
  // Of all bodies that are still to come, without the line ends.
  std::size_t size() const { return size_; }

  // LongPollQueue::TakeBatch()
  //
  // As many of the oldest frames as one POST may carry; the queue must not be empty. A text frame
  // that cannot be a line (V1's objects, and JSON with line breaks between its tokens) goes alone.
  LongPollBatch TakeBatch();

 private:
  struct Entry {
    bool is_line = false;
    std::string text;  // as it stands in the body
  };

  Entry TakeFirst();

  Limits limits_;
  std::deque<Entry> entries_;
  std::size_t size_ = 0;
};

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_LONGPOLL_BATCH_H_
