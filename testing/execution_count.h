// CountExecution: how many system calls, or instructions, a piece of code takes. Exact and the same
// on a busy machine: what is counted runs in a fork of this process, step by step, under the eyes
// of this one (ptrace).
//
//   const std::optional<std::int64_t> calls =
//       CountExecution(Countable::kSystemCalls, [](CountedPart& part) {
//         Prepare();
//         part.Begin();
//         Work();
//         part.End();
//       });
//
// Counting instructions makes them some thousand times as slow.
#ifndef PHX_TESTING_EXECUTION_COUNT_H_
#define PHX_TESTING_EXECUTION_COUNT_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>

namespace phx::test {

enum class Countable : std::uint8_t { kSystemCalls, kInstructions };

// Marks what is counted, as often as one likes; not nested.
class CountedPart {
 public:
  CountedPart();

  void Begin() const;
  void End() const;

 private:
  pid_t pid_;
};

// Runs `code` in a fork, which it must be able to stand: a process that has one thread. nullopt if
// the system does not let one process trace another.
std::optional<std::int64_t> CountExecution(Countable what,
                                           const std::function<void(CountedPart&)>& code);

}  // namespace phx::test

#endif  // PHX_TESTING_EXECUTION_COUNT_H_
