#include "mockserver/session_script.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "client/wire/frame.h"
#include "mockserver/outbox.h"

namespace phx::mock {

class SessionScript::Port final : public SessionPort {
 public:
  void Post(Task task) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  std::vector<Task> Take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return std::exchange(tasks_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<Task> tasks_;
};

namespace {

SessionOptions With(const UserSocket& socket, SessionOptions options) {
  options.socket = &socket;
  if (options.connection == 0) options.connection = 1;
  return options;
}

}  // namespace

void SessionWorld::Advance(Duration time) {
  const TimePoint end = now_ + time;
  for (;;) {
    std::optional<TimePoint> next;
    for (SessionScript* script : scripts_) {
      const std::optional<TimePoint> deadline = script->core().NextDeadline();
      if (deadline.has_value() && *deadline <= end) next = std::min(next.value_or(end), *deadline);
    }
    if (!next.has_value()) break;
    now_ = std::max(now_, *next);
    for (SessionScript* script : scripts_) {
      script->core().OnDeadline(now_);
      FinishTurn();
    }
  }
  now_ = end;
}

SessionScript::SessionScript(SessionWorld& world, const UserSocket& socket, SessionOptions options)
    : world_(world),
      port_(std::make_shared<Port>()),
      core_(With(socket, std::move(options)), world.shard(), *this) {
  world_.scripts_.push_back(this);
}

SessionScript::~SessionScript() { std::erase(world_.scripts_, this); }

std::weak_ptr<SessionPort> SessionScript::port() { return port_; }

Frames SessionScript::Send(const Frames& frames) {
  for (const std::string& frame : frames) {
    core_.OnFrame(world_.now(), {wire::FrameType::kText, frame});
  }
  world_.FinishTurn();
  return Take();
}

Frames SessionScript::SendBinary(const std::string& frame) {
  core_.OnFrame(world_.now(), {wire::FrameType::kBinary, frame});
  world_.FinishTurn();
  return Take();
}

Frames SessionScript::Join(const std::string& topic) {
  return Send({R"(["1","1",")" + topic + R"(","phx_join",{}])"});
}

Frames SessionScript::Take() {
  Frames frames;
  core_.DrainOutbox([&](const Outbox::Entry& entry, std::string_view data) {
    if (entry.kind == Outbox::Entry::Kind::kClose) {
      frames.push_back("close " + std::to_string(entry.close_code));
      return;
    }
    if (entry.kind == Outbox::Entry::Kind::kReset) {
      frames.emplace_back("reset");
      return;
    }
    const wire::FrameView frame =
        entry.shared != nullptr ? entry.shared->frame() : wire::FrameView{entry.type, data};
    frames.push_back(frame.type == wire::FrameType::kText
                         ? std::string(frame.data)
                         : "0x" + absl::BytesToHexString(std::string(frame.data)));
  });
  return frames;
}

void SessionScript::RunRequests() {
  for (const SessionPort::Task& task : port_->Take()) {
    task(core_, world_.now());
    world_.FinishTurn();
  }
}

}  // namespace phx::mock
