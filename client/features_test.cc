// FEATURES.md and REPORTS.md name tests; here it is checked that they exist where FEATURES.md says.
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "gtest/gtest.h"

namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << "cannot read " << path << "; is it among the data of features_test?";
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Calls `visit(match)` for each match of `pattern`.
template <typename Visit>
void ForEachMatch(const std::string& text, const std::regex& pattern, const Visit& visit) {
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match) {
    visit(*match);
  }
}

// The source of each suite, from the rows "| `OneTest`, `OtherTest` | `//package:name` |".
std::map<std::string, std::string> SourcesOfSuites(const std::string& features) {
  std::map<std::string, std::string> sources;
  const std::regex row(R"(\| ((?:`\w+Test`(?:, )?)+) \| `//([\w/]*):(\w+)` \|)");
  ForEachMatch(features, row, [&](const std::smatch& found) {
    ForEachMatch(found[1], std::regex(R"(`(\w+)`)"), [&](const std::smatch& suite) {
      sources[suite[1]] = found[2].str() + "/" + found[3].str() + ".cc";
    });
  });
  return sources;
}

// "Suite.Name" of each test in a source.
std::set<std::string> TestsIn(const std::string& source) {
  std::set<std::string> tests;
  const std::regex test(R"(\nTEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\))");
  ForEachMatch(ReadFile(source), test, [&](const std::smatch& found) {
    tests.insert(found[1].str() + "." + found[2].str());
  });
  return tests;
}

// The tests of all suites, by source.
std::map<std::string, std::set<std::string>> TestsBySource(
    const std::map<std::string, std::string>& sources) {
  std::map<std::string, std::set<std::string>> tests;
  for (const auto& [suite, source] : sources) {
    if (!tests.contains(source)) tests[source] = TestsIn(source);
  }
  return tests;
}

constexpr char kNamedTest[] = R"(`(\w+Test)\.(\w+)`)";

class FeaturesTest : public ::testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Pages, FeaturesTest,
                         ::testing::Values("client/FEATURES.md", "client/REPORTS.md"),
                         [](const auto& page) {
                           return std::string(page.index == 0 ? "Features" : "Reports");
                         });

TEST_P(FeaturesTest, EveryTestThatIsNamedExists) {
  const std::map<std::string, std::string> sources =
      SourcesOfSuites(ReadFile("client/FEATURES.md"));
  std::map<std::string, std::set<std::string>> tests = TestsBySource(sources);
  int named = 0;
  ForEachMatch(ReadFile(GetParam()), std::regex(kNamedTest), [&](const std::smatch& found) {
    ++named;
    const auto source = sources.find(found[1]);
    ASSERT_NE(source, sources.end()) << found[1] << " has no target in FEATURES.md";
    EXPECT_TRUE(tests[source->second].contains(found[1].str() + "." + found[2].str()))
        << found.str() << " is not in " << source->second;
  });
  EXPECT_GT(named, 100);
}

// A row of four columns, the last of which is not the head's.
TEST(ReportsTest, EveryReportNamesATest) {
  int reports = 0;
  const std::regex row(R"(\n\|([^|\n]*)\|[^|\n]*\|[^|\n]*\|([^|\n]*)\|(?=\n))");
  ForEachMatch(ReadFile("client/REPORTS.md"), row, [&](const std::smatch& found) {
    const std::string tests = found[2];
    if (tests == " shown by " || tests == " --- ") return;
    ++reports;
    EXPECT_TRUE(std::regex_search(tests, std::regex(kNamedTest))) << found[1];
  });
  EXPECT_GT(reports, 80);
}

}  // namespace
