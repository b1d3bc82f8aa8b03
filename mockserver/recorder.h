// Recorder: what the mock server's clients did, in order.
//
//   mock::Server server(options);
//   … the client connects and joins …
//   absl::StatusOr<mock::Received> join = server.recorder().AwaitJoin("room:1", 5s);
//   EXPECT_EQ(join->payload.json(), mock::Json({{"user", "u"}}));
//
// Await…() hands out each thing that was received at most once: the second AwaitJoin of a topic
// waits for the second join. Filters that match something else leave it for others.
//
// Threads: any.
#ifndef PHX_MOCKSERVER_RECORDER_H_
#define PHX_MOCKSERVER_RECORDER_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "mockserver/channel.h"
#include "mockserver/client_message.h"
#include "mockserver/user_socket.h"

namespace phx::mock {

// One thing that came from a client.
struct Received {
  enum class Kind : std::uint8_t {
    kRequest,       // an HTTP request; `info` has its path, params and headers, `data` its target
    kConnected,     // it was accepted: the connection is open; `data` is the transport
    kFrame,         // a text or binary frame that is a message
    kMalformed,     // one that is not; `data` holds its bytes
    kPing,          // `data` holds its payload
    kPong,          // the same
    kClose,         // a close frame: `close_code` (1005 if it was empty), `data` is the reason
    kDisconnected,  // the connection is gone
  };
  Kind kind = Kind::kFrame;
  ConnectionId connection = 0;

  // kFrame: the message; refs as the client wrote them.
  JsonTerm join_ref = {};
  JsonTerm ref = {};
  std::string topic = {};
  std::string event = {};
  Payload payload = {};

  std::string data = {};  // the frame as it came, or what `kind` says
  bool binary = false;    // it was a binary frame
  std::uint16_t close_code = 0;
  ConnectInfo info = {};  // kRequest
};
std::ostream& operator<<(std::ostream& os, const Received& received);

class Recorder {
 public:
  using Filter = std::function<bool(const Received&)>;

  // Keeps the last `limit` things; 0 records nothing.
  explicit Recorder(std::size_t limit);

  bool enabled() const { return limit_ != 0; }

  // Everything that is kept, oldest first.
  std::vector<Received> All() const;
  std::size_t Count(const Filter& filter) const;

  // Recorder::Await()
  //
  // The oldest thing, not handed out before, for which `filter` is true; waits for it up to
  // `timeout`. kDeadlineExceeded, saying what was waited for and listing what did arrive;
  // kFailedPrecondition if nothing is recorded. `filter` is called under the recorder's lock and
  // must not call the recorder.
  absl::StatusOr<Received> Await(const Filter& filter, std::chrono::milliseconds timeout);

  // A message with this topic and event; an empty string matches every topic, or event.
  absl::StatusOr<Received> AwaitFrame(std::string_view topic, std::string_view event,
                                      std::chrono::milliseconds timeout);
  // A join of `topic`.
  absl::StatusOr<Received> AwaitJoin(std::string_view topic, std::chrono::milliseconds timeout);
  // Anything of this kind.
  absl::StatusOr<Received> Await(Received::Kind kind, std::chrono::milliseconds timeout);

  // Forgets everything so far.
  void Clear();

  void Record(Received received);

 private:
  struct Entry {
    Received received;
    bool handed_out = false;
  };
  absl::StatusOr<Received> Await(const Filter& filter, std::chrono::milliseconds timeout,
                                 const std::string& missing);
  Received* FindFresh(const Filter& filter);
  absl::Status Timeout(const std::string& missing) const;

  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Entry> entries_;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_RECORDER_H_
