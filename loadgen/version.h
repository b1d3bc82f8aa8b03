// The version of loadgen, which is that of the repository's module (MODULE.bazel).
#ifndef PHX_LOADGEN_VERSION_H_
#define PHX_LOADGEN_VERSION_H_

namespace phx::loadgen {

inline constexpr char kVersion[] = "0.1.0";

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_VERSION_H_
