// SocketOwner: what the handles of one Socket share. The last of them to go ends the socket.
#ifndef PHX_CLIENT_INTERNAL_SOCKET_OWNER_H_
#define PHX_CLIENT_INTERNAL_SOCKET_OWNER_H_

#include <memory>
#include <string_view>

#include "boost/asio/any_io_executor.hpp"
#include "client/internal/io_thread.h"
#include "client/internal/socket_impl.h"
#include "client/options.h"

namespace phx::internal {

class SocketOwner {
 public:
  // On a strand of `executor`.
  SocketOwner(const boost::asio::any_io_executor& executor, std::string_view url,
              const std::shared_ptr<const SocketOptions>& options)
      : impl_(std::make_shared<SocketImpl>(executor, url, options)) {}

  // On a thread of its own.
  SocketOwner(std::string_view url, const std::shared_ptr<const SocketOptions>& options)
      : thread_(std::make_unique<IoThread>()),
        impl_(std::make_shared<SocketImpl>(thread_->executor(), url, options,
                                           thread_->keep_alive())) {}

  ~SocketOwner() { impl_->Shutdown(); }

  SocketOwner(const SocketOwner&) = delete;
  SocketOwner& operator=(const SocketOwner&) = delete;

  const std::shared_ptr<SocketImpl>& impl() const { return impl_; }

 private:
  std::unique_ptr<IoThread> thread_;  // outlives impl_'s work on it
  std::shared_ptr<SocketImpl> impl_;
};

}  // namespace phx::internal

#endif  // PHX_CLIENT_INTERNAL_SOCKET_OWNER_H_
