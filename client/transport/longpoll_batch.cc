#include "client/transport/longpoll_batch.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/escaping.h"
#include "client/wire/frame.h"

namespace phx {
namespace {

constexpr std::string_view kLines = "application/x-ndjson";
constexpr std::string_view kOneFrame = "application/json";

bool IsLine(std::string_view text) {
  return text.starts_with('[') && text.find_first_of("\r\n") == std::string_view::npos;
}

}  // namespace

void LongPollQueue::Add(wire::FrameView frame) {
  Entry entry;
  if (frame.type == wire::FrameType::kBinary) {
    entry.is_line = true;
    entry.text = absl::Base64Escape(absl::string_view(frame.data.data(), frame.data.size()));
  } else {
    entry.is_line = IsLine(frame.data);
    entry.text = frame.data;
  }
  size_ += entry.text.size();
  entries_.push_back(std::move(entry));
}

void LongPollQueue::Clear() {
  entries_.clear();
  size_ = 0;
}

LongPollQueue::Entry LongPollQueue::TakeFirst() {
  Entry first = std::move(entries_.front());
  entries_.pop_front();
  size_ -= first.text.size();
  return first;
}

LongPollBatch LongPollQueue::TakeBatch() {
  Entry first = TakeFirst();
  LongPollBatch batch{first.is_line ? kLines : kOneFrame, std::move(first.text)};
  if (!first.is_line) return batch;
  for (std::size_t count = 1; count < limits_.max_frames; ++count) {
    if (entries_.empty() || !entries_.front().is_line) break;
    if (batch.body.size() + 1 + entries_.front().text.size() > limits_.max_bytes) break;
    batch.body.push_back('\n');  // between lines, not behind them: see above
    batch.body.append(TakeFirst().text);
  }
  return batch;
}

}  // namespace phx
