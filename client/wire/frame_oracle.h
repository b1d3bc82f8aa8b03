// What a text frame means, by nlohmann's parser: a second opinion that shares nothing with the
// serializers under test.
#ifndef PHX_CLIENT_WIRE_FRAME_ORACLE_H_
#define PHX_CLIENT_WIRE_FRAME_ORACLE_H_

#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "client/wire/message.h"
#include "client/wire/reply.h"
#include "nlohmann/json.hpp"

namespace phx::test {

// A message whose payload is a JSON value. Refs are null, strings or numbers.
struct ParsedMessage {
  nlohmann::json join_ref = nullptr;
  nlohmann::json ref = nullptr;
  std::string topic = {};
  std::string event = {};
  nlohmann::json payload = nullptr;

  friend bool operator==(const ParsedMessage&, const ParsedMessage&) = default;
};
std::ostream& operator<<(std::ostream& os, const ParsedMessage& message);

// nullopt: `frame` is not a message of that version. A member that comes twice counts as its last.
std::optional<ParsedMessage> ParseV2(std::string_view frame);
std::optional<ParsedMessage> ParseV1(std::string_view frame);

// `message` with its payload parsed; nullopt if that is malformed. A ref stands as it would in
// `like`: as a number if it is one there.
std::optional<ParsedMessage> Parsed(const wire::Message& message, const ParsedMessage& like);

struct ParsedReply {
  std::string status = {};
  nlohmann::json response = nlohmann::json::object();

  friend bool operator==(const ParsedReply&, const ParsedReply&) = default;
};
std::ostream& operator<<(std::ostream& os, const ParsedReply& reply);

// nullopt: `payload` is not a reply's.
std::optional<ParsedReply> ParseReplyPayload(std::string_view payload);

// `reply` with its response parsed; nullopt if that is malformed.
std::optional<ParsedReply> Parsed(const wire::Reply& reply);

}  // namespace phx::test

#endif  // PHX_CLIENT_WIRE_FRAME_ORACLE_H_
