// Settings: what somebody asked for, as they wrote it, with the defaults for the rest. Nothing here
// is checked yet; MakePlan() (plan.h) makes a Plan of it, or says what is wrong.
#ifndef PHX_LOADGEN_SETTINGS_H_
#define PHX_LOADGEN_SETTINGS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "loadgen/flag_value.h"
#include "loadgen/time.h"

namespace phx::loadgen {

struct Settings {
  // The server.
  std::vector<std::string> urls = {};  // connections take turns
  bool embedded = false;
  bool tls_no_verify = false;
  std::uint64_t server_threads = 0;               // 0: half of the cores
  std::uint64_t server_ports = 1;                 // of the embedded server
  std::vector<std::string> local_addresses = {};  // as ParseLocalAddresses() reads them
  std::string params = {};                        // JSON object; empty: none

  // Connections and channels.
  std::uint64_t connections = 1;
  std::uint64_t channels = 1;
  std::string topic = {};        // empty: one that suits the workload
  std::string join_params = {};  // JSON object; empty: none
  double connect_rate = 0;       // a second; 0: as fast as max_connecting lets them
  std::uint64_t max_connecting = 100;
  Duration connect_timeout = std::chrono::seconds(10);

  Duration heartbeat = std::chrono::seconds(30);  // 0: none
  bool reconnect = false;
  Duration restart_after = {};  // the embedded server, into the measured time; 0: never

  // Pushes.
  std::string workload = "reply";
  std::string model = "open";
  std::uint64_t in_flight = 0;  // of the closed model
  double publishers = 1;        // of the broadcasts: the share of the connections
  bool binary = false;
  double rate = 100;        // a second, of all connections together; 0: none
  std::string phases = {};  // in place of rate and duration; as ParsePhases() reads them
  std::string event = "echo";
  std::string payload = {};  // JSON; empty: one of `payload_size`
  ByteSize payload_size = {64};
  std::uint64_t max_outstanding = 0;  // pushes of one connection without reply; 0: no limit
  Duration timeout = std::chrono::seconds(10);  // of joins, pushes, heartbeats

  // The run.
  Duration warmup = std::chrono::seconds(1);
  Duration duration = std::chrono::seconds(10);
  std::uint64_t threads = 0;  // 0: the cores that the embedded server leaves
  Duration interval = std::chrono::seconds(1);

  // Verdict and output.
  std::vector<std::string> fail_if = {};
  std::vector<std::string> abort_if = {};
  Duration late_after = std::chrono::milliseconds(10);
  std::string json = {};  // files; empty: none
  std::string csv = {};
  std::string html = {};
  bool quiet = false;
  bool dry_run = false;          // print the plan, and open nothing
  std::uint64_t prometheus = 0;  // a port; 0: none

  // The flags that were given, for those who read a report: without tokens and params.
  std::vector<std::pair<std::string, std::string>> given = {};
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_SETTINGS_H_
