#include "client/wire/frame.h"

#include <ostream>

#include "absl/strings/escaping.h"

namespace phx::wire {

std::ostream& operator<<(std::ostream& os, const FrameView& frame) {
  if (frame.type == FrameType::kText) return os << frame.data;
  return os << "0x"
            << absl::BytesToHexString(absl::string_view(frame.data.data(), frame.data.size()));
}

}  // namespace phx::wire
