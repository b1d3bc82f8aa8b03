// TestClient: the socket's place in tests of a transport. It keeps all that it hears, and checks
// the contract of transport.h while it does: nothing from inside a call, nothing after the end.
#ifndef PHX_CLIENT_TRANSPORT_TEST_CLIENT_H_
#define PHX_CLIENT_TRANSPORT_TEST_CLIENT_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/net/io_runner.h"
#include "client/transport/transport.h"
#include "client/transport/websocket_options.h"
#include "client/wire/close_info.h"
#include "client/wire/connection_info.h"
#include "client/wire/frame.h"

namespace phx::test {

class TestClient : private TransportHandler {
 public:
  struct Hooks {
    std::function<void(ConnectStage)> on_stage = {};
    std::function<void()> on_open = {};
    std::function<void(const wire::Frame&)> on_frame = {};
    std::function<void()> on_closed = {};
  };

  explicit TestClient(IoRunner& io, WebSocketOptions options = {});
  TestClient(IoRunner& io, const TransportFactory& factory);
  ~TestClient() override;

  // The transport's functions.
  void Open(std::string url) { Open(TransportRequest{.url = std::move(url)}); }
  void Open(TransportRequest request);
  void Send(std::string_view text, wire::FrameType type = wire::FrameType::kText);
  void Flush();
  void SendNow(std::string_view text);  // both
  void Close(const wire::CloseInfo& info = {});
  void Abandon();
  std::size_t buffered_amount() const { return transport_->buffered_amount(); }
  bool skip_heartbeat() const { return transport_->skip_heartbeat(); }

  // What else to do at the end of each callback; may call any of the functions above.
  Hooks& hooks() { return hooks_; }

  // Waits, bounded.
  void RunUntilStage(ConnectStage stage);
  void RunUntilOpen();
  const TransportClosed& RunUntilClosed();
  const std::vector<wire::Frame>& RunUntilFrames(std::size_t count);

  // What was heard so far.
  bool is_open() const { return info_.has_value(); }
  bool is_closed() const { return closed_.has_value(); }
  const OpenInfo& info() const { return *info_; }
  const std::vector<std::pair<ConnectStage, std::string>>& stages() const { return stages_; }
  const std::vector<wire::Frame>& frames() const { return frames_; }
  // How many frames were between the calls that begin and end a batch; those of the last one.
  std::size_t last_batch() const { return last_batch_; }
  bool is_in_batch() const { return batch_begin_.has_value(); }

  // Whether the transport is gone: its owner has let go, and no operation of its own holds it.
  bool IsTransportGone();

 private:
  void OnTransportStage(ConnectStage stage, std::string_view detail) override;
  void OnTransportOpen(OpenInfo info) override;
  void OnTransportFrame(wire::FrameView frame) override;
  void OnTransportBatchBegin() override;
  void OnTransportBatchEnd() override;
  void OnTransportClosed(TransportClosed closed) override;

  void CheckMayBeCalled() const;
  template <typename F>
  void Call(F f);

  IoRunner& io_;
  std::shared_ptr<Transport> transport_;
  Hooks hooks_;
  bool is_calling_ = false;
  bool is_abandoned_ = false;
  std::vector<std::pair<ConnectStage, std::string>> stages_;
  std::optional<OpenInfo> info_;
  std::vector<wire::Frame> frames_;
  std::optional<std::size_t> batch_begin_;
  std::size_t last_batch_ = 0;
  std::optional<TransportClosed> closed_;
};

}  // namespace phx::test

#endif  // PHX_CLIENT_TRANSPORT_TEST_CLIENT_H_
