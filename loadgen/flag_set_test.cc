#include "loadgen/flag_set.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using ::testing::HasSubstr;

class FlagSetTest : public ::testing::Test {
 protected:
  FlagSetTest() {
    flags_.Group("Load");
    flags_.Add("connections", "N", "How many connections to open.", &connections_);
    flags_.Add("topic", "PATTERN", "What to join.", &topic_);
    flags_.Group("Server");
    flags_.Add("embedded", "", "Start one.", &embedded_);
  }

  absl::Status Parse(std::vector<std::string_view> arguments) { return flags_.Parse(arguments); }
  std::string Mistakes(std::vector<std::string_view> arguments) {
    const absl::Status status = flags_.Parse(arguments);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  }

  std::uint64_t connections_ = 1;
  std::string topic_ = "room:1";
  bool embedded_ = false;
  FlagSet flags_;
};

TEST_F(FlagSetTest, TakesValuesBehindEqualsSignOrBlank) {
  ASSERT_TRUE(Parse({"--connections=7", "--topic", "lobby"}).ok());
  EXPECT_EQ(connections_, 7);
  EXPECT_EQ(topic_, "lobby");
}

TEST_F(FlagSetTest, KeepsDefaultsOfFlagsThatAreNotGiven) {
  ASSERT_TRUE(Parse({}).ok());
  EXPECT_EQ(connections_, 1);
  EXPECT_EQ(topic_, "room:1");
  EXPECT_FALSE(embedded_);
}

TEST_F(FlagSetTest, BoolNeedsNoValueAndTakesNoWord) {
  ASSERT_TRUE(Parse({"--embedded", "--connections=2"}).ok());
  EXPECT_TRUE(embedded_);
  EXPECT_EQ(connections_, 2);
  ASSERT_TRUE(Parse({"--embedded=false"}).ok());
  EXPECT_FALSE(embedded_);
}

TEST_F(FlagSetTest, ValueMayContainEqualsSigns) {
  ASSERT_TRUE(Parse({"--topic=a=b"}).ok());
  EXPECT_EQ(topic_, "a=b");
}

TEST_F(FlagSetTest, LastOneCounts) {
  ASSERT_TRUE(Parse({"--connections=2", "--connections=3"}).ok());
  EXPECT_EQ(connections_, 3);
}

TEST_F(FlagSetTest, UnknownFlagNamesTheNearest) {
  EXPECT_EQ(Mistakes({"--conections=7"}),
            "--conections: there is no such flag; did you mean --connections?");
}

TEST_F(FlagSetTest, UnknownFlagLikeNoneSendsToHelp) {
  EXPECT_EQ(Mistakes({"--frobnicate"}), "--frobnicate: there is no such flag; see --help");
}

TEST_F(FlagSetTest, ValueOfAnUnknownFlagIsNoMistakeOfItsOwn) {
  EXPECT_EQ(Mistakes({"--conections", "7", "--embedded"}),
            "--conections: there is no such flag; did you mean --connections?");
  EXPECT_TRUE(embedded_);
}

TEST_F(FlagSetTest, MalformedValueNamesFlagValueAndForm) {
  EXPECT_EQ(Mistakes({"--connections=many"}),
            "--connections: \"many\" is not a whole number; write digits only, as in 1000");
}

TEST_F(FlagSetTest, MissingValueShowsHowToGiveIt) {
  EXPECT_EQ(Mistakes({"--connections"}), "--connections has no value; write --connections=N");
}

TEST_F(FlagSetTest, WordThatIsNoFlagIsAMistake) {
  EXPECT_THAT(Mistakes({"connections=7"}), HasSubstr("\"connections=7\" is not a flag"));
  EXPECT_THAT(Mistakes({"--"}), HasSubstr("is not a flag"));
}

TEST_F(FlagSetTest, ReportsAllMistakesAtOnce) {
  const std::string mistakes = Mistakes({"--connections=x", "--nonsense", "--embedded=maybe"});
  EXPECT_THAT(mistakes, HasSubstr("--connections: \"x\""));
  EXPECT_THAT(mistakes, HasSubstr("\n--nonsense: "));
  EXPECT_THAT(mistakes, HasSubstr("\n--embedded: \"maybe\""));
}

TEST_F(FlagSetTest, HelpShowsGroupsFlagsAndDefaults) {
  EXPECT_EQ(flags_.Help(),
            "Load:\n"
            "  --connections=N           How many connections to open. Default: 1.\n"
            "  --topic=PATTERN           What to join. Default: room:1.\n"
            "\n"
            "Server:\n"
            "  --embedded                Start one.\n");
}

TEST(FlagSetHelpTest, WrapsLongTextsAndLongNames) {
  FlagSet flags;
  std::string value;
  const std::string words(70, 'x');
  flags.Add("a-name-that-is-quite-long", "VALUE", words + " and more.", &value);
  const std::string indent(28, ' ');
  EXPECT_EQ(flags.Help(), "  --a-name-that-is-quite-long=VALUE\n" + indent + words + "\n" + indent +
                              "and more.\n");
}

TEST_F(FlagSetTest, ListsKeepEveryValueAndWordsTheirOrder) {
  std::vector<std::string> list;
  std::vector<std::string> words;
  FlagSet flags;
  flags.Add("item", "TEXT", "An item.", &list);
  flags.Words(&words);
  const std::vector<std::string_view> arguments = {"a.json", "--item=1", "b.json", "--item", "2"};
  ASSERT_TRUE(flags.Parse(arguments).ok());
  EXPECT_EQ(list, (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(words, (std::vector<std::string>{"a.json", "b.json"}));
  EXPECT_EQ(flags.given().size(), 2);
  EXPECT_EQ(flags.given()[1], (std::pair<std::string, std::string>{"item", "2"}));
}

}  // namespace
}  // namespace phx::loadgen
