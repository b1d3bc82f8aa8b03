#include "testing/phoenix_model.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

ClientFrame Sent(const std::string& join_ref, const std::string& ref, const std::string& event) {
  return {
      .join_ref = join_ref, .ref = ref, .topic = "t", .event = event, .payload = {}, .bytes = {}};
}

constexpr char kJoined[] = R"(["1","1","t","phx_reply",{"response":{},"status":"ok"}])";

TEST(PhoenixModelTest, JoinsAndLeaves) {
  PhoenixModel server;
  EXPECT_THAT(server.Answer(Sent("1", "1", "phx_join")), ElementsAre(kJoined));
  EXPECT_TRUE(server.is_joined("t"));
  EXPECT_THAT(server.Answer(Sent("1", "2", "phx_leave")),
              ElementsAre(R"(["1","2","t","phx_reply",{"response":{},"status":"ok"}])",
                          R"(["1","1","t","phx_close",{}])"));
  EXPECT_FALSE(server.is_joined("t"));
  EXPECT_THAT(server.Answer(Sent("1", "3", "phx_leave")),
              ElementsAre(R"(["1","3","t","phx_reply",{"response":{},"status":"ok"}])"));
}

TEST(PhoenixModelTest, ClosesTheOlderOfTwoJoinsAfterItHasAnsweredTheNewer) {
  PhoenixModel server;
  server.Answer(Sent("1", "1", "phx_join"));
  EXPECT_THAT(server.Answer(Sent("2", "2", "phx_join")),
              ElementsAre(R"(["2","2","t","phx_reply",{"response":{},"status":"ok"}])",
                          R"(["1","1","t","phx_close",{}])"));
  EXPECT_EQ(server.duplicate_joins(), 1);
}

TEST(PhoenixModelTest, AnswersPushesOfThePresentJoinOnly) {
  PhoenixModel server;
  EXPECT_THAT(server.Answer(Sent("1", "2", "e")),
              ElementsAre(R"([null,"2","t","phx_reply",)"
                          R"({"response":{"reason":"unmatched topic"},"status":"error"}])"));
  server.Answer(Sent("1", "1", "phx_join"));
  EXPECT_THAT(server.Answer(Sent("1", "2", "e")),
              ElementsAre(R"(["1","2","t","phx_reply",{"response":null,"status":"ok"}])"));
  EXPECT_THAT(server.Answer(Sent("9", "3", "e")), IsEmpty());
  EXPECT_THAT(server.Answer(Sent("9", "4", "phx_leave")), IsEmpty());
}

TEST(PhoenixModelTest, RefusesWhatItIsToldTo) {
  PhoenixModel server;
  server.Refuse("t");
  EXPECT_THAT(server.Answer(Sent("1", "1", "phx_join")),
              ElementsAre(R"(["1","1","t","phx_reply",)"
                          R"({"response":{"reason":"unauthorized"},"status":"error"}])"));
  server.Accept("t");
  EXPECT_THAT(server.Answer(Sent("1", "1", "phx_join")), ElementsAre(kJoined));
}

TEST(PhoenixModelTest, SpeaksOfJoinedTopicsOnly) {
  PhoenixModel server;
  EXPECT_EQ(
      server.Crash("t") + server.Close("t") + server.Push("t", "e") + server.Broadcast("t", "e"),
      "");
  server.Answer(Sent("1", "1", "phx_join"));
  EXPECT_EQ(server.Push("t", "e"), R"(["1",null,"t","e",{"from":"server"}])");
  EXPECT_EQ(server.Broadcast("t", "e"), R"([null,null,"t","e",{"from":"server"}])");
  EXPECT_EQ(server.Crash("t"), R"(["1","1","t","phx_error",{"reason":"channel_crash"}])");
  EXPECT_EQ(server.Close("t"), "");
}

TEST(PhoenixModelTest, KnowsNoJoinRefsInVersionOne) {
  PhoenixModel server(/*is_v1=*/true);
  const ClientFrame join = {
      .join_ref = {}, .ref = "1", .topic = "t", .event = "phx_join", .payload = {}, .bytes = {}};
  EXPECT_THAT(server.Answer(join),
              ElementsAre(R"({"event":"phx_reply","payload":{"response":{},"status":"ok"},)"
                          R"("ref":"1","topic":"t"})"));
  EXPECT_EQ(server.Close("t"), R"({"event":"phx_close","payload":{},"ref":null,"topic":"t"})");
}

TEST(PhoenixModelTest, ForgetsEverythingWithTheConnection) {
  PhoenixModel server;
  server.Answer(Sent("1", "1", "phx_join"));
  server.Reset();
  EXPECT_FALSE(server.is_joined("t"));
}

}  // namespace
}  // namespace phx::test
