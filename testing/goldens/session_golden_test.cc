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

constexpr char kDirectory[] = "testing/goldens/";

class SessionGoldenTest : public ::testing::TestWithParam<std::string> {};

TEST_P(SessionGoldenTest, AnswersAsPhoenixDid) {
  const absl::StatusOr<Transcript> transcript = ReadTranscript(kDirectory + GetParam() + ".jsonl");
  ASSERT_TRUE(transcript.ok()) << transcript.status();
  const GoldenCase golden = CaseOf(GetParam());
  VirtualServer server(golden);
  EXPECT_THAT(Replay(*transcript, golden, server), ::testing::IsEmpty());
}

std::vector<std::string> AllTranscripts() {
  std::vector<std::string> all;
  for (const std::string& set : AllSets()) {
    for (const std::string& name : ListTranscripts(kDirectory + set))
      all.push_back(set + "/" + name);
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Phoenix, SessionGoldenTest, ::testing::ValuesIn(AllTranscripts()),
                         [](const auto& test) { return TestName(test.param); });

}  // namespace
}  // namespace phx::test
