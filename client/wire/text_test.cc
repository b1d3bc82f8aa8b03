#include "client/wire/text.h"

#include <functional>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_set>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace phx::wire {
namespace {

// A buffer that is gone (and, under AddressSanitizer, poisoned) at the end of a test's scope.
std::unique_ptr<std::string> Buffer(std::string_view bytes) {
  return std::make_unique<std::string>(bytes);
}

TEST(TextTest, OwnsWhatItIsMadeFrom) {
  auto buffer = Buffer("room:1, longer than any small string");
  const Text from_string(*buffer);
  const Text from_view{std::string_view(*buffer)};
  const Text from_chars(buffer->c_str());
  buffer.reset();
  for (const Text& text : {from_string, from_view, from_chars}) {
    EXPECT_EQ(text, "room:1, longer than any small string");
    EXPECT_TRUE(text.is_owned());
  }
}

TEST(TextTest, BorrowPointsAtTheBytes) {
  const std::string buffer = "room:1";
  const Text text = Text::Borrow(buffer);
  EXPECT_EQ(text.view().data(), buffer.data());
  EXPECT_EQ(text.size(), buffer.size());
  EXPECT_FALSE(text.is_owned());
}

TEST(TextTest, CopyOfABorrowedTextOutlivesTheBytes) {
  auto buffer = Buffer("room:1");
  const Text borrowed = Text::Borrow(*buffer);
  const std::vector<Text> constructed = {borrowed};
  Text assigned = "something that was there before";
  assigned = borrowed;
  buffer.reset();
  EXPECT_EQ(constructed[0], "room:1");
  EXPECT_EQ(assigned, "room:1");
  EXPECT_TRUE(constructed[0].is_owned());
  EXPECT_TRUE(assigned.is_owned());
}

TEST(TextTest, CopiesOfAnOwnedTextAreIndependent) {
  auto original = std::make_unique<Text>("room:1");
  const Text copy = *original;
  EXPECT_NE(copy.view().data(), original->view().data());
  original.reset();
  EXPECT_EQ(copy, "room:1");
}

TEST(TextTest, MoveKeepsTheBytesWhereTheyAre) {
  Text owned = "room:1";
  const char* const bytes = owned.view().data();
  Text constructed(std::move(owned));
  EXPECT_EQ(constructed.view().data(), bytes);
  Text assigned = "something that was there before";
  assigned = std::move(constructed);
  EXPECT_EQ(assigned.view().data(), bytes);
  EXPECT_EQ(assigned, "room:1");
  EXPECT_TRUE(assigned.is_owned());
}

TEST(TextTest, MoveOfABorrowedTextStaysBorrowed) {
  const std::string buffer = "room:1";
  Text borrowed = Text::Borrow(buffer);
  const Text moved = std::move(borrowed);
  EXPECT_EQ(moved.view().data(), buffer.data());
  EXPECT_FALSE(moved.is_owned());
}

TEST(TextTest, MovedFromTextIsEmptyAndUsable) {
  Text text = "room:1";
  const Text taken = std::move(text);
  EXPECT_TRUE(text.empty());  // NOLINT(bugprone-use-after-move)
  text = "room:2";
  EXPECT_EQ(text, "room:2");
  EXPECT_EQ(taken, "room:1");
}

TEST(TextTest, SelfAssignmentChangesNothing) {
  Text text = "room:1";
  Text& same = text;
  text = same;
  EXPECT_EQ(text, "room:1");
  text = std::move(same);
  EXPECT_EQ(text, "room:1");
  EXPECT_TRUE(text.is_owned());
}

TEST(TextTest, AssignmentFromItsOwnBytesKeepsThem) {
  Text text = "room:1";
  text = text.view().substr(5);
  EXPECT_EQ(text, "1");
}

TEST(TextTest, OwnTakesTheBytesOnce) {
  auto buffer = Buffer("room:1");
  Text text = Text::Borrow(*buffer);
  text.Own();
  buffer.reset();
  EXPECT_EQ(text, "room:1");
  const char* const bytes = text.view().data();
  text.Own();
  EXPECT_EQ(text.view().data(), bytes);
}

TEST(TextTest, EmptyTextsNeedNoBytes) {
  auto buffer = Buffer("");
  const Text borrowed = Text::Borrow(*buffer);
  Text copy = "before";
  copy = borrowed;
  buffer.reset();
  for (const Text& text : {Text(), Text(""), copy}) {
    EXPECT_TRUE(text.empty());
    EXPECT_TRUE(text.is_owned());
    EXPECT_EQ(text, "");
    EXPECT_EQ(text.ToString(), "");
  }
}

TEST(TextTest, HoldsAnyBytes) {
  constexpr std::string_view kBytes("a\0b\xff", 4);
  const Text text(kBytes);
  EXPECT_EQ(text.size(), 4);
  EXPECT_EQ(text.view(), kBytes);
  EXPECT_EQ(text.ToString(), kBytes);
}

TEST(TextTest, ComparesByBytesWithEverySpellingOfAString) {
  const Text text = "room:1";
  const std::string buffer = "room:1";
  EXPECT_EQ(text, Text::Borrow(buffer));
  EXPECT_EQ(text, "room:1");
  EXPECT_EQ("room:1", text);
  EXPECT_EQ(text, buffer);
  EXPECT_EQ(buffer, text);
  EXPECT_EQ(text, std::string_view(buffer));
  EXPECT_EQ(std::string_view(buffer), text);
  EXPECT_NE(text, "room:2");
  EXPECT_NE(text, "room:");
  EXPECT_EQ(std::optional<Text>(text), text);
}

TEST(TextTest, HashesAsItCompares) {
  const std::string buffer = "room:1";
  EXPECT_EQ(std::hash<Text>{}("room:1"), std::hash<Text>{}(Text::Borrow(buffer)));
  const std::unordered_set<Text> topics = {"room:1", "room:2", Text::Borrow(buffer)};
  EXPECT_EQ(topics.size(), 2);
}

TEST(TextTest, PrintsItsBytes) {
  std::ostringstream out;
  out << Text("room:1");
  EXPECT_EQ(out.str(), "room:1");
}

TEST(TextTest, IsSmallAndMovesWithoutThrowing) {
  EXPECT_EQ(sizeof(Text), 16);
  EXPECT_TRUE(std::is_nothrow_move_constructible_v<Text>);
  EXPECT_TRUE(std::is_nothrow_move_assignable_v<Text>);
}

}  // namespace
}  // namespace phx::wire
