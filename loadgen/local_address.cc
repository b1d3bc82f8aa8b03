#include "loadgen/local_address.h"

#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "boost/asio/io_context.hpp"
#include "boost/asio/ip/address.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/system/error_code.hpp"

namespace phx::loadgen {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v4;
using boost::asio::ip::tcp;

constexpr std::uint64_t kMaxAddresses = 65'536;

absl::StatusOr<address> Parse(std::string_view text) {
  boost::system::error_code error;
  address parsed = boost::asio::ip::make_address(std::string(text), error);
  if (!error) return parsed;
  return absl::InvalidArgumentError(
      absl::StrCat("has \"", std::string(text),
                   "\", which is no IP address; write it as in 127.0.0.2-127.0.0.20"));
}

absl::Status AddRange(std::string_view first_text, std::string_view last_text,
                      std::vector<std::string>* addresses) {
  const absl::StatusOr<address> first = Parse(first_text);
  if (!first.ok()) return first.status();
  const absl::StatusOr<address> last = Parse(last_text);
  if (!last.ok()) return last.status();
  if (!first->is_v4() || !last->is_v4()) {
    return absl::InvalidArgumentError("is a range of IPv6; give its addresses with commas");
  }
  const std::uint64_t begin = first->to_v4().to_uint();
  const std::uint64_t end = last->to_v4().to_uint();
  if (end < begin) return absl::InvalidArgumentError("ends before it begins; swap its ends");
  if (end - begin >= kMaxAddresses) {
    return absl::InvalidArgumentError(
        absl::StrCat("has more than ", kMaxAddresses, " addresses; give fewer"));
  }
  for (std::uint64_t i = begin; i <= end; ++i) {
    addresses->push_back(address_v4(static_cast<std::uint32_t>(i)).to_string());
  }
  return absl::OkStatus();
}

absl::Status AddPart(std::string_view part, std::vector<std::string>* addresses) {
  const std::size_t dash = part.find('-');
  if (dash != std::string_view::npos) {
    return AddRange(part.substr(0, dash), part.substr(dash + 1), addresses);
  }
  const absl::StatusOr<address> parsed = Parse(part);
  if (!parsed.ok()) return parsed.status();
  addresses->push_back(parsed->to_string());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ParseLocalAddresses(std::string_view text) {
  std::vector<std::string> addresses;
  for (const absl::string_view part :
       absl::StrSplit(absl::string_view(text.data(), text.size()), ',')) {
    const absl::Status status = AddPart({part.data(), part.size()}, &addresses);
    if (!status.ok()) return status;
  }
  return addresses;
}

absl::Status CheckLocalAddresses(const std::vector<std::string>& addresses) {
  boost::asio::io_context io;
  for (const std::string& text : addresses) {
    boost::system::error_code error;
    const tcp::endpoint endpoint(boost::asio::ip::make_address(text), 0);
    tcp::socket socket(io);
    socket.open(endpoint.protocol(), error);
    if (!error) socket.bind(endpoint, error);
    if (!error) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--local-address: cannot connect from ", text, ": ", error.message(),
                     "; give addresses of this machine (ip address)"));
  }
  return absl::OkStatus();
}

}  // namespace phx::loadgen
