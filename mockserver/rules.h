// Rules: what a mock server answers, as data: channels without code. rules_json.h reads them from a
// file, rules_socket.h serves them.
//
// All that may be chosen is tried in order, and the first that matches is taken. As in Phoenix a
// join or an event for which there is none crashes.
#ifndef PHX_MOCKSERVER_RULES_H_
#define PHX_MOCKSERVER_RULES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mockserver/channel.h"
#include "mockserver/json_template.h"

namespace phx::mock {

// What JSON must be like; nullopt matches everything. Of an object the members that are named must
// match, whatever else there is; any other value must be equal.
using JsonPattern = std::optional<Json>;

// Refuses clients with these params.
struct RefuseRule {
  JsonPattern params = std::nullopt;
  int status = 403;
  std::string body = {};
};

// One thing that a channel does.
struct Step {
  enum class Kind : std::uint8_t {
    kReply,          // with `name` as status, `payload` as response; at once: behind all the others
    kPush,           // `name` is the event
    kBroadcast,      // the same
    kBroadcastFrom,  // the same
    kTrack,          // `name` is the key of a presence, `payload` its meta; replaces an earlier one
    kUntrack,        // `name` is the key
    kPresenceState,  // pushes "presence_state" with those who are present
    kStop,           // for the reason `stop`
    kCrash,
  };
  Kind kind = Kind::kReply;
  JsonTemplate name = {};
  JsonTemplate payload = {};
  StopReason stop = StopReason::kNormal;
  std::optional<Duration> after = std::nullopt;  // nullopt: at once
};

struct JoinRule {
  enum class Answer : std::uint8_t { kOk, kError, kCrash, kNever };

  std::string topic = {};  // a pattern; empty: any
  JsonPattern params = std::nullopt;
  Answer answer = Answer::kOk;
  JsonTemplate response = {};
  std::optional<Duration> after = std::nullopt;
  std::vector<Step> steps = {};  // once joined
};

struct EventRule {
  std::string event = {};  // empty: any
  JsonPattern payload = std::nullopt;
  JsonPattern params = std::nullopt;  // of the join
  std::vector<Step> steps = {};
};

struct ChannelRules {
  std::string topic = {};  // a pattern, as in ChannelRoute
  // None: every join is accepted with {}.
  std::vector<JoinRule> joins = {};
  std::vector<EventRule> events = {};
};

struct Rules {
  std::string path = "/socket";
  bool longpoll = true;
  std::vector<RefuseRule> refuse = {};
  JsonTemplate id = {};  // of the socket; null: none
  std::vector<ChannelRules> channels = {};
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_RULES_H_
