#include "client/net/resolve.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/as_tuple.hpp"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/ip/address.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/this_coro.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "client/net/addresses.h"
#include "client/net/to_status.h"

namespace phx::net {

boost::asio::awaitable<absl::StatusOr<Addresses>> Resolve(std::string host, std::uint16_t port) {
  using boost::asio::ip::tcp;
  boost::system::error_code error;
  const boost::asio::ip::address numeric = boost::asio::ip::make_address(host, error);
  if (!error) co_return Addresses{tcp::endpoint(numeric, port)};

  tcp::resolver resolver(co_await boost::asio::this_coro::executor);
  tcp::resolver::results_type results;
  const std::string service = absl::StrCat(port);
  std::tie(error, results) =
      co_await resolver.async_resolve(host, service, tcp::resolver::numeric_service,
                                      boost::asio::as_tuple(boost::asio::use_awaitable));
  if (error) co_return ToStatus(error, absl::StrCat("resolve ", host));
  Addresses addresses;
  for (const auto& result : results) addresses.push_back(result.endpoint());
  if (addresses.empty()) {
    co_return absl::UnavailableError(absl::StrCat("resolve ", host, ": the name has no address"));
  }
  co_return InterleaveFamilies(addresses);
}

}  // namespace phx::net
