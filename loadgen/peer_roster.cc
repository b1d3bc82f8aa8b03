#include "loadgen/peer_roster.h"

namespace phx::loadgen {

bool PeerRoster::AllPrepared(TimePoint now) const {
  for (std::size_t i = 0; i < size(); ++i) {
    if (!peers_[i].problem.has_value() && !IsLost(i, now)) return false;
  }
  return true;
}

bool PeerRoster::AllArrived(TimePoint now) const {
  for (std::size_t i = 0; i < size(); ++i) {
    // One that failed hands in its file without having arrived.
    if (!peers_[i].has_arrived && !peers_[i].file.has_value() && !IsLost(i, now)) return false;
  }
  return true;
}

bool PeerRoster::AllFiled(TimePoint now) const {
  for (std::size_t i = 0; i < size(); ++i) {
    if (!peers_[i].file.has_value() && !IsLost(i, now)) return false;
  }
  return true;
}

std::string PeerRoster::ProblemOf(std::size_t peer) const {
  return peers_[peer].problem.value_or("it gives no sign of life");
}

}  // namespace phx::loadgen
