// What a replay must know beside the transcript.
#ifndef PHX_TESTING_GOLDENS_GOLDEN_CASE_H_
#define PHX_TESTING_GOLDENS_GOLDEN_CASE_H_

#include <set>
#include <string>

#include "mockserver/races.h"

namespace phx::test {

struct GoldenCase {
  // How the races went that the transcript has recorded.
  mock::Races races = {};
  // Connections on which the mock server is known to differ; README.md says how.
  std::set<std::string> left_out = {};
};

// The case of the transcript of that name.
GoldenCase CaseOf(const std::string& transcript);

// "echo.v2" as GoogleTest allows it in a name: "echo_v2".
std::string TestName(std::string transcript);

}  // namespace phx::test

#endif  // PHX_TESTING_GOLDENS_GOLDEN_CASE_H_
