#include "loadgen/application_run.h"

#include <fstream>
#include <sstream>
#include <string_view>

#include "gtest/gtest.h"
#include "loadgen/application.h"

namespace phx::loadgen {

ApplicationRun RunWith(const std::vector<std::string>& flags) {
  const std::vector<std::string_view> arguments(flags.begin(), flags.end());
  std::ostringstream out;
  std::ostringstream err;
  const int exit_code = RunApplication(arguments, {.out = out, .err = err});
  return {.exit_code = exit_code, .out = out.str(), .err = err.str()};
}

std::string TempFile(const std::string& name) { return ::testing::TempDir() + "/" + name; }

nlohmann::json ReadJson(const std::string& file) {
  std::ifstream stream(file);
  return nlohmann::json::parse(stream);
}

}  // namespace phx::loadgen
