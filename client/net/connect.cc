#include "client/net/connect.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/as_tuple.hpp"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/ip/address.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/this_coro.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "client/net/addresses.h"
#include "client/net/to_status.h"

namespace phx::net {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

using LocalAddress = std::optional<boost::asio::ip::address>;

absl::StatusOr<LocalAddress> ParseLocalAddress(const std::string& text) {
  if (text.empty()) return LocalAddress();
  error_code error;
  LocalAddress address = boost::asio::ip::make_address(text, error);
  if (!error) return address;
  return absl::InvalidArgumentError(
      absl::StrCat("local address \"", text, "\" is not an IP address"));
}

Addresses OfFamily(const Addresses& addresses, const LocalAddress& local) {
  if (!local) return addresses;
  Addresses usable;
  for (const tcp::endpoint& address : addresses) {
    if (address.address().is_v4() == local->is_v4()) usable.push_back(address);
  }
  return usable;
}

error_code Bind(tcp::socket& socket, const boost::asio::ip::address& local) {
  // A system that does not know the option binds as well, with fewer ports.
  const int late = 1;
  setsockopt(socket.native_handle(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &late, sizeof(late));
  error_code error;
  socket.bind(tcp::endpoint(local, 0), error);
  return error;
}

// Attempts that run side by side. The coroutine Connect() waits on `changed_`, which each outcome
// cancels. Shared with the completions, which may come when the coroutine is gone.
class Race : public std::enable_shared_from_this<Race> {
 public:
  Race(boost::asio::any_io_executor executor, Addresses addresses, LocalAddress local,
       ConnectOptions options)
      : executor_(std::move(executor)),
        addresses_(std::move(addresses)),
        local_(std::move(local)),
        options_(std::move(options)),
        changed_(executor_) {}

  bool has_next() const { return sockets_.size() < addresses_.size(); }
  bool is_running() const { return running_ > 0; }
  bool is_won() const { return winner_.has_value(); }

  tcp::socket TakeWinner() { return std::move(*sockets_[*winner_]); }

  // Starts the next attempts, until one of them is under way.
  void StartNext() {
    bool is_under_way = false;
    while (has_next() && !is_under_way) is_under_way = Start();
  }

  // The timer whose wait ends when an attempt has ended, or when it is time for another one.
  boost::asio::steady_timer& Change() {
    if (has_next()) {
      changed_.expires_after(options_.attempt_delay);
    } else {
      changed_.expires_at(std::chrono::steady_clock::time_point::max());
    }
    return changed_;
  }

  absl::Status Failure() const {
    if (failures_.size() == 1) return absl::UnavailableError("connect " + failures_.front());
    return absl::UnavailableError(
        absl::StrCat("connect: none of ", failures_.size(),
                     " addresses answers: ", absl::StrJoin(failures_, "; ")));
  }

  // Ends the attempts that are still running.
  void Stop() {
    for (auto& socket : sockets_) {
      error_code ignored;  // nothing is lost with it
      if (socket) socket->close(ignored);
    }
  }

 private:
  // False if the attempt has failed before it began.
  bool Start() {
    const std::size_t index = sockets_.size();
    const tcp::endpoint& address = addresses_[index];
    if (options_.on_attempt) options_.on_attempt(address);
    auto& socket = sockets_.emplace_back(std::make_unique<tcp::socket>(executor_));
    if (error_code error = Prepare(*socket, address)) {
      Fail(index, error);
      return false;
    }
    ++running_;
    socket->async_connect(address, [self = shared_from_this(), index](error_code error) {
      self->Finish(index, error);
    });
    return true;
  }

  error_code Prepare(tcp::socket& socket, const tcp::endpoint& address) const {
    error_code error;
    socket.open(address.protocol(), error);
    if (error) return error;
    fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);  // not for programs that we start
    if (options_.no_delay) socket.set_option(tcp::no_delay(true), error);
    if (!error && local_) error = Bind(socket, *local_);
    return error;
  }

  void Finish(std::size_t index, error_code error) {
    --running_;
    if (error) {
      Fail(index, error);
    } else if (!winner_) {
      winner_ = index;
    }
    changed_.cancel();
  }

  void Fail(std::size_t index, error_code error) {
    const absl::Status status = ToStatus(error, ToText(addresses_[index]));
    failures_.emplace_back(status.message().data(), status.message().size());
    error_code ignored;  // the socket is of no more use
    sockets_[index]->close(ignored);
  }

  const boost::asio::any_io_executor executor_;
  const Addresses addresses_;
  const LocalAddress local_;
  const ConnectOptions options_;
  boost::asio::steady_timer changed_;
  std::vector<std::unique_ptr<tcp::socket>> sockets_;  // one for each attempt that was started
  std::vector<std::string> failures_;
  std::size_t running_ = 0;
  std::optional<std::size_t> winner_;
};

}  // namespace

boost::asio::awaitable<absl::StatusOr<tcp::socket>> Connect(Addresses addresses,
                                                            ConnectOptions options) {
  auto local = ParseLocalAddress(options.local_address);
  if (!local.ok()) co_return local.status();
  Addresses usable = OfFamily(addresses, *local);
  if (usable.empty()) {
    co_return absl::InvalidArgumentError(absl::StrCat("local address ", options.local_address,
                                                      ": the host has no address of that family"));
  }
  auto race = std::make_shared<Race>(co_await boost::asio::this_coro::executor, std::move(usable),
                                     *std::move(local), std::move(options));
  // However the coroutine ends: its attempts hold the race, and would outlive it.
  const absl::Cleanup stop = [race] { race->Stop(); };
  race->StartNext();
  while (!race->is_won() && (race->is_running() || race->has_next())) {
    co_await race->Change().async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    const auto state = co_await boost::asio::this_coro::cancellation_state;
    if (state.cancelled() != boost::asio::cancellation_type::none) {
      co_return absl::CancelledError("connect: cancelled");
    }
    if (!race->is_won()) race->StartNext();
  }
  if (!race->is_won()) co_return race->Failure();
  co_return race->TakeWinner();
}

}  // namespace phx::net
