// ForkedCall: calls a function in a fresh copy of this process, so that what it leaves behind in
// memory is nobody else's, and returns its result.
//
//   const Figures figures = ForkedCall<Figures>([&] { return Measure(…); });
//
// To be called while the process has one thread.
#ifndef PHX_TESTING_BENCHMARKS_FORKED_CALL_H_
#define PHX_TESTING_BENCHMARKS_FORKED_CALL_H_

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <type_traits>

#include "testing/benchmarks/traffic.h"

namespace phx::benchmarks {

template <typename Result, typename Function>
Result ForkedCall(const Function& function) {
  static_assert(std::is_trivially_copyable_v<Result>);
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) GiveUp("pipe");
  const pid_t child = fork();
  if (child < 0) GiveUp("fork");
  if (child == 0) {
    const Result result = function();
    std::_Exit(write(ends[1], &result, sizeof(result)) == sizeof(result) ? 0 : 1);
  }
  close(ends[1]);
  Result result;
  const bool is_whole = read(ends[0], &result, sizeof(result)) == sizeof(result);
  close(ends[0]);
  waitpid(child, nullptr, 0);
  if (!is_whole) GiveUp("the forked process ended too early");
  return result;
}

}  // namespace phx::benchmarks

#endif  // PHX_TESTING_BENCHMARKS_FORKED_CALL_H_
