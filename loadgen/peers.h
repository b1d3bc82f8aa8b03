// Peers: the processes that carry out one run together and find each other, as those that mpirun
// starts do (mpi_peers.h). Each has its shard; they begin together, and the first one makes the
// report.
//
//   const std::string problems = peers.Agree(status.ok() ? "" : status.message());
//   if (!problems.empty()) …                  // one of them cannot: nobody opens anything
//   peers.Attend(io);                         // from now on, while io runs
//   peers.AwaitStart([] { … });               // set up
//   peers.Leave();                            // the load is over
//   for (const PeerFile& file : peers.Gather(std::move(run))) …
//
// A process of which nothing is heard for a while is taken for lost, and the others go on without.
//
// Threads: all functions are called on one thread, that which runs `io`.
#ifndef PHX_LOADGEN_PEERS_H_
#define PHX_LOADGEN_PEERS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "boost/asio/io_context.hpp"
#include "loadgen/shard.h"

namespace phx::loadgen {

// What one process has made of its shard.
struct PeerFile {
  std::string name = {};                           // "rank 2"
  std::optional<std::string> file = std::nullopt;  // of its run; none: it was lost
};

class Peers {
 public:
  virtual ~Peers() = default;

  // That of this process.
  virtual Shard shard() const = 0;
  bool is_first() const { return shard().index == 0; }
  // A number that they share, and no other run has.
  virtual std::uint64_t run() const = 0;

  // Waits until all have said whether they are prepared: `problem` is why this one is not, or
  // empty. Returns all problems, by process and line; empty: everybody is prepared.
  virtual std::string Agree(const std::string& problem) = 0;

  // Between these the others are answered whenever `io` comes to it.
  virtual void Attend(boost::asio::io_context& io) = 0;
  virtual void Leave() = 0;

  // Has `begin` called when all are set up. Those that failed or are lost are not waited for.
  virtual void AwaitStart(std::function<void()> begin) = 0;

  // Waits for the others, and returns what all made of their shards, in their order. At others than
  // the first process it returns nothing.
  virtual std::vector<PeerFile> Gather(std::string file) = 0;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_PEERS_H_
