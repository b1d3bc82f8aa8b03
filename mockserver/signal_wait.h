// SignalWait: waiting for the signals that ask a program to stop.
#ifndef PHX_MOCKSERVER_SIGNAL_WAIT_H_
#define PHX_MOCKSERVER_SIGNAL_WAIT_H_

#include <csignal>
#include <initializer_list>

namespace phx::mock {

class SignalWait {
 public:
  // From here on `signals` wait until somebody asks for them, in this thread and those that it
  // starts.
  SignalWait(std::initializer_list<int> signals);

  // Waits for one of them and returns it.
  int Wait() const;

 private:
  sigset_t set_;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_SIGNAL_WAIT_H_
