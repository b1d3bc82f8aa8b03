// The WebSocket frame codec: time for each frame of 64 bytes and larger ones.
#include "client/wire/websocket_frame.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "benchmark/benchmark.h"
#include "client/wire/frame.h"
#include "client/wire/masking.h"
#include "client/wire/masking_key_source.h"
#include "client/wire/utf8.h"
#include "client/wire/websocket_frame_decoder.h"

namespace phx::wire {
namespace {

constexpr std::int64_t kFramesAtOnce = 256;

void CountFrames(benchmark::State& state, std::int64_t frames, std::int64_t payload_size) {
  state.SetItemsProcessed(state.iterations() * frames);
  state.SetBytesProcessed(state.iterations() * frames * payload_size);
}

std::string FramesOf(std::int64_t payload_size, std::optional<MaskingKey> key) {
  std::string out;
  const std::string payload(static_cast<std::size_t>(payload_size), 'x');
  for (std::int64_t i = 0; i < kFramesAtOnce; ++i) {
    AppendMessage(out, {FrameType::kText, payload}, key);
  }
  return out;
}

void MaskPayload(benchmark::State& state) {
  std::string payload(static_cast<std::size_t>(state.range(0)), 'x');
  const MaskingKey key = NextMaskingKey();
  for (auto _ : state) {
    ApplyMask(payload.data(), payload.data(), payload.size(), key);
    benchmark::ClobberMemory();
  }
  CountFrames(state, 1, state.range(0));
}
BENCHMARK(MaskPayload)->Arg(64)->Arg(4096);

void DrawMaskingKey(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(NextMaskingKey());
}
BENCHMARK(DrawMaskingKey);

void ValidateUtf8(benchmark::State& state) {
  const std::string text(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) benchmark::DoNotOptimize(IsValidUtf8(text));
  CountFrames(state, 1, state.range(0));
}
BENCHMARK(ValidateUtf8)->Arg(64)->Arg(256)->Arg(257)->Arg(4096);

// A client's turn: many messages appended to one output.
void EncodeMasked(benchmark::State& state) {
  const std::string payload(static_cast<std::size_t>(state.range(0)), 'x');
  const FrameView frame{FrameType::kText, payload};
  std::string out;
  for (auto _ : state) {
    for (std::int64_t i = 0; i < kFramesAtOnce; ++i) {
      AppendMessage(out, frame, NextMaskingKey());
    }
    out.clear();
  }
  CountFrames(state, kFramesAtOnce, state.range(0));
}
BENCHMARK(EncodeMasked)->Arg(64)->Arg(1024);

void EncodeUnmasked(benchmark::State& state) {
  const std::string payload(static_cast<std::size_t>(state.range(0)), 'x');
  const FrameView frame{FrameType::kText, payload};
  std::string out;
  for (auto _ : state) {
    for (std::int64_t i = 0; i < kFramesAtOnce; ++i) {
      AppendMessage(out, frame, std::nullopt);
    }
    out.clear();
  }
  CountFrames(state, kFramesAtOnce, state.range(0));
}
BENCHMARK(EncodeUnmasked)->Arg(64)->Arg(1024);

void Decode(benchmark::State& state, WebSocketRole role, std::optional<MaskingKey> key) {
  std::string input = FramesOf(state.range(0), key);
  WebSocketFrameDecoder decoder({.role = role});
  for (auto _ : state) {
    decoder.Feed(input.data(), input.size());
    while (decoder.Next().kind == WebSocketEvent::Kind::kMessage) {
    }
    // Unmasking has changed the input; masked again it would be the same. A key of zeros leaves it.
  }
  CountFrames(state, kFramesAtOnce, state.range(0));
}

void DecodeAsClient(benchmark::State& state) {
  Decode(state, WebSocketRole::kClient, std::nullopt);
}
BENCHMARK(DecodeAsClient)->Arg(64)->Arg(1024);

void DecodeAsServer(benchmark::State& state) {
  Decode(state, WebSocketRole::kServer, MaskingKey{});
}
BENCHMARK(DecodeAsServer)->Arg(64)->Arg(1024);

}  // namespace
}  // namespace phx::wire
