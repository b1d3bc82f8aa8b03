// Each fault of frames, and of joins and replies, on the wire: set as JSON, as a test in another
// language sets it.
#include <chrono>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "mockserver/channel.h"
#include "mockserver/faults.h"
#include "mockserver/faults_json.h"
#include "mockserver/ready_options.h"
#include "mockserver/server.h"
#include "mockserver/test_connection.h"
#include "testing/goldens/raw_client.h"
#include "testing/goldens/replay_target.h"

namespace phx::mock {
namespace {

using std::chrono::milliseconds;
using test::RawClient;

std::string Push(int ref, const std::string& event = "echo") {
  return R"(["1",")" + std::to_string(ref) + R"(","room:1",")" + event + R"(",{}])";
}
std::string Echoed(int ref, const std::string& status = "ok") {
  return R"(["1",")" + std::to_string(ref) + R"(","room:1","phx_reply",{"response":{},"status":")" +
         status + R"("}])";
}

Faults FromText(const std::string& json) {
  const absl::StatusOr<Faults> faults = FaultsFromJson(Json::parse(json));
  EXPECT_TRUE(faults.ok()) << faults.status();
  return faults.ok() ? *faults : Faults();
}

// What the client is sent that pushes an echo with each of the refs 2, 3 and 4.
struct Case {
  std::string name;
  std::string faults;
  std::vector<std::string> come;
};
std::ostream& operator<<(std::ostream& os, const Case& c) { return os << c.name; }

class FrameFaultServerTest : public ::testing::TestWithParam<Case> {};

TEST_P(FrameFaultServerTest, IsSeenByTheClient) {
  Server server(ReadyOptions());
  const auto client = Joined(server);
  server.SetFaults(FromText(GetParam().faults));
  EXPECT_TRUE(client->SendTexts({Push(2), Push(3), Push(4)}).ok());
  std::vector<std::string> came(GetParam().come.size());
  for (std::string& text : came) text = client->AwaitText();
  EXPECT_EQ(came, GetParam().come);
  EXPECT_EQ(client->Poll(), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, FrameFaultServerTest,
    ::testing::Values(
        Case{"Drop",
             R"({"frames": [{"kind": "drop", "topic": "room:*", "event": "phx_reply", "skip": 1,
                             "count": 1}]})",
             {Echoed(2), Echoed(4)}},
        Case{"Duplicate",
             R"({"frames": [{"kind": "duplicate", "count": 1}]})",
             {Echoed(2), Echoed(2), Echoed(3), Echoed(4)}},
        Case{"Delay",
             R"({"frames": [{"kind": "delay", "count": 1, "delay_ms": 30}]})",
             {Echoed(3), Echoed(4), Echoed(2)}},
        Case{"Reorder",
             R"({"frames": [{"kind": "reorder", "count": 1}]})",
             {Echoed(3), Echoed(2), Echoed(4)}},
        Case{"Truncate",
             R"({"frames": [{"kind": "truncate", "count": 1, "size": 9}]})",
             {Echoed(2).substr(0, 9), Echoed(3), Echoed(4)}},
        Case{"WrongRef",
             R"({"frames": [{"kind": "ref", "count": 1, "text": "\"99\""}]})",
             {Echoed(99), Echoed(3), Echoed(4)}},
        Case{"ErrorStatus",
             R"({"frames": [{"kind": "status", "count": 1, "text": "error"}]})",
             {Echoed(2, "error"), Echoed(3), Echoed(4)}},
        Case{"OtherTopic",
             R"({"frames": [{"kind": "drop", "topic": "lobby:*"}]})",
             {Echoed(2), Echoed(3), Echoed(4)}},
        Case{"DropOfTheClients",
             R"({"frames": [{"kind": "drop", "direction": "from_client", "count": 2}]})",
             {Echoed(4)}},
        Case{"DuplicateOfTheClients",
             R"({"frames": [{"kind": "duplicate", "direction": "from_client", "event": "echo",
                             "skip": 2}]})",
             {Echoed(2), Echoed(3), Echoed(4), Echoed(4)}},
        Case{"DelayOfTheClients",
             R"({"frames": [{"kind": "delay", "direction": "from_client", "count": 1,
                             "delay_ms": 30}]})",
             {Echoed(3), Echoed(4), Echoed(2)}},
        Case{"ReplyRefOfEveryReply",
             R"({"reply_ref": "\"7\""})",
             {Echoed(7), Echoed(7), Echoed(7)}}),
    [](const auto& test) { return test.param.name; });

TEST(FrameFaultServerTest, CorruptsAByteThatTheSeedDraws) {
  const auto corrupted = [](int seed) {
    Server server(ReadyOptions());
    const auto client = Joined(server);
    server.SetFaults(
        FromText(R"({"seed": )" + std::to_string(seed) + R"(, "frames": [{"kind": "corrupt"}]})"));
    EXPECT_TRUE(client->SendText(Push(2)).ok());
    return client->AwaitText();
  };
  const std::string text = corrupted(1);
  EXPECT_EQ(text.size(), Echoed(2).size());
  EXPECT_NE(text.find('\x01'), std::string::npos);
  EXPECT_EQ(text, corrupted(1));
  EXPECT_NE(text, corrupted(2));
}

TEST(FrameFaultServerTest, LosesTheSameFramesOnTheSameSeed) {
  const auto came = [](int seed) {
    Server server(ReadyOptions());
    const auto client = Joined(server);
    server.SetFaults(FromText(R"({"seed": )" + std::to_string(seed) +
                              R"(, "frames": [{"kind": "drop", "event": "phx_reply",
                                               "topic": "room:*", "probability": 0.5}]})"));
    std::vector<std::string> pushes;
    for (int ref = 2; ref != 34; ++ref) pushes.push_back(Push(ref));
    pushes.push_back(Push(34, "push_me"));  // what is pushed is no reply
    EXPECT_TRUE(client->SendTexts(pushes).ok());
    std::vector<std::string> texts;
    do {
      texts.push_back(client->AwaitText());
    } while (texts.back().find("pushed") == std::string::npos);
    return texts;
  };
  const std::vector<std::string> once = came(1);
  EXPECT_GT(once.size(), 2U);
  EXPECT_LT(once.size(), 33U);
  EXPECT_EQ(once, came(1));
  EXPECT_NE(once, came(2));
}

// One connection's faults are not another's.
TEST(FrameFaultServerTest, ActsOnTheConnectionThatIsNamed) {
  Server server(ReadyOptions());
  const auto first = Joined(server);
  const auto second = Joined(server);
  server.SetFaults({.reply_ref = "\"7\""}, server.connections()[1]);
  for (RawClient* client : {first.get(), second.get()}) {
    ASSERT_TRUE(client->SendText(Push(2)).ok());
  }
  EXPECT_EQ(first->AwaitText(), Echoed(2));
  EXPECT_EQ(second->AwaitText(), Echoed(7));
  const auto later = Joined(server);
  ASSERT_TRUE(later->SendText(Push(2)).ok());
  EXPECT_EQ(later->AwaitText(), Echoed(2));
  server.SetFaults({});
  ASSERT_TRUE(second->SendText(Push(3)).ok());
  EXPECT_EQ(second->AwaitText(), Echoed(3));
}

TEST(FrameFaultServerTest, AJoinIsNeverAnsweredOrLate) {
  Server server(ReadyOptions());
  const auto client = Open(server);
  server.SetFaults({.ignore_joins = true});
  ASSERT_TRUE(client->SendText(kJoin).ok());
  ASSERT_TRUE(client->SendText(Push(2)).ok());
  EXPECT_EQ(client->AwaitText(), R"([null,"2","room:1","phx_reply",)"
                                 R"({"response":{"reason":"unmatched topic"},"status":"error"}])");
  server.SetFaults({.delay_joins = milliseconds(40), .delayed_joins_block_socket = false});
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(client->SendTexts({kJoin, R"([null,"9","phoenix","heartbeat",{}])"}).ok());
  EXPECT_NE(client->AwaitText().find("phoenix"), std::string::npos);
  EXPECT_NE(client->AwaitText().find(R"(["1","1","room:1","phx_reply")"), std::string::npos);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(40));
}

}  // namespace
}  // namespace phx::mock
