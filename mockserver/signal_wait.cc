#include "mockserver/signal_wait.h"

#include <csignal>
#include <initializer_list>

namespace phx::mock {

SignalWait::SignalWait(std::initializer_list<int> signals) {
  sigemptyset(&set_);
  for (const int signal : signals) sigaddset(&set_, signal);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
}

int SignalWait::Wait() const {
  int signal = 0;
  while (sigwait(&set_, &signal) != 0) {
  }
  return signal;
}

}  // namespace phx::mock
