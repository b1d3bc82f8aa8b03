// ReadyOptions: the application that was recorded from real Phoenix, whole: the sockets and
// channels of ready_set.h, and the requests of admin_requests.h. A program that was written for a
// real server with that application (tools/phoenix_app.exs) finds the same here:
//
//   mock::Server server(mock::ReadyOptions());
//   // server.url()                                        ws://127.0.0.1:40123/socket
//   // http://127.0.0.1:40123/admin/broadcast?topic=room:1&event=news
#ifndef PHX_MOCKSERVER_READY_OPTIONS_H_
#define PHX_MOCKSERVER_READY_OPTIONS_H_

#include <cstddef>

#include "mockserver/server.h"

namespace phx::mock {

// `max_channels_per_transport` is that of each socket.
ServerOptions ReadyOptions(std::size_t max_channels_per_transport = 100);

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_READY_OPTIONS_H_
