// Faults in JSON, for whoever controls the server from outside. The fields have the names of those
// of Faults and FrameFault; times are in milliseconds, with "_ms" behind the name:
//
//   {"refuse_upgrade": {"status": 503, "body": "later"}}
//   {"ignore_heartbeats": true}
//   {"seed": 7, "frames": [{"kind": "delay", "event": "phx_reply", "delay_ms": 200, "count": 1}]}
#ifndef PHX_MOCKSERVER_FAULTS_JSON_H_
#define PHX_MOCKSERVER_FAULTS_JSON_H_

#include "absl/status/statusor.h"
#include "mockserver/faults.h"
#include "mockserver/json_fields.h"
#include "nlohmann/json.hpp"

namespace phx::mock {

// kInvalidArgument, saying where, for what is no fault.
absl::StatusOr<Faults> FaultsFromJson(const nlohmann::json& value);

// Reads them beside other fields of the same object; what is wrong is told by fields.Finish().
Faults ReadFaults(JsonFields& fields);

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_FAULTS_JSON_H_
