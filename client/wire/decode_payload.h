// DecodePayload: a payload as a value of a type of your own.
//
//   struct ChatMessage { std::string body; };
//   NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ChatMessage, body)
//
//   absl::StatusOr<ChatMessage> m = phx::DecodePayload<ChatMessage>(message.payload);
#ifndef PHX_CLIENT_WIRE_DECODE_PAYLOAD_H_
#define PHX_CLIENT_WIRE_DECODE_PAYLOAD_H_

#include <exception>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/wire/payload.h"
#include "nlohmann/json.hpp"

namespace phx {

// Made by nlohmann's from_json. kDataLoss if the payload is not JSON, or not such as makes a T.
template <typename T>
absl::StatusOr<T> DecodePayload(const wire::Payload& payload) {
  if (payload.is_binary()) return absl::DataLossError("the payload is binary, not JSON");
  if (payload.json().is_discarded()) return absl::DataLossError("the payload is not JSON");
  try {
    return absl::StatusOr<T>(payload.json().get<T>());
  } catch (const std::exception& error) {
    return absl::DataLossError(error.what());
  } catch (...) {
    return absl::DataLossError("from_json threw what is not a std::exception");
  }
}

}  // namespace phx

#endif  // PHX_CLIENT_WIRE_DECODE_PAYLOAD_H_
