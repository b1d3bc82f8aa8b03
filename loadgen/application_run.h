// What a command of the load generator came to, in the process of the test.
#ifndef PHX_LOADGEN_APPLICATION_RUN_H_
#define PHX_LOADGEN_APPLICATION_RUN_H_

#include <string>
#include <vector>

#include "nlohmann/json.hpp"

namespace phx::loadgen {

struct ApplicationRun {
  int exit_code = 0;
  std::string out = {};
  std::string err = {};
};

ApplicationRun RunWith(const std::vector<std::string>& flags);

// The file of that name in the test's own folder.
std::string TempFile(const std::string& name);

// Throws nlohmann::json::exception if the file has no JSON.
nlohmann::json ReadJson(const std::string& file);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_APPLICATION_RUN_H_
