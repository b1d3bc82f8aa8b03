// What the server's rules cost beside the framing that every WebSocket server has to do: pipelined
// echoes through the cores, against the same bytes through the frame codec alone. No network.
//
//   bazel run -c opt //mockserver:websocket_core_benchmark
#include "mockserver/websocket_core.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "benchmark/benchmark.h"
#include "client/wire/masking.h"
#include "client/wire/websocket_frame.h"
#include "client/wire/websocket_frame_decoder.h"
#include "mockserver/ready_set.h"
#include "mockserver/session_port.h"
#include "mockserver/shard.h"
#include "mockserver/user_socket.h"

namespace phx::mock {
namespace {

constexpr wire::MaskingKey kKey = {0x12, 0x34, 0x56, 0x78};
constexpr int kPipelined = 256;
constexpr std::size_t kPayload = 64;

// `count` masked pushes of "echo" with a payload of `size` bytes.
std::string Pushes(int count, std::size_t size) {
  const std::string payload = R"({"body":")" + std::string(size - 11, 'x') + R"("})";
  std::string bytes;
  for (int i = 0; i != count; ++i) {
    const std::string push =
        R"(["1",")" + std::to_string(1000 + i) + R"(","room:lobby","echo",)" + payload + "]";
    wire::AppendMessage(bytes, {wire::FrameType::kText, push}, kKey);
  }
  return bytes;
}

class Host final : public SessionHost {
 public:
  void OnChange() override {}
  std::weak_ptr<SessionPort> port() override { return {}; }
};

void PipelinedEcho(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const UserSocket socket = ReadySet().front();
  Shard shard;
  Host host;
  SessionOptions options;
  options.socket = &socket;
  options.assigns = {{"sid", nullptr}};
  const TimePoint now{};
  WebSocketCore core(std::move(options), now, std::chrono::seconds(1), shard, host);
  std::string join;
  wire::AppendMessage(join, {wire::FrameType::kText, R"(["1","1","room:lobby","phx_join",{}])"},
                      kKey);
  std::string out;
  core.OnBytes(now, join.data(), join.size());
  shard.FinishTurn(now);
  core.Flush(now, out);
  const std::string input = Pushes(kPipelined, size);
  std::string buffer;
  for (auto _ : state) {
    buffer = input;  // decoding changes it
    out.clear();
    core.OnBytes(now, buffer.data(), buffer.size());
    shard.FinishTurn(now);
    core.Flush(now, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * kPipelined);
}
BENCHMARK(PipelinedEcho)->Arg(kPayload)->Arg(1024);

void BareFrameEcho(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  wire::WebSocketFrameDecoder decoder({.role = wire::WebSocketRole::kServer});
  const std::string input = Pushes(kPipelined, size);
  std::string buffer;
  std::string out;
  for (auto _ : state) {
    buffer = input;
    out.clear();
    decoder.Feed(buffer.data(), buffer.size());
    for (;;) {
      const wire::WebSocketEvent event = decoder.Next();
      if (event.kind == wire::WebSocketEvent::Kind::kNeedInput) break;
      wire::AppendMessage(out, event.message(), std::nullopt);
    }
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * kPipelined);
}
BENCHMARK(BareFrameEcho)->Arg(kPayload)->Arg(1024);

}  // namespace
}  // namespace phx::mock
