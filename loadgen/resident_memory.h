// The memory of this process that is in RAM, in bytes; nullopt where the system does not tell.
#ifndef PHX_LOADGEN_RESIDENT_MEMORY_H_
#define PHX_LOADGEN_RESIDENT_MEMORY_H_

#include <cstdint>
#include <optional>

namespace phx::loadgen {

std::optional<std::uint64_t> ResidentMemory();

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_RESIDENT_MEMORY_H_
