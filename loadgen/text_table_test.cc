#include "loadgen/text_table.h"

#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

TEST(TextTableTest, AlignsTheFirstColumnLeftAndOthersRight) {
  TextTable table;
  table.AddRow({"latency", "p50", "max"});
  table.AddRow({"  join", "1.20 ms", "12 ms"});
  EXPECT_EQ(table.Format(),
            "latency      p50    max\n"
            "  join   1.20 ms  12 ms\n");
}

TEST(TextTableTest, CountsCharactersNotBytes) {
  TextTable table;
  table.AddRow({"a", "10 µs"});
  table.AddRow({"b", "100 s"});
  EXPECT_EQ(table.Format(),
            "a  10 µs\n"
            "b  100 s\n");
}

TEST(TextTableTest, RowsMayBeShortAndLeaveNoSpacesAtTheEnd) {
  TextTable table;
  table.AddRow({"first", "1"});
  table.AddRow({"x"});
  EXPECT_EQ(table.Format(),
            "first  1\n"
            "x\n");
}

}  // namespace
}  // namespace phx::loadgen
