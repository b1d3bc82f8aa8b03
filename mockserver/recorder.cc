#include "mockserver/recorder.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/wire/events.h"

namespace phx::mock {
namespace {

// How much of what did arrive a message about what did not shows.
constexpr std::size_t kShown = 20;

std::string_view Name(Received::Kind kind) {
  switch (kind) {
    case Received::Kind::kRequest: return "request";
    case Received::Kind::kConnected: return "connected";
    case Received::Kind::kFrame: return "frame";
    case Received::Kind::kMalformed: return "malformed";
    case Received::Kind::kPing: return "ping";
    case Received::Kind::kPong: return "pong";
    case Received::Kind::kClose: return "close";
    case Received::Kind::kDisconnected: return "disconnected";
  }
  return "unknown";
}

// `no frame "phx_join" on "room:1"`; an empty string stands for any.
std::string NoFrame(std::string_view topic, std::string_view event) {
  std::ostringstream text;
  text << "no frame";
  if (!event.empty()) text << " \"" << event << '"';
  if (!topic.empty()) text << " on \"" << topic << '"';
  return text.str();
}

}  // namespace

std::ostream& operator<<(std::ostream& os, const Received& received) {
  os << '#' << received.connection << ' ' << Name(received.kind);
  if (received.kind == Received::Kind::kClose) os << ' ' << received.close_code;
  if (received.kind == Received::Kind::kRequest) {
    // Without its query, which may hold secrets.
    return os << ' ' << received.info.path;
  }
  if (received.binary) return os << ' ' << received.topic << ' ' << received.event << " (binary)";
  if (!received.data.empty()) os << ' ' << received.data;
  return os;
}

Recorder::Recorder(std::size_t limit) : limit_(limit) {}

void Recorder::Record(Received received) {
  if (!enabled()) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (entries_.size() == limit_) entries_.pop_front();
    entries_.push_back({std::move(received)});
  }
  arrived_.notify_all();
}

std::vector<Received> Recorder::All() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<Received> all;
  all.reserve(entries_.size());
  for (const Entry& entry : entries_) all.push_back(entry.received);
  return all;
}

std::size_t Recorder::Count(const Filter& filter) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(),
                    [&](const Entry& entry) { return filter(entry.received); }));
}

Received* Recorder::FindFresh(const Filter& filter) {
  for (Entry& entry : entries_) {
    if (entry.handed_out || !filter(entry.received)) continue;
    entry.handed_out = true;
    return &entry.received;
  }
  return nullptr;
}

// `missing` begins the message about what did not arrive: "no ping".
absl::StatusOr<Received> Recorder::Await(const Filter& filter, std::chrono::milliseconds timeout,
                                         const std::string& missing) {
  if (!enabled()) {
    return absl::FailedPreconditionError(
        "nothing is recorded: set ServerOptions::record_limit above 0");
  }
  std::unique_lock<std::mutex> lock(mutex_);
  const Received* found = nullptr;
  arrived_.wait_for(lock, timeout, [&] { return (found = FindFresh(filter)) != nullptr; });
  if (found == nullptr) return Timeout(missing);
  return *found;
}

absl::Status Recorder::Timeout(const std::string& missing) const {
  std::ostringstream text;
  text << missing << " arrived in time; what did, at the end:";
  const std::size_t skipped = entries_.size() - std::min(entries_.size(), kShown);
  for (std::size_t i = skipped; i != entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    text << "\n  " << entry.received << (entry.handed_out ? " (handed out before)" : "");
  }
  return absl::DeadlineExceededError(text.str());
}

absl::StatusOr<Received> Recorder::AwaitFrame(std::string_view topic, std::string_view event,
                                              std::chrono::milliseconds timeout) {
  return Await(
      [&](const Received& received) {
        return received.kind == Received::Kind::kFrame &&
               (topic.empty() || received.topic == topic) &&
               (event.empty() || received.event == event);
      },
      timeout, NoFrame(topic, event));
}

absl::StatusOr<Received> Recorder::AwaitJoin(std::string_view topic,
                                             std::chrono::milliseconds timeout) {
  return AwaitFrame(topic, events::kJoin, timeout);
}

absl::StatusOr<Received> Recorder::Await(Received::Kind kind, std::chrono::milliseconds timeout) {
  return Await([kind](const Received& received) { return received.kind == kind; }, timeout,
               "no " + std::string(Name(kind)));
}

absl::StatusOr<Received> Recorder::Await(const Filter& filter, std::chrono::milliseconds timeout) {
  return Await(filter, timeout, "nothing that matches");
}

void Recorder::Clear() {
  const std::lock_guard<std::mutex> lock(mutex_);
  entries_.clear();
}

}  // namespace phx::mock
