#include "mockserver/open_acceptor.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/ip/address.hpp"
#include "boost/system/error_code.hpp"

namespace phx::mock {

using boost::asio::ip::tcp;

absl::StatusOr<tcp::endpoint> OpenAcceptor(tcp::acceptor& acceptor, const ListenOptions& options) {
  boost::system::error_code error;
  const auto ip = boost::asio::ip::make_address(options.address, error);
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", options.address, "\" is not an IP address"));
  }
  const tcp::endpoint wanted(ip, options.port);
  acceptor.open(wanted.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(wanted, error);
  if (!error) acceptor.listen(options.backlog, error);
  const tcp::endpoint endpoint = error ? tcp::endpoint() : acceptor.local_endpoint(error);
  if (!error) return endpoint;
  boost::system::error_code ignored;
  acceptor.close(ignored);
  return absl::UnavailableError(absl::StrCat("cannot listen on ", options.address, " port ",
                                             options.port, std::string(options.purpose), ": ",
                                             error.message()));
}

}  // namespace phx::mock
