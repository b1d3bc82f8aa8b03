// ServerProcess: the server of bench_server.h in a process of its own, for clients whose memory is
// measured, and to measure its memory.
//
// To be made while the process has one thread. Ends with this object.
#ifndef PHX_TESTING_BENCHMARKS_SERVER_PROCESS_H_
#define PHX_TESTING_BENCHMARKS_SERVER_PROCESS_H_

#include <sys/types.h>

#include <cstdint>

#include "testing/benchmarks/memory_use.h"

namespace phx::benchmarks {

class ServerProcess {
 public:
  ServerProcess();
  ~ServerProcess();

  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  std::uint16_t port() const { return port_; }

  // What the server holds now.
  MemoryUse memory() const;

 private:
  pid_t pid_ = -1;
  int channel_ = -1;  // a byte asks for the memory; the end of it ends the server
  std::uint16_t port_ = 0;
};

}  // namespace phx::benchmarks

#endif  // PHX_TESTING_BENCHMARKS_SERVER_PROCESS_H_
