#include "client/transport/message_deflate.h"

#include <cstddef>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace phx {
namespace {

std::string Inflated(MessageInflater& inflater, std::string_view compressed) {
  const absl::Status status = inflater.Inflate(compressed);
  EXPECT_TRUE(status.ok()) << status;
  return std::string(inflater.message());
}

// RFC 7692 7.2.3.1 and 7.2.3.2.
TEST(MessageDeflateTest, UnderstandsTheExamplesOfTheRfc) {
  MessageInflater inflater({.max_size = 100});
  EXPECT_EQ(Inflated(inflater, "\xf2\x48\xcd\xc9\xc9\x07" + std::string(1, '\0')), "Hello");
  EXPECT_EQ(Inflated(inflater, {"\xf2\x00\x11\x00\x00", 5}), "Hello");  // by what came before
}

// 7.2.3.3, 7.2.3.4 and 7.2.3.6.
TEST(MessageDeflateTest, UnderstandsUnusualBlocks) {
  MessageInflater inflater({.max_size = 100});
  EXPECT_EQ(Inflated(inflater, {"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", 11}), "Hello");
  EXPECT_EQ(Inflated(inflater, {"\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 8}), "Hello");
  EXPECT_EQ(Inflated(inflater, {"\xf2\x48\xcd\xc9\xc9\x07\x00", 7}), "Hello");
  EXPECT_EQ(Inflated(inflater, {"\x00", 1}), "");
}

std::vector<std::string> Messages() {
  std::mt19937 random(3);
  std::vector<std::string> messages = {"Hello", "Hello", std::string(200'000, 'a')};
  for (const std::size_t size : {1U, 63U, 4096U, 100'000U}) {
    std::string message(size, '\0');
    for (char& c : message) c = static_cast<char>(random());
    messages.push_back(message);
  }
  messages.insert(messages.end(), 20, R"(["3","9","room:1","new_msg",{"body":"hello"}])");
  return messages;
}

class MessageDeflateRoundTripTest : public ::testing::TestWithParam<MessageDeflater::Options> {};

TEST_P(MessageDeflateRoundTripTest, MessagesComeBackAsTheyWent) {
  MessageDeflater deflater(GetParam());
  MessageInflater inflater({.window_bits = GetParam().window_bits, .max_size = 1'000'000});
  for (const std::string& message : Messages()) {
    EXPECT_TRUE(Inflated(inflater, deflater.Deflate(message)) == message);
  }
}

INSTANTIATE_TEST_SUITE_P(All, MessageDeflateRoundTripTest,
                         ::testing::Values(MessageDeflater::Options{},
                                           MessageDeflater::Options{.level = 1},
                                           MessageDeflater::Options{.level = 9, .window_bits = 9},
                                           MessageDeflater::Options{.no_context_takeover = true}));

TEST(MessageDeflateTest, WhatWasSentBeforeMakesTheNextOneSmaller) {
  const std::string message = R"(["3","9","room:1","new_msg",{"body":"hello"}])";
  MessageDeflater keeping({});
  const std::size_t first = keeping.Deflate(message).size();
  EXPECT_LT(keeping.Deflate(message).size(), first / 2);
  MessageDeflater forgetting({.no_context_takeover = true});
  EXPECT_EQ(forgetting.Deflate(message).size(), first);
  EXPECT_EQ(forgetting.Deflate(message).size(), first);
}

// A few bytes on the wire may stand for gigabytes.
TEST(MessageDeflateTest, AMessageOverTheLimitIsNotDecompressed) {
  MessageDeflater deflater({});
  const std::string huge(10'000'000, 'a');  // NOLINT(bugprone-string-constructor)
  const std::string compressed(deflater.Deflate(huge));
  EXPECT_LT(compressed.size(), 20'000U);
  MessageInflater inflater({.max_size = 1000});
  EXPECT_EQ(inflater.Inflate(compressed).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_LE(inflater.message().size(), 1001U);
}

TEST(MessageDeflateTest, AMessageOfExactlyTheLimitIsAccepted) {
  MessageDeflater deflater({.no_context_takeover = true});
  const std::string compressed(deflater.Deflate(std::string(5000, 'a')));
  MessageInflater inflater({.max_size = 5000});
  EXPECT_EQ(Inflated(inflater, compressed), std::string(5000, 'a'));
  MessageInflater smaller({.max_size = 4999});
  EXPECT_EQ(smaller.Inflate(compressed).code(), absl::StatusCode::kResourceExhausted);
}

TEST(MessageDeflateTest, TheLargestLimitIsNone) {
  MessageDeflater deflater({});
  MessageInflater inflater({.max_size = std::numeric_limits<std::size_t>::max()});
  EXPECT_EQ(Inflated(inflater, deflater.Deflate(std::string(5000, 'a'))), std::string(5000, 'a'));
}

TEST(MessageDeflateTest, GarbageIsDataLoss) {
  MessageInflater inflater({.max_size = 1000});
  EXPECT_EQ(inflater.Inflate("\xff\xff\xff").code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace phx
