#include "client/net/to_status.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/error.hpp"
#include "boost/system/error_code.hpp"

namespace phx::net {
namespace {

// What to do about errors of this process's own making.
std::string_view HintFor(const boost::system::error_code& error) {
  if (error == boost::asio::error::no_descriptors) return " (raise the limit: ulimit -n)";
  if (error == boost::system::errc::address_not_available) {
    return " (no local port is free, or the local address is not of this machine)";
  }
  return "";
}

}  // namespace

absl::Status ToStatus(const boost::system::error_code& error, std::string_view what) {
  if (!error) return absl::OkStatus();
  const std::string_view hint = HintFor(error);
  const std::string message =
      absl::StrCat(absl::string_view(what.data(), what.size()), ": ", error.message(),
                   absl::string_view(hint.data(), hint.size()));
  if (error == boost::asio::error::operation_aborted) return absl::CancelledError(message);
  return absl::UnavailableError(message);
}

absl::Status ErrnoToStatus(int error, std::string_view what) {
  return ToStatus(boost::system::error_code(error, boost::system::system_category()), what);
}

}  // namespace phx::net
