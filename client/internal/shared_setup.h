// SharedSetup: what a socket makes of its options. Sockets that are given the same options object
// share it: thousands of connections have one TLS context, one set of policies, one logger.
#ifndef PHX_CLIENT_INTERNAL_SHARED_SETUP_H_
#define PHX_CLIENT_INTERNAL_SHARED_SETUP_H_

#include <memory>

#include "client/core/options.h"
#include "client/internal/transport_attempts.h"
#include "client/logger.h"
#include "client/options.h"

namespace phx::internal {

struct SharedSetup {
  explicit SharedSetup(std::shared_ptr<const SocketOptions> given);

  // The setup of `options`, which a socket may have already. Any thread.
  static std::shared_ptr<const SharedSetup> For(
      const std::shared_ptr<const SocketOptions>& options);

  const std::shared_ptr<const SocketOptions> options;
  const TransportFactories transports;
  const std::shared_ptr<Logger> logger;
  const core::CoreOptions core;
};

}  // namespace phx::internal

#endif  // PHX_CLIENT_INTERNAL_SHARED_SETUP_H_
