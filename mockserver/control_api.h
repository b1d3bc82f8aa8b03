// ControlApi: the mock server's remote control, as a function from HTTP request to answer: what a
// test in another language does in place of calling Server. All bodies are JSON; README.md has one
// example of each.
//
//   GET    /              the URL, the open connections, and what was counted (server_stats.h)
//   PUT    /faults        faults of all connections from now on (faults_json.h), or of "connection"
//   POST   /faults        faults of the next connection
//   DELETE /faults        no faults any more
//   POST   /broadcast     {"topic", "event", "payload"}
//   POST   /disconnect    {"id"}: the sockets with that id
//   POST   /close         {"code", "reason", "connection"}: by a close frame
//   POST   /drop          {"how": "fin" or "rst", "connection"}: without one
//   POST   /send          {"text", "connection"}: any text as a frame
//   POST   /crash         {"topic", "connection"}: the channels of that topic
//   DELETE /sessions      forgets all sessions of long polling
//   POST   /stop          the server goes away as Phoenix does when it is stopped, …
//   POST   /start         … and comes back: a restart
//   POST   /await         {"kind", "topic", "event", "timeout_ms"}: the next that was received
//   GET    /transcript    all that was received
//   DELETE /transcript    forgets it
//
// "connection" may be left out where all are meant. An error answers {"error": "…"} with 400, 404,
// 405, 408 where /await waited in vain, or 503 where the port is taken when /start wants it.
#ifndef PHX_MOCKSERVER_CONTROL_API_H_
#define PHX_MOCKSERVER_CONTROL_API_H_

#include <atomic>

#include "mockserver/http_message.h"
#include "mockserver/server.h"

namespace phx::mock {

// Threads: any. /await waits on the caller's.
class ControlApi {
 public:
  // `server` must outlive this.
  explicit ControlApi(Server& server) : server_(server) {}

  HttpAnswer Handle(const HttpRequest& request);

  // Ends every /await, now and from now on.
  void Stop() { is_stopped_ = true; }

 private:
  Server& server_;
  std::atomic<bool> is_stopped_ = false;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_CONTROL_API_H_
