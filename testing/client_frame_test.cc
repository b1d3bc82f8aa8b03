#include "testing/client_frame.h"

#include <optional>
#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace phx::test {
namespace {

std::optional<ClientFrame> Text(std::string_view text) {
  return ParseClientFrame({wire::FrameType::kText, text});
}

TEST(ClientFrameTest, ReadsVersionTwo) {
  const auto frame = Text(R"(["1",null,"t","e",{"n":1}])");
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->join_ref, "1");
  EXPECT_EQ(frame->ref, std::nullopt);
  EXPECT_EQ(frame->ref_number(), 0);
  EXPECT_EQ(frame->topic, "t");
  EXPECT_EQ(frame->event, "e");
  EXPECT_EQ(frame->payload["n"], 1);
}

TEST(ClientFrameTest, ReadsVersionOne) {
  const auto frame = Text(R"({"topic":"t","event":"e","payload":null,"ref":"12"})");
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->join_ref, std::nullopt);
  EXPECT_EQ(frame->ref_number(), 12);
}

TEST(ClientFrameTest, ReadsABinaryPush) {
  const std::string bytes = std::string("\0\1\1\1\1", 5) + "12te" + "data";
  const auto frame = ParseClientFrame({wire::FrameType::kBinary, bytes});
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->join_ref, "1");
  EXPECT_EQ(frame->ref, "2");
  EXPECT_EQ(frame->topic, "t");
  EXPECT_EQ(frame->event, "e");
  EXPECT_EQ(frame->bytes, "data");
  EXPECT_EQ(FrameToJson({wire::FrameType::kBinary, bytes}).dump(), R"(["1","2","t","e","data"])");
}

TEST(ClientFrameTest, ReadsNothingElse) {
  for (const char* text : {"", "[]", "{}", "7", R"([1,null,"t","e",{}])", R"([null,null,"t","e"])",
                           R"({"topic":"t","event":"e","payload":{}})",
                           R"({"topic":7,"event":"e","payload":{},"ref":null})"}) {
    EXPECT_FALSE(Text(text).has_value()) << text;
  }
  for (const std::string& bytes :
       {std::string(), std::string("\1\1\1\1\1ab", 7), std::string("\0\xff\1\1\1", 5)}) {
    EXPECT_FALSE(ParseClientFrame({wire::FrameType::kBinary, bytes}).has_value());
  }
}

}  // namespace
}  // namespace phx::test
