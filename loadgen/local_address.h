// Local addresses: which of this machine's IP addresses to connect from. Each has local ports of
// its own, and so holds as many connections to one address and port of a server as there are ports.
#ifndef PHX_LOADGEN_LOCAL_ADDRESS_H_
#define PHX_LOADGEN_LOCAL_ADDRESS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace phx::loadgen {

// ParseLocalAddresses()
//
// The addresses that `text` names: one, several with commas, and ranges of IPv4, both ends
// included: "127.0.0.2-127.0.0.20,10.0.0.5". kInvalidArgument, as the end of a sentence that names
// the flag, says what is wrong.
absl::StatusOr<std::vector<std::string>> ParseLocalAddresses(std::string_view text);

// OK if this machine can connect from all of them; kInvalidArgument names the first that it cannot.
absl::Status CheckLocalAddresses(const std::vector<std::string>& addresses);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_LOCAL_ADDRESS_H_
