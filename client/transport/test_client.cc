#include "client/transport/test_client.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/net/io_runner.h"
#include "client/transport/transport.h"
#include "client/transport/websocket_options.h"
#include "client/transport/websocket_transport.h"
#include "client/wire/close_info.h"
#include "client/wire/connection_info.h"
#include "client/wire/frame.h"
#include "gtest/gtest.h"

namespace phx::test {

TestClient::TestClient(IoRunner& io, WebSocketOptions options)
    : TestClient(io, MakeWebSocketTransport(std::move(options))) {}

TestClient::TestClient(IoRunner& io, const TransportFactory& factory)
    : io_(io), transport_(factory(io.executor(), *this)) {}

TestClient::~TestClient() {
  if (transport_) transport_->Abandon();
}

// Calls of the transport, during which it must not call back. They nest when a callback makes one.
template <typename F>
void TestClient::Call(F f) {
  const bool was_calling = std::exchange(is_calling_, true);
  f();
  is_calling_ = was_calling;
}

void TestClient::Open(TransportRequest request) {
  Call([&] { transport_->Open(std::move(request)); });
}

void TestClient::Send(std::string_view text, wire::FrameType type) {
  Call([&] { transport_->Send({type, text}); });
}

void TestClient::Flush() {
  Call([&] { transport_->Flush(); });
}

void TestClient::SendNow(std::string_view text) {
  Send(text);
  Flush();
}

void TestClient::Close(const wire::CloseInfo& info) {
  Call([&] { transport_->Close(info); });
}

void TestClient::Abandon() {
  Call([&] { transport_->Abandon(); });
  is_abandoned_ = true;
}

void TestClient::RunUntilStage(ConnectStage stage) {
  io_.RunUntil("the stage of " + std::string(ToString(stage)), [&] {
    return std::any_of(stages_.begin(), stages_.end(),
                       [stage](const auto& entered) { return entered.first == stage; });
  });
}

void TestClient::RunUntilOpen() {
  io_.RunUntil("the connection to open", [this] { return is_open() || is_closed(); });
  EXPECT_FALSE(is_closed()) << closed_->status;
}

const TransportClosed& TestClient::RunUntilClosed() {
  io_.RunUntil("the end of the connection", [this] { return is_closed(); });
  return *closed_;
}

const std::vector<wire::Frame>& TestClient::RunUntilFrames(std::size_t count) {
  io_.RunUntil("frames", [&] { return frames_.size() >= count || is_closed(); });
  EXPECT_EQ(frames_.size(), count);
  return frames_;
}

bool TestClient::IsTransportGone() {
  const std::weak_ptr<Transport> transport = std::exchange(transport_, nullptr);
  return transport.expired();
}

void TestClient::CheckMayBeCalled() const {
  EXPECT_FALSE(is_calling_) << "called from inside a call of the transport";
  EXPECT_FALSE(is_abandoned_) << "called after Abandon()";
  EXPECT_FALSE(closed_.has_value()) << "called after the end";
}

void TestClient::OnTransportStage(ConnectStage stage, std::string_view detail) {
  CheckMayBeCalled();
  EXPECT_FALSE(info_.has_value()) << "a stage after the opening";
  stages_.emplace_back(stage, detail);
  if (hooks_.on_stage) hooks_.on_stage(stage);
}

void TestClient::OnTransportOpen(OpenInfo info) {
  CheckMayBeCalled();
  EXPECT_FALSE(info_.has_value()) << "opened twice";
  info_ = std::move(info);
  if (hooks_.on_open) hooks_.on_open();
}

void TestClient::OnTransportFrame(wire::FrameView frame) {
  CheckMayBeCalled();
  EXPECT_TRUE(info_.has_value()) << "a frame before the opening";
  frames_.push_back({frame.type, std::string(frame.data)});
  if (hooks_.on_frame) hooks_.on_frame(frames_.back());
}

void TestClient::OnTransportBatchBegin() {
  CheckMayBeCalled();
  EXPECT_FALSE(is_in_batch());
  batch_begin_ = frames_.size();
}

void TestClient::OnTransportBatchEnd() {
  CheckMayBeCalled();
  EXPECT_TRUE(is_in_batch());
  last_batch_ = frames_.size() - batch_begin_.value_or(0);
  batch_begin_.reset();
}

void TestClient::OnTransportClosed(TransportClosed closed) {
  CheckMayBeCalled();
  closed_ = std::move(closed);
  if (hooks_.on_closed) hooks_.on_closed();
}

}  // namespace phx::test
