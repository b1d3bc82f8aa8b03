// IoRunner: an io_context for tests that are written as scripts, one step after the other on one
// thread.
//
//   IoRunner io;
//   …start something on io.executor()…
//   io.RunUntil("the answer", [&] { return answer.has_value(); });
//
// Every wait is bounded: a step that does not come true makes the test fail at once, with the name
// of what it waited for. There is no sleep: the loop runs exactly as long as it takes.
#ifndef PHX_CLIENT_NET_IO_RUNNER_H_
#define PHX_CLIENT_NET_IO_RUNNER_H_

#include <functional>
#include <string_view>

#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/io_context.hpp"

namespace phx::test {

class IoRunner {
 public:
  IoRunner();

  // A strand, as the socket's is.
  const boost::asio::any_io_executor& executor() const { return executor_; }
  boost::asio::io_context& context() { return context_; }

  // Runs until `is_true`. Throws, which fails the test, if nothing is left to run or 20 seconds
  // have passed before that.
  void RunUntil(std::string_view what, const std::function<bool()>& is_true);

  // Runs everything that can run now.
  void RunReady();

  // Runs until nothing is left: no wait, no timer, no connection that somebody still holds on to.
  // Throws if that takes more than 20 seconds.
  void RunToEnd();

 private:
  boost::asio::io_context context_;
  boost::asio::any_io_executor executor_;
};

}  // namespace phx::test

#endif  // PHX_CLIENT_NET_IO_RUNNER_H_
