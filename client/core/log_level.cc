#include "client/core/log_level.h"

#include <ostream>
#include <string_view>

namespace phx {

std::string_view ToString(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarning: return "warning";
    case LogLevel::kError: return "error";
  }
  return "unknown";
}

std::ostream& operator<<(std::ostream& os, LogLevel level) { return os << ToString(level); }

}  // namespace phx
