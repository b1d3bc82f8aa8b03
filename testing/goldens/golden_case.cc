#include "testing/goldens/golden_case.h"

#include <algorithm>
#include <string>

#include "mockserver/races.h"

namespace phx::test {

GoldenCase CaseOf(const std::string& transcript) {
  GoldenCase golden;
  if (transcript == "push_right_behind_leave.v2") {
    golden.races.leave_then_push = mock::RaceOutcome::kHandled;
  }
  if (transcript.starts_with("ws_close_client.")) golden.left_out = {"code5000"};
  if (transcript == "maxframe_64k.v2") golden.left_out = {"frag"};
  return golden;
}

std::string TestName(std::string transcript) {
  std::replace(transcript.begin(), transcript.end(), '.', '_');
  return transcript;
}

}  // namespace phx::test
