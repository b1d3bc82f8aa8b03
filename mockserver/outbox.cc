#include "mockserver/outbox.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "client/wire/frame.h"
#include "client/wire/websocket_frame.h"

namespace phx::mock {

void Outbox::EndFrame(wire::FrameType type) {
  const std::size_t size = bytes_.size() - frame_begin_ - kHeaderRoom;
  const auto opcode = type == wire::FrameType::kText ? wire::WebSocketOpcode::kText
                                                     : wire::WebSocketOpcode::kBinary;
  std::string header;  // too short to be allocated
  wire::AppendHeader(header, {.opcode = opcode, .payload_size = size});
  if (header.size() < kHeaderRoom) bytes_.erase(frame_begin_, kHeaderRoom - header.size());
  if (header.size() > kHeaderRoom) {
    bytes_.insert(frame_begin_, header.size() - kHeaderRoom, '\0');
  }
  std::memcpy(bytes_.data() + frame_begin_, header.data(), header.size());
  Entry& entry = entries_.emplace_back();
  entry.type = type;
  entry.header_size = static_cast<std::uint8_t>(header.size());
  entry.size = size;
  ++frame_count_;
}

std::unique_ptr<Outbox> OutboxPool::Lend() {
  if (idle_.empty()) return std::make_unique<Outbox>();
  std::unique_ptr<Outbox> outbox = std::move(idle_.back());
  idle_.pop_back();
  return outbox;
}

void OutboxPool::GiveBack(std::unique_ptr<Outbox> outbox) {
  sent_.Add(outbox->TakeFrameCount());
  if (idle_.size() < kKept && outbox->capacity() <= kLargestKept) {
    idle_.push_back(std::move(outbox));
  }
}

}  // namespace phx::mock
