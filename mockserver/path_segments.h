// PathSegments: the parts of a path as Plug sees them: "/admin//gc/" has "admin" and "gc".
#ifndef PHX_MOCKSERVER_PATH_SEGMENTS_H_
#define PHX_MOCKSERVER_PATH_SEGMENTS_H_

#include <string>
#include <string_view>
#include <vector>

namespace phx::mock {

// Without the empty ones: two paths of the same segments are one place.
std::vector<std::string> PathSegments(std::string_view path);

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_PATH_SEGMENTS_H_
