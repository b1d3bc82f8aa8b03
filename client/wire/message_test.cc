#include "client/wire/message.h"

#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "client/wire/events.h"
#include "gtest/gtest.h"

namespace phx::wire {
namespace {

std::string Printed(const Message& message) {
  std::ostringstream out;
  out << message;
  return out.str();
}

Message BorrowedFrom(const std::string& buffer) {
  return Message{.join_ref = Text::Borrow(buffer),
                 .ref = Text::Borrow(buffer),
                 .topic = Text::Borrow(buffer),
                 .event = Text::Borrow(buffer),
                 .payload = Payload::JsonText(Text::Borrow(buffer)),
                 .status = Text::Borrow(buffer)};
}

TEST(MessageTest, CopyOwnsEveryField) {
  auto buffer = std::make_unique<std::string>("1234567");
  const Message borrowed = BorrowedFrom(*buffer);
  const std::vector<Message> constructed = {borrowed};
  Message assigned;
  assigned = borrowed;
  buffer.reset();
  const std::string text = "1234567";
  EXPECT_EQ(constructed[0], BorrowedFrom(text));
  EXPECT_EQ(assigned, BorrowedFrom(text));
}

TEST(MessageTest, MoveKeepsEveryFieldWhereItIs) {
  const std::string buffer = "1234567";
  Message original = BorrowedFrom(buffer);
  const Message moved = std::move(original);
  EXPECT_EQ(moved.join_ref->view().data(), buffer.data());
  EXPECT_EQ(moved.ref->view().data(), buffer.data());
  EXPECT_EQ(moved.topic.view().data(), buffer.data());
  EXPECT_EQ(moved.event.view().data(), buffer.data());
  EXPECT_EQ(moved.payload.text().data(), buffer.data());
  EXPECT_EQ(moved.status->view().data(), buffer.data());
}

TEST(MessageTest, DiffersInAnyField) {
  const Message message{.join_ref = "1", .ref = "2", .topic = "t", .event = "e"};
  EXPECT_EQ(message, Message(message));
  for (auto change :
       {+[](Message& m) { m.join_ref.reset(); }, +[](Message& m) { m.join_ref = "2"; },
        +[](Message& m) { m.ref.reset(); }, +[](Message& m) { m.topic = "u"; },
        +[](Message& m) { m.event = "f"; }, +[](Message& m) { m.status = "ok"; },
        +[](Message& m) { m.payload = Payload::Binary("{}"); }}) {
    Message other = message;
    change(other);
    EXPECT_NE(other, message) << other;
  }
}

TEST(MessageTest, PrintsAsItsTextFrame) {
  EXPECT_EQ(Printed({.join_ref = "1", .ref = "1", .topic = "room:1", .event = events::kJoin}),
            R"(["1","1","room:1","phx_join",{}])");
  EXPECT_EQ(Printed({.topic = "t", .event = "e", .payload = Payload::JsonText("[1]")}),
            R"([null,null,"t","e",[1]])");
  EXPECT_EQ(Printed({.ref = "2",
                     .topic = "t",
                     .event = events::kReply,
                     .payload = Payload::Binary("\x01"),
                     .status = "ok"}),
            R"([null,"2","t","phx_reply","ok",0x01])");
}

}  // namespace
}  // namespace phx::wire
