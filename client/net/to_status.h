// Where the error codes of Asio and of the system become absl::Status, and nowhere else.
#ifndef PHX_CLIENT_NET_TO_STATUS_H_
#define PHX_CLIENT_NET_TO_STATUS_H_

#include <string_view>

#include "absl/status/status.h"
#include "boost/system/error_code.hpp"

namespace phx::net {

// OK for no error; kCancelled for an operation that was cancelled or whose socket was closed;
// kUnavailable for the rest. The message is "<what>: <the system's words>", with a hint where those
// are known to mislead.
absl::Status ToStatus(const boost::system::error_code& error, std::string_view what);

// The same for a value of errno.
absl::Status ErrnoToStatus(int error, std::string_view what);

}  // namespace phx::net

#endif  // PHX_CLIENT_NET_TO_STATUS_H_
