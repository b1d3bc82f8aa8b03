// Why and how a connection ended.
#ifndef PHX_CLIENT_WIRE_CLOSE_INFO_H_
#define PHX_CLIENT_WIRE_CLOSE_INFO_H_

#include <cstdint>
#include <ostream>
#include <string>

namespace phx::wire {

// Close codes (RFC 6455 7.4.1, IANA's registry, and what Phoenix adds). Plain numbers: a peer may
// send any of 1000 to 4999.
namespace close_code {
inline constexpr std::uint16_t kNormal = 1000;
inline constexpr std::uint16_t kGoingAway = 1001;
inline constexpr std::uint16_t kProtocolError = 1002;
inline constexpr std::uint16_t kUnsupportedData = 1003;
inline constexpr std::uint16_t kNoStatus = 1005;        // the peer's close frame was empty
inline constexpr std::uint16_t kAbnormal = 1006;        // no close frame came at all
inline constexpr std::uint16_t kInvalidPayload = 1007;  // text that is not UTF-8
inline constexpr std::uint16_t kPolicyViolation = 1008;
inline constexpr std::uint16_t kMessageTooBig = 1009;
inline constexpr std::uint16_t kInternalError = 1011;
inline constexpr std::uint16_t kServiceRestart = 1012;  // Phoenix's drainer
inline constexpr std::uint16_t kSessionGone = 3410;     // long polling: the session is forgotten
}  // namespace close_code

struct CloseInfo {
  std::uint16_t code = close_code::kNormal;
  std::string reason = {};  // at most 123 bytes of UTF-8 on the wire (RFC 6455 5.5)

  friend bool operator==(const CloseInfo&, const CloseInfo&) = default;
  friend std::ostream& operator<<(std::ostream& os, const CloseInfo& info) {
    os << info.code;
    if (!info.reason.empty()) os << " \"" << info.reason << '"';
    return os;
  }
};

}  // namespace phx::wire

#endif  // PHX_CLIENT_WIRE_CLOSE_INFO_H_
