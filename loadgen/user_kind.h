// UserKind: what the connections of one kind do. A run by flags has one kind; a scenario may have
// several (scenario.h).
//
// The connections of a run are numbered from 1. Those of a kind follow each other, behind those of
// the kinds before it.
#ifndef PHX_LOADGEN_USER_KIND_H_
#define PHX_LOADGEN_USER_KIND_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "loadgen/csv_table.h"
#include "loadgen/payload_template.h"
#include "loadgen/script.h"
#include "loadgen/user_template.h"
#include "loadgen/workload.h"

namespace phx::loadgen {

struct UserKind {
  std::string name = {};    // empty: there is only one
  std::uint64_t first = 0;  // connections before its own
  std::uint64_t connections = 1;
  std::shared_ptr<const CsvTable> feed = nullptr;  // a row for each, taken in turns

  UserTemplate params = {};      // of the connection; JSON
  UserTemplate auth_token = {};  // the same; expands to nothing if there is none
  std::uint64_t channels = 1;
  UserTemplate topic = {};
  UserTemplate join_params = {};  // JSON

  Workload workload = Workload::kReply;
  double rate_share = 1;         // of the rate of the run
  std::uint64_t publishers = 1;  // the connections that push: all, or the first ones
  std::string event = {};
  PayloadTemplate payload = {};
  std::uint64_t max_outstanding = 0;  // pushes of one connection without reply; 0: no limit

  Script script = {};  // of Workload::kScript

  // The transport: long polling in place of a WebSocket.
  bool uses_long_polling = false;
  // What a connection reads a second, in bytes, as a slow consumer does; 0: all there is.
  std::uint64_t read_rate = 0;
  // Whether its channels are left in the course of the load.
  bool leaves = false;
  // Whether it looks out for the presences that others join with.
  bool sees_presences = false;
  // The events of the broadcasts that are expected at its channels, and checked.
  std::vector<std::string> hears = {};

  bool has_rate() const { return HasRate(workload); }
  // What its templates put in for one of its users, which is that of `number` among all
  // connections, from 1. The feed's row is that of this object's feed.
  UserTemplate::Values ValuesOf(std::uint64_t number, std::uint64_t channel = 1) const {
    UserTemplate::Values values = {
        .connection = number, .user = number - first, .channel = channel};
    if (feed != nullptr) values.row = feed->rows[(values.user - 1) % feed->rows.size()];
    return values;
  }
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_USER_KIND_H_
