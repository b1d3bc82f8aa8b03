#include "loadgen/server_restart.h"

#include <utility>

#include "boost/system/error_code.hpp"

namespace phx::loadgen {

ServerRestart::ServerRestart(boost::asio::io_context& io, EmbeddedServer& server,
                             std::function<void(const absl::Status&)> done)
    : server_(server), done_(std::move(done)), timer_(io) {}

ServerRestart::~ServerRestart() {
  if (thread_.joinable()) thread_.join();
}

void ServerRestart::Schedule(TimePoint time) {
  timer_.expires_at(time);
  timer_.async_wait([this](boost::system::error_code error) {
    // The run is to be watched meanwhile.
    if (!error) thread_ = std::thread([this] { done_(server_.Restart()); });
  });
}

}  // namespace phx::loadgen
