#include "mockserver/topic_table.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "mockserver/broadcast_message.h"
#include "mockserver/channel.h"

namespace phx::mock {
namespace {

class Member : public TopicTable::Member {
 public:
  explicit Member(absl::Status answer = absl::OkStatus()) : answer_(std::move(answer)) {}
  absl::Status OnBroadcast(const std::shared_ptr<const BroadcastMessage>& broadcast) override {
    events.push_back(broadcast->event());
    return answer_;
  }
  std::vector<std::string> events;

 private:
  absl::Status answer_;
};

std::shared_ptr<const BroadcastMessage> Message(std::string topic, std::string event) {
  return std::make_shared<const BroadcastMessage>(std::move(topic), std::move(event), Payload());
}

TEST(TopicTableTest, DeliversToTheMembersOfTheTopic) {
  TopicTable table;
  Member a;
  Member b;
  Member other;
  table.Subscribe("t", a);
  table.Subscribe("t", b);
  table.Subscribe("u", other);
  EXPECT_TRUE(table.Deliver(Message("t", "e"), nullptr).ok());
  EXPECT_TRUE(table.Deliver(Message("t", "f"), &a).ok());
  EXPECT_TRUE(table.Deliver(Message("nobody", "g"), nullptr).ok());
  EXPECT_EQ(a.events, std::vector<std::string>({"e"}));
  EXPECT_EQ(b.events, std::vector<std::string>({"e", "f"}));
  EXPECT_TRUE(other.events.empty());
}

TEST(TopicTableTest, ForgetsMembersThatUnsubscribeOrDie) {
  TopicTable table;
  Member stays;
  Member leaves;
  table.Subscribe("t", leaves);
  {
    Member dies;
    table.Subscribe("t", dies);
    table.Subscribe("t", stays);
  }
  table.Unsubscribe(leaves);
  table.Unsubscribe(leaves);  // twice does no harm
  EXPECT_TRUE(table.Deliver(Message("t", "e"), nullptr).ok());
  EXPECT_TRUE(leaves.events.empty());
  EXPECT_EQ(stays.events.size(), 1u);
  table.Subscribe("u", leaves);
  EXPECT_TRUE(table.Deliver(Message("u", "e"), nullptr).ok());
  EXPECT_EQ(leaves.events.size(), 1u);
}

TEST(TopicTableTest, StopsAtAMemberThatCannotCarryTheMessage) {
  TopicTable table;
  Member first;
  Member failing(absl::InvalidArgumentError("V1"));
  Member last;
  table.Subscribe("t", first);
  table.Subscribe("t", failing);
  table.Subscribe("t", last);
  EXPECT_EQ(table.Deliver(Message("t", "e"), nullptr).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(first.events.size(), 1u);
  EXPECT_TRUE(last.events.empty());
}

TEST(BroadcastMessageTest, EncodesOnceForEachVersion) {
  const auto message = Message("t", "e");
  const auto v2 = message->FrameFor(ProtocolVersion::kV2);
  const auto v1 = message->FrameFor(ProtocolVersion::kV1);
  ASSERT_TRUE(v2.ok() && v1.ok());
  EXPECT_EQ((*v2)->frame().data, R"([null,null,"t","e",{}])");
  EXPECT_EQ((*v1)->frame().data, R"({"event":"e","payload":{},"ref":null,"topic":"t"})");
  EXPECT_EQ(message->FrameFor(ProtocolVersion::kV2)->get(), v2->get());
}

TEST(BroadcastMessageTest, SaysWhatAVersionCannotCarry) {
  const BroadcastMessage binary("t", "e", Payload::Binary("x"));
  EXPECT_TRUE(binary.FrameFor(ProtocolVersion::kV2).ok());
  EXPECT_EQ(binary.FrameFor(ProtocolVersion::kV1).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace phx::mock
