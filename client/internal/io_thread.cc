#include "client/internal/io_thread.h"

#include <memory>
#include <optional>
#include <thread>

#include "boost/asio/executor_work_guard.hpp"
#include "boost/asio/io_context.hpp"

namespace phx::internal {

struct IoThread::State {
  boost::asio::io_context context{1};
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work{
      context.get_executor()};
};

IoThread::IoThread()
    : state_(std::make_shared<State>()), thread_([state = state_] { state->context.run(); }) {}

IoThread::~IoThread() {
  state_->work.reset();
  if (thread_.get_id() == std::this_thread::get_id()) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

boost::asio::any_io_executor IoThread::executor() const { return state_->context.get_executor(); }

}  // namespace phx::internal
