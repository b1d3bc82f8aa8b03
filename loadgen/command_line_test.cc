#include "loadgen/command_line.h"

#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

TEST(CommandLineTest, ReadsTheMainExample) {
  const std::vector<std::string_view> arguments = {
      "--embedded", "--connections", "1000", "--channels=10", "--rate=20000", "--duration=10s"};
  const auto command_line = ParseCommandLine(arguments);
  ASSERT_TRUE(command_line.ok()) << command_line.status();
  const Settings& settings = command_line->settings;
  EXPECT_TRUE(settings.embedded);
  EXPECT_EQ(settings.connections, 1000);
  EXPECT_EQ(settings.user.channels, 10);
  EXPECT_EQ(settings.rate, 20000);
  EXPECT_EQ(settings.duration, Duration(seconds(10)));
  EXPECT_FALSE(command_line->help);
}

TEST(CommandLineTest, EveryFlagReachesItsSetting) {
  const std::vector<std::string_view> arguments = {"--url=ws://h/socket",
                                                   "--server-threads=2",
                                                   "--params={}",
                                                   "--tls-no-verify",
                                                   "--topic=t",
                                                   "--join-params={\"a\":1}",
                                                   "--connect-rate=5",
                                                   "--max-connecting=6",
                                                   "--connect-timeout=7s",
                                                   "--event=e",
                                                   "--payload-size=1KiB",
                                                   "--payload=[]",
                                                   "--max-outstanding=8",
                                                   "--timeout=9s",
                                                   "--warmup=10s",
                                                   "--threads=11",
                                                   "--fail-if=errors > 1",
                                                   "--fail-if",
                                                   "joins < 2",
                                                   "--abort-if=errors > 3",
                                                   "--late-after=12s",
                                                   "--json=f",
                                                   "--prometheus=9464",
                                                   "--workload=churn",
                                                   "--publishers=0.5",
                                                   "--model=closed",
                                                   "--in-flight=3",
                                                   "--binary",
                                                   "--heartbeat=14s",
                                                   "--csv=c",
                                                   "--html=h",
                                                   "--interval=13s",
                                                   "--quiet",
                                                   "--help"};
  const auto command_line = ParseCommandLine(arguments);
  ASSERT_TRUE(command_line.ok()) << command_line.status();
  const Settings& settings = command_line->settings;
  EXPECT_THAT(settings.urls, ElementsAre("ws://h/socket"));
  EXPECT_EQ(settings.server_threads, 2);
  EXPECT_EQ(settings.user.params.text, "{}");
  EXPECT_TRUE(settings.tls_no_verify);
  EXPECT_EQ(settings.user.topic, "t");
  EXPECT_EQ(settings.user.join_params.text, "{\"a\":1}");
  EXPECT_EQ(settings.connect_rate, 5);
  EXPECT_EQ(settings.max_connecting, 6);
  EXPECT_EQ(settings.connect_timeout, Duration(seconds(7)));
  EXPECT_EQ(settings.user.event, "e");
  EXPECT_EQ(settings.user.payload_size, (SizeRange{{1024}, {1024}}));
  EXPECT_EQ(settings.user.payload.text, "[]");
  EXPECT_EQ(settings.user.max_outstanding, 8);
  EXPECT_EQ(settings.timeout, Duration(seconds(9)));
  EXPECT_EQ(settings.warmup, Duration(seconds(10)));
  EXPECT_EQ(settings.threads, 11);
  EXPECT_THAT(settings.fail_if, ElementsAre("errors > 1", "joins < 2"));
  EXPECT_THAT(settings.abort_if, ElementsAre("errors > 3"));
  EXPECT_EQ(settings.late_after, Duration(seconds(12)));
  EXPECT_EQ(settings.json, "f");
  EXPECT_EQ(settings.prometheus, 9464);
  EXPECT_EQ(settings.user.workload, "churn");
  EXPECT_EQ(settings.user.publishers, 0.5);
  EXPECT_EQ(settings.model, "closed");
  EXPECT_EQ(settings.in_flight, 3);
  EXPECT_TRUE(settings.user.binary);
  EXPECT_EQ(settings.heartbeat, Duration(seconds(14)));
  EXPECT_EQ(settings.csv, "c");
  EXPECT_EQ(settings.html, "h");
  EXPECT_EQ(settings.interval, Duration(seconds(13)));
  EXPECT_TRUE(settings.quiet);
  EXPECT_TRUE(command_line->help);
}

TEST(CommandLineTest, FlagsThatWereGivenAreKeptWithoutSecrets) {
  const std::vector<std::string_view> arguments = {"--url=ws://h/socket?token=secret",
                                                   R"(--params={"token":"secret"})", "--rate=7"};
  const auto command_line = ParseCommandLine(arguments);
  ASSERT_TRUE(command_line.ok()) << command_line.status();
  EXPECT_THAT(command_line->settings.given,
              ElementsAre(Pair("url", Not(HasSubstr("secret"))), Pair("params", "(not shown)"),
                          Pair("rate", "7")));
}

TEST(CommandLineTest, ReportAndCompareTakeFiles) {
  const auto parse = [](const std::vector<std::string_view>& arguments) {
    return ParseCommandLine(arguments);
  };
  const auto report = parse({"report", "run.json", "--html=run.html"});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->command, Command::kReport);
  EXPECT_THAT(report->files, ElementsAre("run.json"));
  EXPECT_EQ(report->html, "run.html");
  const auto compare = parse({"compare", "a.json", "b.json", "--tolerance=0.1"});
  ASSERT_TRUE(compare.ok()) << compare.status();
  EXPECT_EQ(compare->command, Command::kCompare);
  EXPECT_THAT(compare->files, ElementsAre("a.json", "b.json"));
  EXPECT_EQ(compare->comparison.tolerance, 0.1);
  EXPECT_FALSE(parse({"report", "run.json"}).ok());
  EXPECT_FALSE(parse({"compare", "a.json"}).ok());
}

TEST(CommandLineTest, MergeTakesTheFilesOfShards) {
  const std::vector<std::string_view> arguments = {"merge",         "a.json",      "b.json",
                                                   "--json=c.json", "--csv=c.csv", "--html=c.html"};
  const auto merge = ParseCommandLine(arguments);
  ASSERT_TRUE(merge.ok()) << merge.status();
  EXPECT_EQ(merge->command, Command::kMerge);
  EXPECT_THAT(merge->files, ElementsAre("a.json", "b.json"));
  EXPECT_EQ(merge->json, "c.json");
  EXPECT_EQ(merge->csv, "c.csv");
  EXPECT_EQ(merge->html, "c.html");
}

TEST(CommandLineTest, MistakesAreReported) {
  const std::vector<std::string_view> arguments = {"--rate=fast"};
  EXPECT_THAT(std::string(ParseCommandLine(arguments).status().message()),
              HasSubstr("--rate: \"fast\" is not a number"));
}

TEST(CommandLineTest, HelpFitsOneHundredColumnsAndHasExamples) {
  const std::string help = HelpText();
  EXPECT_THAT(help, HasSubstr("loadgen --embedded --connections=1000 --channels=10 --rate=20000"));
  EXPECT_THAT(help, HasSubstr("Exit code:"));
  EXPECT_THAT(help, HasSubstr("--topic=PATTERN"));
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 104) << line;
}

}  // namespace
}  // namespace phx::loadgen
