#include "loadgen/golden_file.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace phx::loadgen {

std::string GoldenFile(std::string_view name) {
  // Bazel runs tests in a folder that holds their data, and names it.
  // NOLINTBEGIN(concurrency-mt-unsafe): tests of formatters have one thread
  const char* root = std::getenv("TEST_SRCDIR");
  const char* workspace = std::getenv("TEST_WORKSPACE");
  // NOLINTEND(concurrency-mt-unsafe)
  std::string path = "loadgen/testdata/" + std::string(name);
  if (root != nullptr && workspace != nullptr) {
    path = std::string(root) + '/' + workspace + '/' + path;
  }
  std::ifstream file(path);
  if (!file) throw std::runtime_error("there is no golden file " + path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace phx::loadgen
