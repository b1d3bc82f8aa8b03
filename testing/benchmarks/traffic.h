// Traffic: what each client of a comparison does, and Cost: what that cost it.
//
// Every client joins "bench" on the server of bench_server.h over protocol 2.0.0 and does the same
// there. What the server needs is not counted: it has threads of its own.
#ifndef PHX_TESTING_BENCHMARKS_TRAFFIC_H_
#define PHX_TESTING_BENCHMARKS_TRAFFIC_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"

namespace phx::benchmarks {

inline constexpr char kTarget[] = "/socket/websocket?vsn=2.0.0";
inline constexpr char kTopic[] = "bench";

struct Traffic {
  enum class Kind : std::uint8_t {
    kEcho,     // pushes with `depth` of them in flight, until `count` replies came
    kReceive,  // one push, which the server answers with `count` messages
    kJoin,     // joins of `count` topics, all at once
  };
  Kind kind = Kind::kEcho;
  std::uint64_t count = 0;
  std::uint64_t depth = 1;
  std::size_t payload_size = 64;
  bool parses_payloads = false;  // those that come
};

// A JSON object of about that many bytes.
inline std::string PayloadOf(const Traffic& traffic) {
  constexpr std::size_t kAround = std::string_view(R"({"body":""})").size();
  return absl::StrCat(R"({"body":")", std::string(traffic.payload_size - kAround, 'x'), R"("})");
}

// The payload of the push that asks for the messages of kReceive.
inline std::string PourRequestOf(const Traffic& traffic) {
  return absl::StrCat(R"({"count":)", traffic.count, R"(,"payload":)", PayloadOf(traffic), "}");
}

inline std::string TopicOf(std::uint64_t index) { return absl::StrCat(kTopic, ":", index); }

struct Cost {
  double cpu_ns = 0;                        // of the client's thread, for each message or join
  double wall_ns = 0;                       // of the whole
  std::vector<double> round_trips_ns = {};  // kEcho with a depth of 1
};

// Appends ["1","<ref>","<topic>","<event>",<payload>].
void AppendMessage(std::string& out, std::uint64_t ref, std::string_view topic,
                   std::string_view event, std::string_view payload);

// Says why a benchmark cannot go on, and ends the program.
[[noreturn]] void GiveUp(std::string_view what);

}  // namespace phx::benchmarks

#endif  // PHX_TESTING_BENCHMARKS_TRAFFIC_H_
