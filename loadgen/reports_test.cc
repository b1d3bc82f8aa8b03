// REPORTS.md names tests; here it is checked that they exist, and that every row names one.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "gtest/gtest.h"

namespace {

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << "cannot read " << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

// Calls `visit(match)` for each match of `pattern`.
template <typename Visit>
void ForEachMatch(const std::string& text, const std::regex& pattern, const Visit& visit) {
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match) {
    visit(*match);
  }
}

constexpr char kReports[] = "loadgen/REPORTS.md";
constexpr char kNamedTest[] = R"(`(\w+Test\.\w+)`)";

// "Suite.Name" of each test of this room.
std::set<std::string> Tests() {
  std::set<std::string> tests;
  const std::regex test(R"(\nTEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\))");
  for (const auto& entry : std::filesystem::directory_iterator("loadgen")) {
    if (!entry.path().string().ends_with("_test.cc")) continue;
    ForEachMatch(ReadFile(entry.path()), test, [&](const std::smatch& found) {
      tests.insert(found[1].str() + "." + found[2].str());
    });
  }
  return tests;
}

TEST(ReportsTest, EveryTestThatIsNamedExists) {
  const std::set<std::string> tests = Tests();
  int named = 0;
  ForEachMatch(ReadFile(kReports), std::regex(kNamedTest), [&](const std::smatch& found) {
    ++named;
    EXPECT_TRUE(tests.contains(found[1])) << found[1];
  });
  EXPECT_GT(named, 60);
}

// A row of four columns, the last of which is not the head's.
TEST(ReportsTest, EveryRowNamesATest) {
  int rows = 0;
  const std::regex row(R"(\n\|([^|\n]*)\|[^|\n]*\|[^|\n]*\|([^|\n]*)\|(?=\n))");
  ForEachMatch(ReadFile(kReports), row, [&](const std::smatch& found) {
    const std::string tests = found[2];
    if (tests == " shown by " || tests == " --- ") return;
    ++rows;
    EXPECT_TRUE(std::regex_search(tests, std::regex(kNamedTest))) << found[1];
  });
  EXPECT_GE(rows, 29);
}

}  // namespace
