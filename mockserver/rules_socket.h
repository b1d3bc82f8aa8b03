// RulesSocket(): serves rules.
//
//   mock::ServerOptions options;
//   options.sockets = {mock::RulesSocket(*mock::RulesFromJson(text))};
#ifndef PHX_MOCKSERVER_RULES_SOCKET_H_
#define PHX_MOCKSERVER_RULES_SOCKET_H_

#include "mockserver/rules.h"
#include "mockserver/user_socket.h"

namespace phx::mock {

UserSocket RulesSocket(Rules rules);

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_RULES_SOCKET_H_
