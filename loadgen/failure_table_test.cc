#include "loadgen/failure_table.h"

#include <string>

#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

Failure Refused(Stage stage, std::string kind, std::string message = {}) {
  return {.stage = stage,
          .cause = Cause::kRefused,
          .kind = std::move(kind),
          .message = std::move(message)};
}

TEST(FailureTableTest, KindsAreCountedByThemselvesAndKeepTheirFirstExample) {
  FailureTable table;
  table.Add(Refused(Stage::kConnect, "http_503", "first"));
  table.Add(Refused(Stage::kConnect, "http_403", "other"));
  table.Add(Refused(Stage::kConnect, "http_503", "second"), 4);
  const auto rows = table.rows();
  ASSERT_EQ(rows.size(), 2);
  EXPECT_EQ(rows[0].kind, "http_403");
  EXPECT_EQ(rows[0].count, 1);
  EXPECT_EQ(rows[1].kind, "http_503");
  EXPECT_EQ(rows[1].count, 5);
  EXPECT_EQ(rows[1].example, "first");
}

TEST(FailureTableTest, StagesHaveTheirTotals) {
  FailureTable table;
  table.Add(Refused(Stage::kJoin, "error: full"), 2);
  table.Add(Refused(Stage::kJoin, "error: banned"), 3);
  table.Add(Refused(Stage::kPush, ""), 7);
  EXPECT_EQ(table.count(Stage::kJoin), 5);
  EXPECT_EQ(table.count(Stage::kPush), 7);
  EXPECT_EQ(table.count(Stage::kConnect), 0);
  EXPECT_EQ(table.count(), 12);
}

TEST(FailureTableTest, WhatNeverHappenedHasNoRow) {
  FailureTable table;
  table.Add(Refused(Stage::kJoin, ""), 0);
  EXPECT_TRUE(table.rows().empty());
}

TEST(FailureTableTest, MergeAddsKindByKind) {
  FailureTable a;
  a.Add(Refused(Stage::kJoin, "error: full", "a"));
  FailureTable b;
  b.Add(Refused(Stage::kJoin, "error: full", "b"), 2);
  b.Add(Refused(Stage::kJoin, "error: banned", "c"));
  a.Merge(b);
  const auto rows = a.rows();
  ASSERT_EQ(rows.size(), 2);
  EXPECT_EQ(rows[0].kind, "error: banned");
  EXPECT_EQ(rows[0].example, "c");
  EXPECT_EQ(rows[1].count, 3);
  EXPECT_EQ(rows[1].example, "a");
}

// A server that puts a user's number into each reason must not fill the memory.
TEST(FailureTableTest, KindsBeyondTheLimitAreOneAndNoneIsLost) {
  FailureTable table;
  FailureTable other;
  for (int i = 0; i < 1000; ++i) {
    table.Add(Refused(Stage::kJoin, "error: user " + std::to_string(i)));
    other.Add(Refused(Stage::kJoin, "error: client " + std::to_string(i)));
  }
  table.Merge(other);
  EXPECT_EQ(table.rows().size(), FailureTable::kMaxKinds + 1);
  EXPECT_EQ(table.count(), 2000);
  table.Add(Refused(Stage::kPush, "error: still told apart"));
  EXPECT_EQ(table.rows().back().kind, "error: still told apart");
}

}  // namespace
}  // namespace phx::loadgen
