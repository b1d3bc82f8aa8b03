#include "testing/execution_count.h"

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <optional>

namespace phx::test {
namespace {

// Signals that never arrive: the tracing process takes them for what they mean.
constexpr int kBegin = SIGUSR1;
constexpr int kEnd = SIGUSR2;
constexpr int kSystemCallStop = SIGTRAP | 0x80;  // PTRACE_O_TRACESYSGOOD

// The process that traces.
class Tracer {
 public:
  Tracer(pid_t child, Countable what) : child_(child), what_(what) {}

  // Lets the child run to its end. nullopt if that is not the end of what it should do.
  std::optional<std::int64_t> Run() {
    int status = 0;
    if (waitpid(child_, &status, 0) != child_ || !WIFSTOPPED(status)) return std::nullopt;
    ptrace(PTRACE_SETOPTIONS, child_, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
    int signal = 0;
    do {
      ptrace(Request(), child_, 0, signal);
      if (waitpid(child_, &status, 0) != child_) return std::nullopt;
      signal = WIFSTOPPED(status) ? OnStop(WSTOPSIG(status)) : 0;
    } while (WIFSTOPPED(status));
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
    return count_;
  }

 private:
  decltype(PTRACE_CONT) Request() const {
    if (!is_counting_) return PTRACE_CONT;
    return what_ == Countable::kSystemCalls ? PTRACE_SYSCALL : PTRACE_SINGLESTEP;
  }

  // Returns the signal that the child is to get.
  int OnStop(int signal) {
    switch (signal) {
      case kBegin: is_counting_ = true; return 0;
      case kEnd:
        is_counting_ = false;
        if (what_ == Countable::kSystemCalls) --count_;  // the one that brought this signal
        return 0;
      case SIGTRAP: ++count_; return 0;  // one step
      case kSystemCallStop:
        // One stop when it is called, one when it returns.
        is_in_call_ = !is_in_call_;
        if (is_in_call_) ++count_;
        return 0;
      default: return signal;
    }
  }

  const pid_t child_;
  const Countable what_;
  bool is_counting_ = false;
  bool is_in_call_ = false;
  std::int64_t count_ = 0;
};

}  // namespace

CountedPart::CountedPart() : pid_(getpid()) {}

// One system call each, and the signal is there before it returns.
void CountedPart::Begin() const { syscall(SYS_kill, pid_, kBegin); }
void CountedPart::End() const { syscall(SYS_kill, pid_, kEnd); }

std::optional<std::int64_t> CountExecution(Countable what,
                                           const std::function<void(CountedPart&)>& code) {
  const pid_t child = fork();
  if (child < 0) return std::nullopt;
  if (child != 0) return Tracer(child, what).Run();
  if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) std::_Exit(1);
  CountedPart part;
  raise(SIGSTOP);
  code(part);
  std::_Exit(0);
}

}  // namespace phx::test
