// What a replay must know beside the transcript.
#ifndef PHX_TESTING_GOLDENS_GOLDEN_CASE_H_
#define PHX_TESTING_GOLDENS_GOLDEN_CASE_H_

#include <set>
#include <string>
#include <vector>

#include "mockserver/flavor.h"
#include "mockserver/races.h"
#include "mockserver/user_socket.h"

namespace phx::test {

struct GoldenCase {
  // What was recorded, and where it listened.
  mock::Flavor flavor = {};
  std::string host = "127.0.0.1:4003";
  // Paths at which the recorded application had nothing.
  std::set<std::string> left_out_paths = {};
  // How the races went that the transcript has recorded.
  mock::Races races = {};
};

// The sets of transcripts: "phoenix-1.8-bandit", …
std::vector<std::string> AllSets();

// The case of a transcript, named with its set: "phoenix-1.8-bandit/echo.v2".
GoldenCase CaseOf(const std::string& transcript);

// "phoenix-1.8-bandit/echo.v2" as GoogleTest allows it in a name: "phoenix_1_8_bandit_echo_v2".
std::string TestName(std::string transcript);

// The sockets of the application that was recorded.
std::vector<mock::UserSocket> SocketsOf(const GoldenCase& golden);

}  // namespace phx::test

#endif  // PHX_TESTING_GOLDENS_GOLDEN_CASE_H_
