#include "mockserver/topic_pattern.h"

#include <algorithm>
#include <span>
#include <string_view>

#include "mockserver/user_socket.h"

namespace phx::mock {

bool MatchesPattern(std::string_view pattern, std::string_view topic) {
  if (!pattern.ends_with('*')) return pattern == topic;
  pattern.remove_suffix(1);
  return topic.starts_with(pattern);
}

const ChannelRoute* FindRoute(std::span<const ChannelRoute> routes, std::string_view topic) {
  const auto found = std::find_if(routes.begin(), routes.end(), [&](const ChannelRoute& route) {
    return MatchesPattern(route.pattern, topic);
  });
  return found == routes.end() ? nullptr : &*found;
}

}  // namespace phx::mock
