// Settings: what somebody asked for, as they wrote it, with the defaults for the rest. Nothing here
// is checked yet; MakePlan() (make_plan.h) makes a Plan of it, or says what is wrong.
#ifndef PHX_LOADGEN_SETTINGS_H_
#define PHX_LOADGEN_SETTINGS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "loadgen/csv_table.h"
#include "loadgen/flag_value.h"
#include "loadgen/setting_place.h"
#include "loadgen/time.h"

namespace phx::loadgen {

// What somebody asked for of one kind of user.
struct KindSettings {
  // Of several kinds, which a scenario describes; see scenario.h.
  std::string name = {};    // empty: there is one kind, by flags
  SettingPlace place = {};  // where all this was written
  double weight = 1;        // its part of the connections
  double rate_weight = 1;   // how much of the rate each of them has, beside those of other kinds
  std::string feed = {};    // a CSV file; empty: none
  std::shared_ptr<const CsvTable> feed_rows = nullptr;  // what was read of it

  // Its channels.
  std::uint64_t channels = 1;
  JsonText params = {};         // connect params, an object; empty: none
  std::string auth_token = {};  // empty: none
  std::string topic = {};       // empty: one that suits the workload
  JsonText join_params = {};    // an object; empty: none

  // What it does.
  std::string workload = "reply";
  double publishers = 1;  // of the broadcasts: the share of the connections
  bool binary = false;
  std::string event = "echo";
  JsonText payload = {};  // empty: one of `payload_size`
  SizeRange payload_size = {{64}, {64}};
  JsonText steps = {};  // in place of a workload: an array, as in script.h
  std::string transport = "websocket";
  ByteSize read_rate = {};            // what a connection reads a second; 0: all there is
  std::uint64_t max_outstanding = 0;  // pushes of one connection without reply; 0: no limit
};

struct Settings {
  // The scenario that it begins with; empty: none.
  std::string scenario = {};  // a file
  std::string scenario_name = {};
  std::string scenario_description = {};

  // The server.
  std::vector<std::string> urls = {};  // connections take turns
  bool embedded = false;
  bool tls_no_verify = false;
  std::uint64_t server_threads = 0;               // 0: half of the cores
  std::uint64_t server_ports = 1;                 // of the embedded server
  std::vector<std::string> local_addresses = {};  // as ParseLocalAddresses() reads them

  // All users, or what kinds of them do not say themselves.
  KindSettings user = {};
  std::vector<KindSettings> kinds = {};  // empty: one, `user`

  // Connections.
  std::uint64_t connections = 1;
  double connect_rate = 0;  // a second; 0: as fast as max_connecting lets them
  std::uint64_t max_connecting = 100;
  Duration connect_timeout = std::chrono::seconds(10);

  Duration heartbeat = std::chrono::seconds(30);  // 0: none
  bool reconnect = false;
  Duration restart_after = {};  // the embedded server, into the measured time; 0: never

  // The load.
  std::string model = "open";
  std::uint64_t in_flight = 0;  // of the closed model
  double rate = 100;            // a second, of all connections together; 0: none
  std::string phases = {};      // in place of rate and duration; as ParsePhases() reads them
  Duration timeout = std::chrono::seconds(10);  // of joins, pushes, heartbeats

  // The run.
  std::uint64_t seed = 1;  // of all that is drawn
  Duration warmup = std::chrono::seconds(1);
  Duration duration = std::chrono::seconds(10);
  std::uint64_t threads = 0;  // 0: the cores that the embedded server leaves
  Duration interval = std::chrono::seconds(1);
  std::string shard = {};     // as ParseShard() reads it; empty: the whole run
  std::string start_at = {};  // as ParseStartTime() reads it; empty: when everything is set up
  // The processes of the run wait for each other, and need no start_at.
  bool meets_peers = false;

  // Verdict and output.
  std::vector<std::string> fail_if = {};
  std::vector<std::string> abort_if = {};
  Duration late_after = std::chrono::milliseconds(10);
  std::string json = {};  // files; empty: none
  std::string csv = {};
  std::string html = {};
  std::vector<std::string> labels = {};  // KEY=VALUE
  bool quiet = false;
  bool dry_run = false;            // print the plan, and open nothing
  std::uint64_t debug_frames = 0;  // the connection whose frames are printed, from 1; 0: none
  std::uint64_t prometheus = 0;    // a port; 0: none

  // The flags that were given, for those who read a report: without tokens and params.
  std::vector<std::pair<std::string, std::string>> given = {};
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_SETTINGS_H_
