#include "client/wire/message.h"

#include <optional>
#include <ostream>

namespace phx::wire {
namespace {

void PrintRef(std::ostream& os, const std::optional<Text>& ref) {
  if (ref.has_value()) {
    os << '"' << *ref << '"';
  } else {
    os << "null";
  }
}

}  // namespace

std::ostream& operator<<(std::ostream& os, const Message& message) {
  os << '[';
  PrintRef(os, message.join_ref);
  os << ',';
  PrintRef(os, message.ref);
  os << ",\"" << message.topic << "\",\"" << message.event << "\",";
  if (message.status.has_value()) os << '"' << *message.status << "\",";
  return os << message.payload << ']';
}

}  // namespace phx::wire
