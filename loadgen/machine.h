// The machine on which the generator runs, as a report tells of it.
#ifndef PHX_LOADGEN_MACHINE_H_
#define PHX_LOADGEN_MACHINE_H_

#include <cstdint>
#include <string>

namespace phx::loadgen {

struct Machine {
  std::string host = {};
  std::string system = {};  // "Linux 6.1.0 x86_64"
  std::string cpu = {};     // the model; empty if the system does not tell
  std::uint64_t cores = 0;
  std::uint64_t memory_bytes = 0;
};

// This machine. What cannot be found out stays empty.
Machine DescribeMachine();

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_MACHINE_H_
