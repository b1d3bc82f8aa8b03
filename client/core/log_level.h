// How important a log record is.
#ifndef PHX_CLIENT_CORE_LOG_LEVEL_H_
#define PHX_CLIENT_CORE_LOG_LEVEL_H_

#include <cstdint>
#include <ostream>
#include <string_view>

namespace phx {

enum class LogLevel : std::uint8_t {
  kDebug,    // every frame's envelope, every transition
  kInfo,     // connected, joined, left
  kWarning,  // something went wrong and is being mended: reconnects, rejoins, malformed frames
  kError,    // something went wrong and stays so until somebody acts
};

// "debug", "info", "warning", "error".
std::string_view ToString(LogLevel level);
std::ostream& operator<<(std::ostream& os, LogLevel level);

}  // namespace phx

#endif  // PHX_CLIENT_CORE_LOG_LEVEL_H_
