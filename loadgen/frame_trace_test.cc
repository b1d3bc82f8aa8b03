#include "loadgen/frame_trace.h"

#include <string>
#include <vector>

#include "client/wire/events.h"
#include "client/wire/payload.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class FrameTraceTest : public ::testing::Test {
 protected:
  std::string Encode(const wire::Message& message) {
    std::string out;
    EXPECT_TRUE(trace_.Encode(message, out).ok());
    return out;
  }

  std::vector<std::string> lines_;
  FrameTrace trace_{[this](std::string line) { lines_.push_back(std::move(line)); }};
};

TEST_F(FrameTraceTest, TellsOfWhatGoesOutAndComesIn) {
  const wire::Message push = {.join_ref = "1",
                              .ref = "2",
                              .topic = "room:\"1\"",
                              .event = "msg",
                              .payload = wire::Payload::JsonText(R"({"a":1})")};
  const std::string frame = Encode(push);
  EXPECT_EQ(frame, R"(["1","2","room:\"1\"","msg",{"a":1}])");
  ASSERT_TRUE(trace_.Decode({.data = R"([null,null,"room:1","msg",{}])"}).ok());
  EXPECT_THAT(lines_, ElementsAre("-> " + frame, R"(<- [null,null,"room:1","msg",{}])"));
}

TEST_F(FrameTraceTest, WhatIsSentWithAJoinMayBeSecret) {
  const std::string frame = Encode({.join_ref = "1",
                                    .ref = "1",
                                    .topic = "room:1",
                                    .event = events::kJoin,
                                    .payload = wire::Payload::JsonText(R"({"token":"hunter2"})")});
  EXPECT_THAT(frame, HasSubstr("hunter2"));
  EXPECT_THAT(lines_, ElementsAre(R"(-> ["1","1","room:1","phx_join",(19 bytes, not shown)])"));
}

TEST_F(FrameTraceTest, BytesAreCountedAndLongPayloadsCutOff) {
  Encode({.join_ref = "1",
          .ref = "2",
          .topic = "t",
          .event = "e",
          .payload = wire::Payload::Binary("\x01\x02")});
  Encode({.topic = "t",
          .event = "e",
          .payload = wire::Payload::JsonText("\"" + std::string(600, 'x') + "\"")});
  EXPECT_EQ(lines_[0], R"(-> ["1","2","t","e",(2 bytes)])");
  EXPECT_THAT(lines_[1], HasSubstr("xxx… (602 bytes)]"));
  EXPECT_THAT(lines_[1], Not(HasSubstr(std::string(500, 'x'))));
}

TEST_F(FrameTraceTest, FramesThatAreNoMessageAreToldOfToo) {
  EXPECT_FALSE(trace_.Decode({.data = "{}"}).ok());
  EXPECT_THAT(lines_, ElementsAre(HasSubstr("<- (2 bytes that are no message: ")));
}

}  // namespace
}  // namespace phx::loadgen
