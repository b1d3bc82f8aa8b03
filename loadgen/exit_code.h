// What the program ends with.
#ifndef PHX_LOADGEN_EXIT_CODE_H_
#define PHX_LOADGEN_EXIT_CODE_H_

namespace phx::loadgen {

inline constexpr int kExitPassed = 0;
inline constexpr int kExitThreshold = 1;  // a condition of --fail-if or --abort-if held
inline constexpr int kExitUsage = 2;      // nothing was opened
inline constexpr int kExitFailed = 3;     // nothing could be measured, or a report not be written
inline constexpr int kExitAborted = 130;  // as a shell says of a program that SIGINT ended

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_EXIT_CODE_H_
