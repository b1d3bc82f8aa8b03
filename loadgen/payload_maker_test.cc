#include "loadgen/payload_maker.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {
namespace {

using Json = nlohmann::ordered_json;

constexpr BroadcastStamp kStamp = {.run = 1, .sender = 2, .sequence = 3, .intended = Duration(4)};

PayloadTemplate JsonOf(const char* text, SizeRange size) {
  return {.text = *UserTemplate::OfJson(Json::parse(text), {}), .size = size};
}

TEST(PayloadMakerTest, FillsUpToTheSizeThatIsDrawn) {
  SeededRandom random(1);
  const PayloadTemplate payload = JsonOf(R"({"from":"{user}","data":"{data}"})", {{40}, {60}});
  std::set<std::size_t> sizes;
  for (int i = 0; i < 200; ++i) {
    const wire::Payload made = MakePayload(payload, {.user = 7}, &random);
    sizes.insert(made.text().size());
    EXPECT_EQ(made.json()["from"], "7");
  }
  EXPECT_EQ(*sizes.begin(), 40);
  EXPECT_EQ(*sizes.rbegin(), 60);
  EXPECT_GT(sizes.size(), 15);
}

TEST(PayloadMakerTest, TheSameSeedDrawsTheSameSizes) {
  const PayloadTemplate payload = JsonOf(R"({"data":"{data}"})", {{20}, {2000}});
  const auto drawn = [&payload](std::uint64_t seed) {
    SeededRandom random(seed);
    std::vector<std::size_t> sizes;
    constexpr int kDraws = 10;
    sizes.reserve(kDraws);
    for (int i = 0; i < kDraws; ++i) {
      sizes.push_back(MakePayload(payload, {}, &random).text().size());
    }
    return sizes;
  };
  EXPECT_EQ(drawn(5), drawn(5));
  EXPECT_NE(drawn(5), drawn(6));
}

TEST(PayloadMakerTest, AConstantOneIsNotCopied) {
  SeededRandom random(1);
  const PayloadTemplate payload = {.text = UserTemplate::Constant(R"({ "a": 1 })")};
  EXPECT_EQ(MakePayload(payload, {}, &random).text().data(), payload.text.constant().data());
}

TEST(PayloadMakerTest, AStampHasItsRoomHoweverSmallTheSize) {
  SeededRandom random(1);
  const PayloadTemplate text = JsonOf(R"({"data":"{data}"})", {{11}, {11}});
  EXPECT_EQ(FindStamp(MakePayload(text, {}, &random, kStamp).text()), kStamp);
  const PayloadTemplate binary = {.size = {{200}, {200}}, .is_binary = true};
  const wire::Payload bytes = MakePayload(binary, {}, &random, kStamp);
  EXPECT_TRUE(bytes.is_binary());
  EXPECT_EQ(bytes.bytes().size(), 200);
  EXPECT_EQ(FindStamp(bytes.bytes()), kStamp);
}

TEST(PayloadMakerTest, BinaryOnesHaveSizesThatAreDrawnToo) {
  SeededRandom random(1);
  const PayloadTemplate binary = {.size = {{10}, {20}}, .is_binary = true};
  for (int i = 0; i < 50; ++i) {
    const std::size_t size = MakePayload(binary, {}, &random).bytes().size();
    EXPECT_GE(size, 10);
    EXPECT_LE(size, 20);
  }
}

}  // namespace
}  // namespace phx::loadgen
