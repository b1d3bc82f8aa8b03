#include "mockserver/path_segments.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_split.h"

namespace phx::mock {

std::vector<std::string> PathSegments(std::string_view path) {
  return absl::StrSplit(absl::string_view(path.data(), path.size()), '/', absl::SkipEmpty());
}

}  // namespace phx::mock
