#include "testing/goldens/golden_case.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "mockserver/flavor.h"
#include "mockserver/races.h"
#include "mockserver/ready_set.h"
#include "mockserver/user_socket.h"

namespace phx::test {

std::vector<std::string> AllSets() {
  return {"phoenix-1.8-bandit", "phoenix-1.8-cowboy", "phoenix-1.7-bandit", "phoenix-1.7-cowboy"};
}

GoldenCase CaseOf(const std::string& transcript) {
  GoldenCase golden;
  const std::string set = transcript.substr(0, transcript.find('/'));
  if (set.find("-1.7-") != std::string::npos) {
    golden.flavor.phoenix = mock::PhoenixRelease::k17;
    golden.host = "127.0.0.1:4002";
    golden.left_out_paths = {"/auth"};
  }
  if (set.ends_with("-cowboy")) golden.flavor.adapter = mock::Adapter::kCowboy;
  if (transcript == "phoenix-1.8-bandit/push_right_behind_leave.v2") {
    golden.races.leave_then_push = mock::RaceOutcome::kHandled;
  }
  // The one time in eighty that the presence_diff of an update overtook the reply, but not that of
  // the update before: the first seed that draws it so.
  if (transcript == "phoenix-1.7-bandit/presence.novsn") golden.races = mock::Races::Seeded(121);
  return golden;
}

std::string TestName(std::string transcript) {
  std::replace_if(
      transcript.begin(), transcript.end(), [](unsigned char c) { return std::isalnum(c) == 0; },
      '_');
  return transcript;
}

std::vector<mock::UserSocket> SocketsOf(const GoldenCase& golden) {
  std::vector<mock::UserSocket> sockets = mock::ReadySet();
  std::erase_if(sockets, [&](const mock::UserSocket& socket) {
    return golden.left_out_paths.contains(socket.path);
  });
  return sockets;
}

}  // namespace phx::test
