#include "client/internal/transport_attempts.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/wire/retry_after.h"

namespace phx::internal {

class TransportAttempts::Attempt final : public TransportHandler {
 public:
  Attempt(core::Generation generation, TransportListener& listener)
      : generation_(generation), listener_(listener) {}

  absl::Status Make(const TransportFactory& factory, const boost::asio::any_io_executor& executor) {
    try {
      transport_ = factory(executor, *this);
    } catch (const std::exception& error) {
      return absl::InvalidArgumentError(absl::StrCat("transport factory threw: ", error.what()));
    } catch (...) {
      return absl::InvalidArgumentError("transport factory threw");
    }
    if (transport_ != nullptr) return absl::OkStatus();
    return absl::InvalidArgumentError("transport factory returned nothing");
  }

  void OnTransportStage(ConnectStage stage, std::string_view detail) override {
    listener_.OnStage(generation_, stage, detail);
  }
  void OnTransportOpen(OpenInfo info) override {
    listener_.OnOpen(generation_, std::move(info), transport_->skip_heartbeat());
  }
  void OnTransportFrame(wire::FrameView frame) override { listener_.OnFrame(generation_, frame); }
  void OnTransportBatchBegin() override { listener_.OnBatchBegin(); }
  void OnTransportBatchEnd() override { listener_.OnBatchEnd(); }
  void OnTransportClosed(TransportClosed closed) override {
    if (!closed.retry_after.has_value()) {
      const auto now = std::chrono::system_clock::now();
      closed.retry_after =
          wire::RetryAfter(closed.response, std::chrono::floor<std::chrono::seconds>(now));
    }
    listener_.OnClosed(generation_, std::move(closed));
  }

  core::Generation generation() const { return generation_; }
  Transport& transport() { return *transport_; }

 private:
  const core::Generation generation_;
  TransportListener& listener_;
  std::shared_ptr<Transport> transport_;
};

TransportAttempts::TransportAttempts(std::shared_ptr<const TransportFactories> factories,
                                     TransportListener& listener)
    : factories_(std::move(factories)), listener_(listener) {}

TransportAttempts::~TransportAttempts() = default;

absl::Status TransportAttempts::Open(const core::OpenTransport& attempt,
                                     const boost::asio::any_io_executor& executor,
                                     TransportRequest request) {
  auto made = std::make_unique<Attempt>(attempt.generation, listener_);
  const bool is_fallback = attempt.transport == core::TransportKind::kFallback;
  const auto factories = factories_;  // which the factory may have replaced
  const TransportFactory& factory = is_fallback ? factories->fallback : factories->primary;
  if (absl::Status status = made->Make(factory, executor); !status.ok()) return status;
  attempts_.push_back(std::move(made));
  attempts_.back()->transport().Open(std::move(request));
  return absl::OkStatus();
}

void TransportAttempts::Send(core::Generation generation, wire::FrameView frame) {
  if (Attempt* attempt = Find(generation)) attempt->transport().Send(frame);
}

void TransportAttempts::Close(core::Generation generation, const wire::CloseInfo& info) {
  if (Attempt* attempt = Find(generation)) attempt->transport().Close(info);
}

void TransportAttempts::Abandon(core::Generation generation) {
  if (Attempt* attempt = Find(generation)) attempt->transport().Abandon();
  Retire(generation);
}

void TransportAttempts::AbandonAll() {
  while (!attempts_.empty()) Abandon(attempts_.back()->generation());
}

std::size_t TransportAttempts::Flush() {
  for (const auto& attempt : attempts_) attempt->transport().Flush();
  return attempts_.empty() ? 0 : attempts_.back()->transport().buffered_amount();
}

void TransportAttempts::Retire(core::Generation generation) {
  const auto found = std::find_if(attempts_.begin(), attempts_.end(), [&](const auto& attempt) {
    return attempt->generation() == generation;
  });
  if (found == attempts_.end()) return;
  retired_.push_back(std::move(*found));
  attempts_.erase(found);
}

void TransportAttempts::Bury() { retired_.clear(); }

TransportAttempts::Attempt* TransportAttempts::Find(core::Generation generation) const {
  for (const auto& attempt : attempts_) {
    if (attempt->generation() == generation) return attempt.get();
  }
  return nullptr;
}

}  // namespace phx::internal
