#include "testing/benchmarks/server_process.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>

#include "testing/benchmarks/bench_server.h"
#include "testing/benchmarks/memory_use.h"
#include "testing/benchmarks/traffic.h"

namespace phx::benchmarks {
namespace {

template <typename T>
void WriteTo(int channel, const T& value) {
  if (write(channel, &value, sizeof(value)) != sizeof(value)) GiveUp("the server cannot answer");
}

template <typename T>
T ReadFrom(int channel) {
  T value{};
  if (read(channel, &value, sizeof(value)) != sizeof(value)) GiveUp("the server does not answer");
  return value;
}

[[noreturn]] void Serve(int channel) {
  const BenchServer server;
  WriteTo(channel, server.port());
  char byte = 0;
  while (read(channel, &byte, sizeof(byte)) == sizeof(byte)) WriteTo(channel, MemoryUse::Now());
  std::_Exit(0);
}

}  // namespace

ServerProcess::ServerProcess() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) GiveUp("socketpair");
  pid_ = fork();
  if (pid_ < 0) GiveUp("fork");
  if (pid_ == 0) {
    close(ends[0]);
    Serve(ends[1]);
  }
  close(ends[1]);
  channel_ = ends[0];
  port_ = ReadFrom<std::uint16_t>(channel_);
}

ServerProcess::~ServerProcess() {
  close(channel_);
  waitpid(pid_, nullptr, 0);
}

MemoryUse ServerProcess::memory() const {
  WriteTo(channel_, 'm');
  return ReadFrom<MemoryUse>(channel_);
}

}  // namespace phx::benchmarks
