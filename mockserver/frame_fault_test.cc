// Faults of frames, on sessions in virtual time.
#include "mockserver/frame_fault.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "mockserver/faults.h"
#include "mockserver/ready_set.h"
#include "mockserver/session_core.h"
#include "mockserver/session_script.h"
#include "mockserver/user_socket.h"

namespace phx::mock {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = FrameFault::Kind;

std::string Echo(int ref) { return R"(["1",")" + std::to_string(ref) + R"(","room:1","echo",{}])"; }
std::string Echoed(int ref, const std::string& status = "ok") {
  return R"(["1",")" + std::to_string(ref) + R"(","room:1","phx_reply",{"response":{},"status":")" +
         status + R"("}])";
}

class FrameFaultTest : public ::testing::Test {
 protected:
  // A client that has joined before anything goes wrong.
  std::unique_ptr<SessionScript> Joined(std::vector<FrameFault> faults, std::uint64_t seed = 0,
                                        ConnectionId connection = 1) {
    SessionOptions options;
    options.connection = connection;
    options.assigns = {{"sid", nullptr}};
    auto client = std::make_unique<SessionScript>(world_, socket_, std::move(options));
    client->Join("room:1");
    Faults set;
    set.frames = std::move(faults);
    set.seed = seed;
    client->core().SetFaults(std::make_shared<const Faults>(std::move(set)));
    return client;
  }

  SessionWorld world_;
  const UserSocket socket_ = ReadySet().front();
};

TEST_F(FrameFaultTest, DropsTheFramesThatItCounts) {
  const auto client = Joined({{.kind = Kind::kDrop, .event = "phx_reply", .skip = 1, .count = 2}});
  EXPECT_THAT(client->Send({Echo(2), Echo(3), Echo(4), Echo(5)}),
              ElementsAre(Echoed(2), Echoed(5)));
}

TEST_F(FrameFaultTest, ActsOnItsTopicAndEventOnly) {
  const auto client = Joined({{.kind = Kind::kDrop, .topic = "room:*", .event = "pushed"},
                              {.kind = Kind::kDrop, .topic = "lobby:*"}});
  EXPECT_THAT(client->Send({R"(["1","2","room:1","push_and_reply",{}])"}), ElementsAre(Echoed(2)));
}

TEST_F(FrameFaultTest, DuplicatesBroadcasts) {
  const auto client = Joined({{.kind = Kind::kDuplicate, .event = "shouted"}});
  const std::string shouted = R"([null,null,"room:1","shouted",{}])";
  EXPECT_THAT(client->Send({R"(["1","2","room:1","shout",{}])"}), ElementsAre(shouted, shouted));
}

TEST_F(FrameFaultTest, DelaysAFrameWhileOthersPass) {
  const auto client = Joined({{.kind = Kind::kDelay, .count = 1, .delay = milliseconds(200)}});
  EXPECT_THAT(client->Send({Echo(2), Echo(3)}), ElementsAre(Echoed(3)));
  world_.Advance(milliseconds(199));
  EXPECT_THAT(client->Take(), IsEmpty());
  world_.Advance(milliseconds(1));
  EXPECT_THAT(client->Take(), ElementsAre(Echoed(2)));
}

TEST_F(FrameFaultTest, ReordersTwoFrames) {
  const auto client = Joined({{.kind = Kind::kReorder, .count = 1}});
  EXPECT_THAT(client->Send({Echo(2)}), IsEmpty());
  EXPECT_THAT(client->Send({Echo(3), Echo(4)}), ElementsAre(Echoed(3), Echoed(2), Echoed(4)));
}

TEST_F(FrameFaultTest, TruncatesAFrame) {
  const auto client = Joined({{.kind = Kind::kTruncate, .size = 10}});
  EXPECT_THAT(client->Send({Echo(2)}), ElementsAre(Echoed(2).substr(0, 10)));
}

TEST_F(FrameFaultTest, CorruptsAByteThatTheSeedDraws) {
  const auto corrupt = [&](std::uint64_t seed) {
    return Joined({{.kind = Kind::kCorrupt}}, seed)->Send({Echo(2)}).at(0);
  };
  EXPECT_NE(corrupt(1).find('\x01'), std::string::npos);
  EXPECT_EQ(corrupt(1).size(), Echoed(2).size());
  EXPECT_EQ(corrupt(1), corrupt(1));
  EXPECT_NE(corrupt(1), corrupt(2));
}

TEST_F(FrameFaultTest, RepliesWithAnotherRefOrStatus) {
  const auto client = Joined({{.kind = Kind::kRef, .count = 1, .text = R"("99")"},
                              {.kind = Kind::kStatus, .text = "error"}});
  EXPECT_THAT(client->Send({Echo(2)}), ElementsAre(Echoed(99)));
  EXPECT_THAT(client->Send({Echo(3)}), ElementsAre(Echoed(3, "error")));
}

TEST_F(FrameFaultTest, ClosesInPlaceOfAFrame) {
  const auto client = Joined({{.kind = Kind::kClose, .skip = 1, .close_code = 4000}});
  EXPECT_THAT(client->Send({Echo(2), Echo(3), Echo(4)}), ElementsAre(Echoed(2), "close 4000"));
}

TEST_F(FrameFaultTest, ResetsInPlaceOfAFrame) {
  const auto client = Joined(
      {{.kind = Kind::kReset, .direction = FrameFault::Direction::kFromClient, .event = "echo"}});
  EXPECT_THAT(client->Send({Echo(2), Echo(3)}), ElementsAre("reset"));
}

TEST_F(FrameFaultTest, LosesWhatTheClientSends) {
  const auto client = Joined({{.kind = Kind::kDrop,
                               .direction = FrameFault::Direction::kFromClient,
                               .event = "echo",
                               .count = 1}});
  EXPECT_THAT(client->Send({Echo(2), Echo(3)}), ElementsAre(Echoed(3)));
}

TEST_F(FrameFaultTest, HandlesTwiceWhatTheClientSendsOnce) {
  const auto client =
      Joined({{.kind = Kind::kDuplicate, .direction = FrameFault::Direction::kFromClient}});
  EXPECT_THAT(client->Send({Echo(2)}), ElementsAre(Echoed(2), Echoed(2)));
}

TEST_F(FrameFaultTest, HandlesLaterWhatTheClientSends) {
  const auto client = Joined({{.kind = Kind::kDelay,
                               .direction = FrameFault::Direction::kFromClient,
                               .count = 1,
                               .delay = milliseconds(50)}});
  EXPECT_THAT(client->Send({Echo(2), Echo(3)}), ElementsAre(Echoed(3)));
  world_.Advance(milliseconds(50));
  EXPECT_THAT(client->Take(), ElementsAre(Echoed(2)));
}

TEST_F(FrameFaultTest, DrawsTheSameFramesFromTheSameSeed) {
  std::vector<std::string> echoes;
  for (int ref = 2; ref != 200; ++ref) echoes.push_back(Echo(ref));
  const auto sent = [&](std::uint64_t seed, ConnectionId connection) {
    return Joined({{.kind = Kind::kDrop, .probability = 0.25}}, seed, connection)->Send(echoes);
  };
  const Frames once = sent(1, 1);
  EXPECT_GT(once.size(), echoes.size() / 2);
  EXPECT_LT(once.size(), echoes.size());
  EXPECT_EQ(once, sent(1, 1));
  EXPECT_NE(once, sent(2, 1));
  EXPECT_NE(once, sent(1, 2));
}

}  // namespace
}  // namespace phx::mock
