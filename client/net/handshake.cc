#include "client/net/handshake.h"

#include "absl/status/status.h"
#include "boost/asio/as_tuple.hpp"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "client/net/io_result.h"
#include "client/net/stream.h"
#include "client/net/to_status.h"

namespace phx::net {

boost::asio::awaitable<absl::Status> Handshake(Stream& stream) {
  constexpr auto kToken = boost::asio::as_tuple(boost::asio::use_awaitable);
  for (;;) {
    const IoResult result = stream.TryHandshake();
    if (!result.would_block()) co_return result.status;
    boost::system::error_code error;
    if (result.outcome == IoOutcome::kWantRead) {
      std::tie(error) = co_await stream.AsyncWaitReadable(kToken);
    } else {
      std::tie(error) = co_await stream.AsyncWaitWritable(kToken);
    }
    if (error) co_return ToStatus(error, "TLS handshake");
  }
}

}  // namespace phx::net
