#include "client/wire/masking.h"

#include <cstddef>
#include <string>

#include "gtest/gtest.h"

namespace phx::wire {
namespace {

constexpr MaskingKey kKey = {0x37, 0xfa, 0x21, 0x3d};

// The definition itself: RFC 6455 5.3.
std::string Masked(std::string payload, std::size_t offset) {
  for (std::size_t i = 0; i < payload.size(); ++i) {
    payload[i] = static_cast<char>(payload[i] ^ kKey[(offset + i) % 4]);
  }
  return payload;
}

std::string Payload(std::size_t size) {
  std::string payload;
  for (std::size_t i = 0; i < size; ++i) payload.push_back(static_cast<char>(i * 7));
  return payload;
}

TEST(MaskingTest, MasksTheExampleOfTheRfc) {
  std::string payload = "Hello";
  ApplyMask(payload.data(), payload.data(), payload.size(), kKey);
  EXPECT_EQ(payload, "\x7f\x9f\x4d\x51\x58");
}

TEST(MaskingTest, AgreesWithItsDefinitionAtAllSizesAndOffsets) {
  for (std::size_t size = 0; size < 100; ++size) {
    for (std::size_t offset = 0; offset < 9; ++offset) {
      const std::string payload = Payload(size);
      std::string masked(size, '\0');
      ApplyMask(masked.data(), payload.data(), size, kKey, offset);
      EXPECT_EQ(masked, Masked(payload, offset)) << size << " at " << offset;
    }
  }
}

TEST(MaskingTest, MasksInPlace) {
  std::string payload = Payload(77);
  ApplyMask(payload.data(), payload.data(), payload.size(), kKey, 1);
  EXPECT_EQ(payload, Masked(Payload(77), 1));
}

TEST(MaskingTest, TwiceIsAsIfNever) {
  std::string payload = Payload(1000);
  ApplyMask(payload.data(), payload.data(), payload.size(), kKey);
  ApplyMask(payload.data(), payload.data(), payload.size(), kKey);
  EXPECT_EQ(payload, Payload(1000));
}

TEST(MaskingTest, PiecesGiveTheSameAsTheWhole) {
  const std::string payload = Payload(50);
  for (std::size_t cut = 0; cut <= payload.size(); ++cut) {
    std::string masked = payload;
    ApplyMask(masked.data(), masked.data(), cut, kKey, 0);
    ApplyMask(masked.data() + cut, masked.data() + cut, masked.size() - cut, kKey, cut);
    EXPECT_EQ(masked, Masked(payload, 0)) << "cut at " << cut;
  }
}

}  // namespace
}  // namespace phx::wire
