// Golden files: what a formatter printed when somebody last looked at it.
//
// To renew one after a change that is meant, copy the text that the failed test shows.
#ifndef PHX_LOADGEN_GOLDEN_FILE_H_
#define PHX_LOADGEN_GOLDEN_FILE_H_

#include <string>
#include <string_view>

namespace phx::loadgen {

// The content of loadgen/testdata/`name`. Throws std::runtime_error if there is no such file.
std::string GoldenFile(std::string_view name);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_GOLDEN_FILE_H_
