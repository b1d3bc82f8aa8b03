// Topic patterns, as the `channel` macro of Phoenix.Socket understands them.
#ifndef PHX_MOCKSERVER_TOPIC_PATTERN_H_
#define PHX_MOCKSERVER_TOPIC_PATTERN_H_

#include <span>
#include <string_view>

#include "mockserver/user_socket.h"

namespace phx::mock {

// Whether `topic` is `pattern`, or begins with what stands before the star at the pattern's end:
// "room:*" matches "room:1" and "room:", but not "room". A star elsewhere is an ordinary character.
bool MatchesPattern(std::string_view pattern, std::string_view topic);

// The first route whose pattern matches; nullptr if none does.
const ChannelRoute* FindRoute(std::span<const ChannelRoute> routes, std::string_view topic);

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_TOPIC_PATTERN_H_
