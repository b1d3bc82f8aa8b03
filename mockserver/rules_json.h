// Rules in JSON, for a mock server that is told what to answer without C++:
//
//   {
//     "channels": [
//       {
//         "topic": "room:*",
//         "join": [
//           {"params": {"token": "bad"}, "error": {"reason": "unauthorized"}},
//           {"ok": {"room": "${subtopic}"}, "do": [{"push": "hello", "payload": {"n": 1}}]}
//         ],
//         "events": [
//           {"event": "echo", "do": [{"reply": "ok", "response": "${payload}"}]},
//           {"event": "shout", "do": [{"broadcast": "shouted", "payload": "${payload}"}]},
//           {"event": "slow", "do": [{"reply": "ok", "after_ms": 500}]}
//         ]
//       }
//     ]
//   }
//
// At the top:
//   channels   a list, of which the first whose "topic" matches is taken; must be there
//   path       where clients connect; "/socket"
//   longpoll   whether they may poll; true
//   refuse     a list of {"params", "status": 403, "body": ""}: clients that may not connect
//   id         the socket's id, by which the control endpoint's /disconnect finds it; from "params"
// A channel:
//   topic      "room:*" or "room:1"; must be there
//   join       a list of answers, the first that matches is given; if absent all may join, with {}
//   events     a list of what pushes do; one for which there is nothing crashes the channel
// A join:
//   topic, params   what it answers; if absent: any
//   one of          "ok": response, "error": response, "crash": true, "never": true
//   after_ms        when; the connection waits meanwhile, as in Phoenix
//   do              steps, once joined
// An event:
//   event, payload, params   what it is for; if absent: any. "params" are those of the join
//   do                       steps; if absent: nothing is done
// A step has one of these, and perhaps "after_ms":
//   reply            the status; with "response", {}
//   push, broadcast, broadcast_from    the event; with "payload", {}
//   track            a presence's key, with "meta", {}; replaces what was tracked under it
//   untrack          the key
//   presence_state   true: pushes who is present
//   stop             "normal", "shutdown" or "abnormal"
//   crash            true
// Steps are done in order, but a reply goes out behind what is done at once, as in Phoenix: what is
// to stand behind it gets "after_ms": 0.
//
// "params" and "payload" match if all that is in them is in the real ones with the same value.
// What is sent, and names, may have holes (json_template.h): ${topic}, ${subtopic} (what stands for
// the star), ${params} (of the join; of the connection in "id"), ${payload}, ${event} and
// ${connection} (its number).
#ifndef PHX_MOCKSERVER_RULES_JSON_H_
#define PHX_MOCKSERVER_RULES_JSON_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "mockserver/rules.h"

namespace phx::mock {

// kInvalidArgument, saying what is wrong and where: "channels[0].join[1]: has none of ok, error,
// …".
absl::StatusOr<Rules> RulesFromJson(std::string_view text);

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_RULES_JSON_H_
