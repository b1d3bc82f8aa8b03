#include "loadgen/delivery_ledger.h"

#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

TEST(DeliveryLedgerTest, EachOnceAndInOrderPerSender) {
  DeliveryLedger ledger;
  EXPECT_EQ(ledger.Receive(1, 0), Delivery::kInOrder);
  EXPECT_EQ(ledger.Receive(2, 0), Delivery::kInOrder);
  EXPECT_EQ(ledger.Receive(1, 1), Delivery::kInOrder);
}

TEST(DeliveryLedgerTest, WhatComesTwiceIsADuplicate) {
  DeliveryLedger ledger;
  ledger.Receive(1, 0);
  EXPECT_EQ(ledger.Receive(1, 0), Delivery::kDuplicate);
}

TEST(DeliveryLedgerTest, WhatComesAfterItsSuccessorIsReorderedAndOnlyOnce) {
  DeliveryLedger ledger;
  EXPECT_EQ(ledger.Receive(1, 2), Delivery::kInOrder);
  EXPECT_EQ(ledger.Receive(1, 0), Delivery::kReordered);
  EXPECT_EQ(ledger.Receive(1, 0), Delivery::kDuplicate);
  EXPECT_EQ(ledger.Receive(1, 3), Delivery::kInOrder);
  EXPECT_EQ(ledger.Receive(1, 1), Delivery::kReordered);
}

}  // namespace
}  // namespace phx::loadgen
