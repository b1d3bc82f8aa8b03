#include "loadgen/csv_table.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(CsvTableTest, TheFirstLineNamesTheColumns) {
  const auto table = ParseCsv("token,room\nabc,1\r\ndef,\n");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_THAT(table->columns, ElementsAre("token", "room"));
  EXPECT_THAT(table->rows, ElementsAre(ElementsAre("abc", "1"), ElementsAre("def", "")));
}

TEST(CsvTableTest, QuotedCellsMayHoldAnything) {
  const auto table = ParseCsv("\xEF\xBB\xBFname\n\"a,\"\"b\"\"\nc\"\n\nlast");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_THAT(table->columns, ElementsAre("name"));
  EXPECT_THAT(table->rows, ElementsAre(ElementsAre("a,\"b\"\nc"), ElementsAre("last")));
}

TEST(CsvTableTest, MistakesNameTheLineAndNeverItsContent) {
  const auto message = [](std::string_view text) {
    return std::string(ParseCsv(text).status().message());
  };
  EXPECT_THAT(message("a,b\n1,2\nhunter2\n"), HasSubstr("has 1 cells in line 3, but 2 columns"));
  EXPECT_THAT(message("a,b\n1,2\nhunter2\n"), Not(HasSubstr("hunter2")));
  EXPECT_THAT(message("a\n\"b\n"), HasSubstr("a quote that is not closed"));
  EXPECT_THAT(message("a\nb\"c\n"), HasSubstr("in line 2"));
  EXPECT_THAT(message("a,a\n1,2\n"), HasSubstr("two columns \"a\""));
  EXPECT_THAT(message("a,\n1,2\n"), HasSubstr("a column without a name"));
  EXPECT_THAT(message("a\n"), HasSubstr("has no rows"));
  EXPECT_THAT(message(""), HasSubstr("has no rows"));
}

}  // namespace
}  // namespace phx::loadgen
