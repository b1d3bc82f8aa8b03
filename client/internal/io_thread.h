// IoThread: a thread that runs an io_context, for sockets whose users have no event loop.
#ifndef PHX_CLIENT_INTERNAL_IO_THREAD_H_
#define PHX_CLIENT_INTERNAL_IO_THREAD_H_

#include <memory>
#include <thread>

#include "boost/asio/any_io_executor.hpp"

namespace phx::internal {

class IoThread {
 public:
  IoThread();

  // Lets the work that is outstanding finish, and waits for that; on the thread itself, where
  // nobody can wait, the thread ends by itself soon after.
  ~IoThread();

  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  boost::asio::any_io_executor executor() const;

  // What has to be held by whoever keeps anything of the executor longer than this object.
  std::shared_ptr<const void> keep_alive() const { return state_; }

 private:
  struct State;

  std::shared_ptr<State> state_;  // shared with the thread, which may outlive this object
  std::thread thread_;
};

}  // namespace phx::internal

#endif  // PHX_CLIENT_INTERNAL_IO_THREAD_H_
