#include "testing/goldens/replay_target.h"

#include <ostream>

#include "absl/strings/escaping.h"
#include "client/wire/websocket_frame.h"
#include "client/wire/websocket_frame_header.h"

namespace phx::test {
namespace {

using wire::WebSocketOpcode;

void DescribeResponse(std::ostream& os, const ServerEvent& event) {
  os << "HTTP " << event.status << ' ';
  for (const auto& [name, value] : event.headers) os << name << ": " << value << "; ";
  os << event.data;
}

void DescribeFrame(std::ostream& os, const ServerEvent& event) {
  os << wire::ToString(event.opcode) << ' ';
  if (event.compressed) {
    os << "compressed 0x" << absl::BytesToHexString(event.data);
  } else if (event.opcode == WebSocketOpcode::kText) {
    os << event.data;
  } else if (event.opcode == WebSocketOpcode::kClose) {
    os << event.close_code << ' ' << event.data;
  } else {
    os << "0x" << absl::BytesToHexString(event.data);
  }
}

}  // namespace

std::ostream& operator<<(std::ostream& os, const ServerEvent& event) {
  switch (event.kind) {
    case ServerEvent::Kind::kResponse: DescribeResponse(os, event); break;
    case ServerEvent::Kind::kTcpClose: os << "the end of the TCP connection"; break;
    case ServerEvent::Kind::kFrame: DescribeFrame(os, event); break;
  }
  return os;
}

}  // namespace phx::test
