#include "mockserver/recorder.h"

#include <chrono>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"

namespace phx::mock {
namespace {

constexpr std::chrono::seconds kPatience{10};
constexpr std::chrono::milliseconds kNoWait{0};

Received Frame(std::string topic, std::string event, ConnectionId connection = 1) {
  Received received;
  received.connection = connection;
  received.topic = std::move(topic);
  received.event = std::move(event);
  received.data = "the frame";
  return received;
}

TEST(RecorderTest, HandsOutEachThingOnce) {
  Recorder recorder(10);
  recorder.Record(Frame("room:1", "phx_join", 1));
  recorder.Record(Frame("room:1", "phx_join", 2));
  EXPECT_EQ(recorder.AwaitJoin("room:1", kNoWait)->connection, 1u);
  EXPECT_EQ(recorder.AwaitJoin("room:1", kNoWait)->connection, 2u);
  EXPECT_FALSE(recorder.AwaitJoin("room:1", kNoWait).ok());
  EXPECT_EQ(recorder.All().size(), 2u);
}

TEST(RecorderTest, FindsByTopicEventAndKind) {
  Recorder recorder(10);
  recorder.Record(Frame("room:1", "a"));
  recorder.Record(Frame("room:2", "b"));
  Received ping;
  ping.kind = Received::Kind::kPing;
  recorder.Record(ping);
  EXPECT_EQ(recorder.AwaitFrame("", "b", kNoWait)->topic, "room:2");
  EXPECT_EQ(recorder.AwaitFrame("room:1", "", kNoWait)->event, "a");
  EXPECT_TRUE(recorder.Await(Received::Kind::kPing, kNoWait).ok());
  EXPECT_FALSE(recorder.Await(Received::Kind::kPong, kNoWait).ok());
  EXPECT_EQ(recorder.Count([](const Received& r) { return r.topic == "room:1"; }), 1u);
}

TEST(RecorderTest, WaitsForWhatComesLater) {
  Recorder recorder(10);
  std::thread thread([&] {
    recorder.Record(Frame("other", "x"));
    recorder.Record(Frame("room:1", "late"));
  });
  EXPECT_TRUE(recorder.AwaitFrame("room:1", "late", kPatience).ok());
  thread.join();
}

TEST(RecorderTest, SaysWhatDidArriveInstead) {
  Recorder recorder(10);
  recorder.Record(Frame("room:2", "phx_join", 6));
  recorder.Record(Frame("room:1", "a", 7));
  ASSERT_TRUE(recorder.AwaitJoin("room:2", kNoWait).ok());
  const absl::Status missing = recorder.AwaitJoin("room:2", kNoWait).status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(missing.message(),
            "no frame \"phx_join\" on \"room:2\" arrived in time; what did, at the end:\n"
            "  #6 frame the frame (handed out before)\n"
            "  #7 frame the frame");
  EXPECT_EQ(recorder.AwaitFrame("", "b", kNoWait).status().message().substr(0, 12),
            "no frame \"b\"");
  EXPECT_EQ(recorder.Await(Received::Kind::kPing, kNoWait).status().message().substr(0, 7),
            "no ping");
}

TEST(RecorderTest, KeepsTheLastThingsOnly) {
  Recorder recorder(2);
  for (const char* event : {"a", "b", "c"}) recorder.Record(Frame("t", event));
  ASSERT_EQ(recorder.All().size(), 2u);
  EXPECT_EQ(recorder.All().front().event, "b");
  recorder.Clear();
  EXPECT_TRUE(recorder.All().empty());
}

TEST(RecorderTest, RecordsNothingIfItIsOff) {
  Recorder recorder(0);
  recorder.Record(Frame("t", "e"));
  EXPECT_TRUE(recorder.All().empty());
  EXPECT_EQ(recorder.AwaitFrame("t", "e", kNoWait).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(RecorderTest, KeepsTheQueryOfARequestOutOfMessages) {
  Recorder recorder(10);
  Received request;
  request.kind = Received::Kind::kRequest;
  request.info.path = "/socket/websocket";
  request.data = "http://a/socket/websocket?token=secret";
  recorder.Record(request);
  const std::string message(recorder.AwaitJoin("t", kNoWait).status().message());
  EXPECT_NE(message.find("/socket/websocket"), std::string::npos);
  EXPECT_EQ(message.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace phx::mock
