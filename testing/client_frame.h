// ClientFrame: a frame that a client sent, read by code of its own.
//
// The library's serializers are what is being tested, so nothing here uses them: text is parsed as
// JSON, binary frames by the layout that Phoenix documents.
#ifndef PHX_TESTING_CLIENT_FRAME_H_
#define PHX_TESTING_CLIENT_FRAME_H_

#include <cstdint>
#include <optional>
#include <string>

#include "client/wire/frame.h"
#include "nlohmann/json.hpp"

namespace phx::test {

struct ClientFrame {
  std::optional<std::string> join_ref;  // always absent on V1
  std::optional<std::string> ref;
  std::string topic;
  std::string event;
  nlohmann::json payload;  // of a text frame
  std::string bytes;       // of a binary frame

  // The ref as a number; 0 if it is absent or no number.
  std::uint64_t ref_number() const;
};

// Reads a V2 array, a V1 object, or a binary push. nullopt if it is none of them.
std::optional<ClientFrame> ParseClientFrame(wire::FrameView frame);

// The frame as JSON: V2's array, for a binary one with its bytes as a string; V1's object.
nlohmann::json FrameToJson(wire::FrameView frame);

}  // namespace phx::test

#endif  // PHX_TESTING_CLIENT_FRAME_H_
