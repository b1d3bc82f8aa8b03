#include "mockserver/channel_builder.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "mockserver/channel.h"

namespace phx::mock {
namespace {

class BuiltChannel final : public Channel {
 public:
  explicit BuiltChannel(std::shared_ptr<const ChannelBuilder::Handlers> handlers)
      : handlers_(std::move(handlers)) {}

  JoinResult Join(ChannelSocket& socket, const Payload& params) override {
    return handlers_->join ? handlers_->join(socket, params) : JoinOk();
  }

  Outcome HandleIn(ChannelSocket& socket, std::string_view event, const Payload& payload) override {
    if (const auto found = handlers_->in.find(event); found != handlers_->in.end()) {
      return found->second(socket, payload);
    }
    return handlers_->any_in ? handlers_->any_in(socket, event, payload)
                             : Channel::HandleIn(socket, event, payload);
  }

  Outcome HandleInfo(ChannelSocket& socket, const Info& info) override {
    const auto found = handlers_->info.find(info.name);
    return found != handlers_->info.end() ? found->second(socket, info)
                                          : Channel::HandleInfo(socket, info);
  }

  std::span<const std::string> intercepts() const override { return handlers_->intercepts; }

  Outcome HandleOut(ChannelSocket& socket, std::string_view event,
                    const Payload& payload) override {
    return handlers_->out.find(event)->second(socket, payload);
  }

  void Terminate(ChannelSocket& socket, StopReason reason) override {
    if (handlers_->terminate) handlers_->terminate(socket, reason);
  }

 private:
  std::shared_ptr<const ChannelBuilder::Handlers> handlers_;
};

}  // namespace

ChannelBuilder& ChannelBuilder::OnJoin(JoinHandler handler) {
  handlers_.join = std::move(handler);
  return *this;
}

ChannelBuilder& ChannelBuilder::OnIn(std::string event, EventHandler handler) {
  handlers_.in.insert_or_assign(std::move(event), std::move(handler));
  return *this;
}

ChannelBuilder& ChannelBuilder::OnAnyIn(AnyEventHandler handler) {
  handlers_.any_in = std::move(handler);
  return *this;
}

ChannelBuilder& ChannelBuilder::OnInfo(std::string name, InfoHandler handler) {
  handlers_.info.insert_or_assign(std::move(name), std::move(handler));
  return *this;
}

ChannelBuilder& ChannelBuilder::OnOut(std::string event, EventHandler handler) {
  if (handlers_.out.insert_or_assign(event, std::move(handler)).second) {
    handlers_.intercepts.push_back(std::move(event));
  }
  return *this;
}

ChannelBuilder& ChannelBuilder::OnTerminate(TerminateHandler handler) {
  handlers_.terminate = std::move(handler);
  return *this;
}

ChannelFactory ChannelBuilder::Build() const {
  return [handlers = std::make_shared<const Handlers>(handlers_)] {
    return std::make_unique<BuiltChannel>(handlers);
  };
}

}  // namespace phx::mock
