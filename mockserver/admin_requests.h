// AdminRequests: what the recorded application answers to whoever looks after it, so that a driver
// that was written for it finds the same with the mock server (ready_options.h). All by GET:
//
//   /admin/broadcast?topic=T&event=E   {"from": "admin"} to all members of T
//   /admin/disconnect?id=ID            closes the sockets with that id
//   /admin/stop_endpoint               100 ms later the endpoint stops: nobody is connected and
//                                      nobody can connect any more, but the program goes on
//   /admin/versions                    {"phoenix": "1.8.12", "bandit": …}: of what it talks like
//   /admin/mem                         {"total", "processes", "binary", "ets", "nprocs", "rss"}
//   /admin/gc                          gives memory that is not used back to the system
//
// They answer 200 and "ok", or JSON as text without a content type. A parameter that is missing, or
// no string, is answered with 500: there the application crashes.
//
// The figures of /admin/mem are this process's own: `total` and `processes` are the bytes that it
// has in memory, `rss` the line that the system has about it, `nprocs` counts the connected sockets
// and their channels, each of which is a process in Phoenix; and what is no part of it, `binary`
// and `ets`, is 0.
#ifndef PHX_MOCKSERVER_ADMIN_REQUESTS_H_
#define PHX_MOCKSERVER_ADMIN_REQUESTS_H_

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "mockserver/channel.h"
#include "mockserver/flavor.h"
#include "mockserver/http_message.h"
#include "mockserver/user_socket.h"

namespace phx::mock {

// The server, as these requests see it.
class AdminTarget {
 public:
  virtual ~AdminTarget() = default;

  virtual void Broadcast(std::string_view topic, std::string_view event, const Json& payload) = 0;
  virtual void StopEndpoint(std::chrono::milliseconds delay) = 0;
  // Sockets and channels.
  virtual std::size_t process_count() = 0;
};

// nullopt: it is none of these requests. May throw, which the endpoint answers with 500.
std::optional<HttpAnswer> AnswerAdminRequest(AdminTarget& target, const Flavor& flavor,
                                             const HttpRequest& request, const ConnectInfo& info);

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_ADMIN_REQUESTS_H_
