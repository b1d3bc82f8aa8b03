#include "client/net/addresses.h"

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <string>

#include "boost/asio/ip/tcp.hpp"

namespace phx::net {

std::string ToText(const boost::asio::ip::tcp::endpoint& address) {
  std::ostringstream text;
  text << address;
  return text.str();
}

Addresses InterleaveFamilies(const Addresses& addresses) {
  Addresses first;   // the family of the first address
  Addresses second;  // the other one
  for (const auto& address : addresses) {
    Addresses& family = address.protocol() == addresses.front().protocol() ? first : second;
    if (std::find(family.begin(), family.end(), address) == family.end()) {
      family.push_back(address);
    }
  }
  Addresses ordered;
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) ordered.push_back(first[i]);
    if (i < second.size()) ordered.push_back(second[i]);
  }
  return ordered;
}

}  // namespace phx::net
