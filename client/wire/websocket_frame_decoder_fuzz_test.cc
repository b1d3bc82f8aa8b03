// Whatever bytes a peer sends, in whatever pieces, the decoder reads no memory but its input, keeps
// to its limit, and gives the same events as for the same bytes in one piece.
//
// The first two bytes of the fuzzed input choose the options and the size of the pieces.
#include "client/wire/websocket_frame_decoder.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace phx::wire {
namespace {

constexpr std::uint64_t kLimit = 300;

struct SeenEvent {
  WebSocketEvent::Kind kind;
  FrameType type;
  bool compressed;
  std::uint16_t close_code;
  std::string data;

  friend bool operator==(const SeenEvent&, const SeenEvent&) = default;
};

void Require(bool condition) {
  if (!condition) std::abort();
}

bool IsLast(WebSocketEvent::Kind kind) {
  return kind == WebSocketEvent::Kind::kClose || kind == WebSocketEvent::Kind::kError;
}

// The events of one piece. True if the decoder wants more.
bool FeedPiece(WebSocketFrameDecoder& decoder, std::string_view piece,
               std::vector<SeenEvent>& events) {
  std::vector<char> memory(piece.begin(), piece.end());
  decoder.Feed(memory.data(), memory.size());
  for (;;) {
    const WebSocketEvent event = decoder.Next();
    if (event.kind == WebSocketEvent::Kind::kNeedInput) return true;
    if (event.kind == WebSocketEvent::Kind::kMessage) Require(event.data.size() <= kLimit);
    events.push_back(
        {event.kind, event.type, event.compressed, event.close_code, std::string(event.data)});
    if (IsLast(event.kind)) return false;
  }
}

std::vector<SeenEvent> Decode(const WebSocketDecoderOptions& options, std::string_view bytes,
                              std::size_t piece_size) {
  WebSocketFrameDecoder decoder(options);
  std::vector<SeenEvent> events;
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, piece_size);
    if (!FeedPiece(decoder, piece, events)) break;
    bytes.remove_prefix(piece.size());
  }
  return events;
}

}  // namespace
}  // namespace phx::wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace phx::wire;  // NOLINT(google-build-using-namespace)
  if (size < 2) return 0;
  const bool limits_frames = (data[0] & 4) != 0;
  const WebSocketDecoderOptions options = {
      .role = (data[0] & 1) != 0 ? WebSocketRole::kServer : WebSocketRole::kClient,
      .max_message_size = limits_frames ? kLimit / 2 : kLimit,
      .max_fragmented_message_size =
          limits_frames ? std::optional<std::uint64_t>(kLimit) : std::nullopt,
      .allow_compressed = (data[0] & 2) != 0,
      .allow_undefined_close_codes = (data[0] & 8) != 0,
  };
  const std::string bytes(data + 2, data + size);
  const std::vector<SeenEvent> whole =
      Decode(options, bytes, std::max<std::size_t>(1, bytes.size()));
  Require(Decode(options, bytes, data[1] + std::size_t{1}) == whole);
  return 0;
}
