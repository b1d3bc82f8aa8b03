// The processor time that the calling thread has used since it began.
#ifndef PHX_LOADGEN_THREAD_CPU_TIME_H_
#define PHX_LOADGEN_THREAD_CPU_TIME_H_

#include "loadgen/time.h"

namespace phx::loadgen {

Duration ThreadCpuTime();

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_THREAD_CPU_TIME_H_
