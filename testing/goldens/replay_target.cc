#include "testing/goldens/replay_target.h"

#include <deque>
#include <ostream>
#include <string>

#include "absl/strings/escaping.h"
#include "client/wire/frame.h"
#include "client/wire/websocket_frame.h"
#include "client/wire/websocket_frame_decoder.h"
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

ServerEvent ToServerEvent(const wire::WebSocketEvent& event) {
  using Kind = wire::WebSocketEvent::Kind;
  ServerEvent out;
  out.data = std::string(event.data);
  out.close_code = event.close_code;
  out.compressed = event.compressed;
  switch (event.kind) {
    case Kind::kMessage:
      out.opcode =
          event.type == wire::FrameType::kText ? WebSocketOpcode::kText : WebSocketOpcode::kBinary;
      break;
    case Kind::kPing: out.opcode = WebSocketOpcode::kPing; break;
    case Kind::kPong: out.opcode = WebSocketOpcode::kPong; break;
    case Kind::kClose:
    case Kind::kError:
    case Kind::kNeedInput: out.opcode = WebSocketOpcode::kClose; break;
  }
  return out;
}

}  // namespace

void AppendFrames(wire::WebSocketFrameDecoder& decoder, std::string bytes,
                  std::deque<ServerEvent>& events) {
  using Kind = wire::WebSocketEvent::Kind;
  decoder.Feed(bytes.data(), bytes.size());
  for (;;) {
    const wire::WebSocketEvent event = decoder.Next();
    if (event.kind == Kind::kNeedInput) return;
    events.push_back(ToServerEvent(event));
    if (event.kind == Kind::kError) return;
  }
}

std::ostream& operator<<(std::ostream& os, const ServerEvent& event) {
  switch (event.kind) {
    case ServerEvent::Kind::kResponse: DescribeResponse(os, event); break;
    case ServerEvent::Kind::kTcpClose: os << "the end of the TCP connection"; break;
    case ServerEvent::Kind::kFrame: DescribeFrame(os, event); break;
  }
  return os;
}

}  // namespace phx::test
