// Every transcript, replayed against the mock server's cores in virtual time.
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/goldens/golden_case.h"
#include "testing/goldens/replay.h"
#include "testing/goldens/transcript.h"
#include "testing/goldens/virtual_server.h"

namespace phx::test {
namespace {

constexpr char kDirectory[] = "testing/goldens/phoenix-1.8-bandit";

class SessionGoldenTest : public ::testing::TestWithParam<std::string> {};

TEST_P(SessionGoldenTest, AnswersAsPhoenixDid) {
  const absl::StatusOr<Transcript> transcript =
      ReadTranscript(std::string(kDirectory) + "/" + GetParam() + ".jsonl");
  ASSERT_TRUE(transcript.ok()) << transcript.status();
  const GoldenCase golden = CaseOf(GetParam());
  VirtualServer server(golden.races);
  EXPECT_THAT(Replay(*transcript, golden.left_out, server), ::testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Bandit, SessionGoldenTest,
                         ::testing::ValuesIn(ListTranscripts(kDirectory)),
                         [](const auto& test) { return TestName(test.param); });

}  // namespace
}  // namespace phx::test
