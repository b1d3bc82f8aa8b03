// Plan: a run that can be carried out. Everything in it has been checked: MakePlan() (make_plan.h)
// makes it of what somebody asked for.
//
// Threads: a plain value.
#ifndef PHX_LOADGEN_PLAN_H_
#define PHX_LOADGEN_PLAN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "loadgen/rate_phase.h"
#include "loadgen/recorder.h"
#include "loadgen/shard.h"
#include "loadgen/start_time.h"
#include "loadgen/threshold.h"
#include "loadgen/time.h"
#include "loadgen/user_kind.h"
#include "loadgen/workload.h"

namespace phx::loadgen {

struct Plan {
  std::string scenario = {};  // its name; empty: none

  // Where to connect to; connections take turns. With `embedded` they are known once the server
  // listens.
  std::vector<std::string> urls = {};
  bool embedded = false;
  bool verify_tls = true;
  std::uint64_t server_threads = 0;               // of the embedded server; 0 if there is none
  std::uint64_t server_ports = 0;                 // the same
  std::vector<std::string> local_addresses = {};  // to connect from, in turns; empty: the system's

  std::uint64_t connections = 1;     // of all kinds together
  std::vector<UserKind> kinds = {};  // one at least
  std::uint64_t seed = 0;            // of all that is drawn
  double connect_rate = 0;           // 0: no schedule, only max_connecting
  std::uint64_t max_connecting = 1;
  Duration connect_timeout = {};

  Duration heartbeat = {};      // 0: none
  Duration restart_after = {};  // as in Settings

  bool reconnect = false;              // connections that are lost are opened again
  double rate = 0;                     // of the open model; with phases their average
  std::vector<RatePhase> phases = {};  // of the measured time; empty: one rate
  std::uint64_t in_flight = 0;         // of the closed model, which has no rate; 0: the open model
  Duration timeout = {};

  Duration warmup = {};
  Duration duration = {};
  std::uint64_t threads = 1;
  Duration interval = {};  // how often the run is looked at

  // This process's part, if others do the rest. All figures above but `threads` are of the whole.
  std::optional<Shard> shard = std::nullopt;
  std::optional<WallTime> start_at = std::nullopt;  // the first push; none: when all is set up
  // By which broadcasts know their own; the same in all shards. None: any that no other run has.
  std::optional<std::uint64_t> run = std::nullopt;

  // The conditions that were given, and those of kDefaultFailIf about whose figures none was.
  std::vector<Threshold> fail_if = {};
  std::vector<Threshold> abort_if = {};
  Duration late_after = {};
  std::string json_file = {};
  std::string csv_file = {};
  std::string html_file = {};
  bool quiet = false;
  std::uint64_t debug_frames = 0;                               // as in Settings
  std::uint16_t prometheus_port = 0;                            // 0: none
  std::vector<std::pair<std::string, std::string>> given = {};  // as in Settings
  // What somebody wants the reports to say of the run, such as the revision of the server.
  std::vector<std::pair<std::string, std::string>> labels = {};

  // Whether there is anything to do once the channels are joined.
  bool has_load() const { return rate > 0 || in_flight > 0 || Has(Workload::kScript); }
  // Whether some of the users do that.
  bool Has(Workload workload) const;
  // Whether pushes of some of the users have outcomes of their own.
  bool expects_replies() const;
  bool uses_long_polling() const;
  // Whether some of them leave their channels.
  bool leaves() const;
  // Whether some of them are to hear or see others.
  bool hears_others() const;

  // The latency that the load is about.
  Metric main_metric() const;

  Shard part() const { return shard.value_or(Shard{}); }
  // The connections that this process opens: all, and those of a kind.
  std::uint64_t own_connections() const { return part().PartOf(connections); }
  std::uint64_t own_connections(const UserKind& kind) const {
    return part().PartOf(kind.first, kind.connections);
  }
  // How many channels this process joins.
  std::uint64_t own_joins() const;
  // The pushes a second that fall to this process: all, and those of a kind.
  double own_rate() const;
  double own_rate(const UserKind& kind) const;
  // The same at a moment of the load, since that began. 0 if it has no rate.
  double own_rate_at(Duration since_begin) const;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_PLAN_H_
