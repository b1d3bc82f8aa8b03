#include "mockserver/flag_reader.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"

ABSL_FLAG(std::int32_t, test_port, 4000, "where to listen");
ABSL_FLAG(std::string, test_name, "", "what it is called");
ABSL_FLAG(std::int32_t, test_hidden, 1, "not for the user");

namespace phx::mock {
namespace {

constexpr std::string_view kNames[] = {"test_port", "test_name"};

absl::StatusOr<bool> Read(std::vector<std::string> words) {
  std::vector<char*> arguments;
  arguments.reserve(words.size());
  for (std::string& word : words) arguments.push_back(word.data());
  return ReadFlags(arguments, kNames);
}

TEST(FlagReaderTest, TakesBothSpellings) {
  ASSERT_TRUE(Read({"--test-port=1", "--test_name", "a b"}).ok());
  EXPECT_EQ(absl::GetFlag(FLAGS_test_port), 1);
  EXPECT_EQ(absl::GetFlag(FLAGS_test_name), "a b");
  ASSERT_TRUE(Read({"--test_port", "2", "--test-name="}).ok());
  EXPECT_EQ(absl::GetFlag(FLAGS_test_port), 2);
  EXPECT_EQ(absl::GetFlag(FLAGS_test_name), "");
}

TEST(FlagReaderTest, SaysThatHelpIsWanted) {
  EXPECT_TRUE(*Read({"--help"}));
  EXPECT_TRUE(*Read({"--test-port=1", "-h"}));
  EXPECT_FALSE(*Read({}));
}

TEST(FlagReaderTest, SaysWhichWordIsWrong) {
  const auto message = [](std::vector<std::string> words) {
    const absl::Status status = Read(std::move(words)).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  };
  EXPECT_EQ(message({"--test-prot=1"}), "\"--test-prot\" is no flag; --help lists them");
  EXPECT_EQ(message({"--test-hidden=1"}), "\"--test-hidden\" is no flag; --help lists them");
  EXPECT_EQ(message({"test-port=1"}), "\"test-port\" is no flag; --help lists them");
  EXPECT_EQ(message({"--test-port"}), "--test-port needs a value");
  EXPECT_EQ(message({"--test-port=x"}).substr(0, 38), "--test-port: \"x\" is not a value for it");
}

TEST(FlagReaderTest, DescribesFlags) {
  EXPECT_EQ(
      DescribeFlags(kNames),
      "  --test-port\n      where to listen (4000)\n  --test-name\n      what it is called\n");
}

}  // namespace
}  // namespace phx::mock
