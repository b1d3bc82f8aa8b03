#include "loadgen/flag_value.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

template <typename T>
T Parsed(std::string_view text, T value = {}) {
  const absl::Status status = ParseFlagValue(text, &value);
  EXPECT_TRUE(status.ok()) << text << ": " << status;
  return value;
}

template <typename T>
std::string Refusal(std::string_view text) {
  T value = {};
  const absl::Status status = ParseFlagValue(text, &value);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
  EXPECT_EQ(value, T{}) << text;
  return std::string(status.message());
}

TEST(FlagValueTest, ReadsWholeNumbers) {
  EXPECT_EQ(Parsed<std::uint64_t>("0"), 0);
  EXPECT_EQ(Parsed<std::uint64_t>("18446744073709551615"), 18446744073709551615U);
}

TEST(FlagValueTest, RefusesWhatIsNoWholeNumber) {
  for (const char* text :
       {"", "-1", "+1", " 1", "1 ", "1.0", "1e3", "1,000", "ten", "18446744073709551616"}) {
    EXPECT_THAT(Refusal<std::uint64_t>(text), HasSubstr("not a whole number"));
  }
}

TEST(FlagValueTest, ReadsNumbers) {
  EXPECT_EQ(Parsed<double>("20000"), 20000);
  EXPECT_EQ(Parsed<double>("0.5"), 0.5);
  EXPECT_EQ(Parsed<double>("0"), 0);
}

TEST(FlagValueTest, RefusesWhatIsNoNumber) {
  for (const char* text : {"", "-1", "-0", "nan", "inf", "1e999", "5/s", "many"}) {
    EXPECT_THAT(Refusal<double>(text), HasSubstr("not a number"));
  }
}

TEST(FlagValueTest, ReadsDurations) {
  EXPECT_EQ(Parsed<Duration>("10s"), seconds(10));
  EXPECT_EQ(Parsed<Duration>("500ms"), milliseconds(500));
  EXPECT_EQ(Parsed<Duration>("1m30s"), seconds(90));
  EXPECT_EQ(Parsed<Duration>("1.5s"), milliseconds(1500));
  EXPECT_EQ(Parsed<Duration>("0"), seconds(0));
}

TEST(FlagValueTest, RefusesDurationsWithoutUnitOrSense) {
  for (const char* text : {"", "10", "-1s", "inf", "10 s", "9999999h", "soon"}) {
    EXPECT_THAT(Refusal<Duration>(text), HasSubstr("with its unit"));
  }
}

TEST(FlagValueTest, ReadsSizes) {
  EXPECT_EQ(Parsed<ByteSize>("64"), ByteSize{64});
  EXPECT_EQ(Parsed<ByteSize>("1KiB"), ByteSize{1024});
  EXPECT_EQ(Parsed<ByteSize>("2MiB"), ByteSize{2097152});
}

TEST(FlagValueTest, RefusesSizesThatMeanTwoThings) {
  for (const char* text : {"", "1K", "1kB", "1.5KiB", "KiB", "-1", "17592186044416MiB"}) {
    EXPECT_THAT(Refusal<ByteSize>(text), HasSubstr("not a size"));
  }
}

TEST(FlagValueTest, ReadsBools) {
  EXPECT_TRUE(Parsed<bool>("true"));
  EXPECT_FALSE(Parsed<bool>("false", true));
  EXPECT_THAT(Refusal<bool>("yes"), HasSubstr("neither true nor false"));
}

TEST(FlagValueTest, WritesValuesSoThatTheyCanBeRead) {
  EXPECT_EQ(FormatFlagValue(std::uint64_t{1000}), "1000");
  EXPECT_EQ(FormatFlagValue(0.95), "0.95");
  EXPECT_EQ(FormatFlagValue(Duration(seconds(90))), "1m30s");
  EXPECT_EQ(FormatFlagValue(ByteSize{64}), "64");
  EXPECT_EQ(FormatFlagValue(ByteSize{1024}), "1KiB");
  EXPECT_EQ(FormatFlagValue(ByteSize{2097152}), "2MiB");
  EXPECT_EQ(FormatFlagValue(ByteSize{0}), "0");
}

TEST(FlagValueTest, RangesAreOneValueOrTwo) {
  SizeRange size;
  EXPECT_TRUE(ParseFlagValue("64", &size).ok());
  EXPECT_EQ(size, (SizeRange{{64}, {64}}));
  EXPECT_TRUE(ParseFlagValue("64..1KiB", &size).ok());
  EXPECT_EQ(size, (SizeRange{{64}, {1024}}));
  EXPECT_EQ(FormatFlagValue(size), "64..1KiB");
  DurationRange think;
  EXPECT_TRUE(ParseFlagValue("500ms..3s", &think).ok());
  EXPECT_EQ(think, (DurationRange{std::chrono::milliseconds(500), std::chrono::seconds(3)}));
  for (const char* text : {"", "..", "64..", "..64", "2KiB..1KiB", "1..2..3"}) {
    EXPECT_FALSE(ParseFlagValue(text, &size).ok()) << text;
  }
  EXPECT_EQ(size, (SizeRange{{64}, {1024}}));
}

TEST(FlagValueTest, LargeNumbersAreShownInDigits) {
  EXPECT_EQ(FormatFlagValue(10'000'000.0), "10000000");
  EXPECT_EQ(FormatFlagValue(0.05), "0.05");
}

}  // namespace
}  // namespace phx::loadgen
