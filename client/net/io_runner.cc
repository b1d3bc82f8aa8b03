#include "client/net/io_runner.h"

#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "boost/asio/strand.hpp"

namespace phx::test {
namespace {

using Clock = std::chrono::steady_clock;

// Far beyond what any step takes, sanitizers and a busy machine included.
constexpr std::chrono::seconds kPatience{20};

}  // namespace

IoRunner::IoRunner() : context_(1), executor_(boost::asio::make_strand(context_)) {}

void IoRunner::RunUntil(std::string_view what, const std::function<bool()>& is_true) {
  const Clock::time_point deadline = Clock::now() + kPatience;
  while (!is_true()) {
    context_.restart();
    if (context_.run_one_until(deadline) == 0) {
      throw std::runtime_error("waited in vain for " + std::string(what));
    }
  }
}

void IoRunner::RunReady() {
  context_.restart();
  context_.poll();
}

void IoRunner::RunToEnd() {
  context_.restart();
  context_.run_for(kPatience);
  if (!context_.stopped()) throw std::runtime_error("something is still waiting for its end");
}

}  // namespace phx::test
