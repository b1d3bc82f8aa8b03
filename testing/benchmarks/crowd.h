// Crowd: many connections of one client, each joined to channels and then idle: what a program
// that holds them needs.
//
// Connections are made one after another, so that every client has as many wake-ups; the channels
// of one connection are joined all at once.
#ifndef PHX_TESTING_BENCHMARKS_CROWD_H_
#define PHX_TESTING_BENCHMARKS_CROWD_H_

#include <cstdint>
#include <memory>

namespace phx::benchmarks {

class Crowd {
 public:
  virtual ~Crowd() = default;

  // Makes one more connection, and joins TopicOf(0) on it.
  virtual void Connect() = 0;
  // Joins TopicOf(1) to TopicOf(count) on every connection. Once.
  virtual void JoinMore(std::uint64_t count) = 0;
};

// Makes an empty crowd that talks to the server of bench_server.h on that port.
using CrowdFactory = std::unique_ptr<Crowd> (*)(std::uint16_t port);

}  // namespace phx::benchmarks

#endif  // PHX_TESTING_BENCHMARKS_CROWD_H_
