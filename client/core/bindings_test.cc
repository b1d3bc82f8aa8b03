#include "client/core/bindings.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::vector<Ref> Hearing(const Bindings& bindings, std::string_view event, Ref ref = {}) {
  std::vector<Ref> hearing;
  bindings.ForEach(event, ref, [&](Ref binding) { hearing.push_back(binding); });
  return hearing;
}

TEST(BindingsTest, VisitsThoseOfTheEventInTheOrderOfRegistration) {
  Bindings bindings;
  bindings.Add("msg", Ref{3});
  bindings.Add("other", Ref{4});
  bindings.Add("msg", Ref{1});
  bindings.Add("msg", Ref{2});
  EXPECT_THAT(Hearing(bindings, "msg"), ElementsAre(Ref{3}, Ref{1}, Ref{2}));
  EXPECT_THAT(Hearing(bindings, "other"), ElementsAre(Ref{4}));
  EXPECT_THAT(Hearing(bindings, "Msg"), IsEmpty());
}

TEST(BindingsTest, AdmitsOnlyTheRefThatAFilterNames) {
  Bindings bindings;
  bindings.Add("phx_reply", Ref{1}, Ref{17});
  bindings.Add("phx_reply", Ref{2});
  EXPECT_THAT(Hearing(bindings, "phx_reply", Ref{17}), ElementsAre(Ref{1}, Ref{2}));
  EXPECT_THAT(Hearing(bindings, "phx_reply", Ref{18}), ElementsAre(Ref{2}));
  EXPECT_THAT(Hearing(bindings, "phx_reply"), ElementsAre(Ref{2}));
}

// The binding's own name decides, not only the event: what a fork of phoenix.js got wrong.
TEST(BindingsTest, RemovesTheNamedBindingOnly) {
  Bindings bindings;
  bindings.Add("msg", Ref{1});
  bindings.Add("msg", Ref{2});
  bindings.Add("other", Ref{3});
  EXPECT_TRUE(bindings.Remove(Ref{1}));
  EXPECT_FALSE(bindings.Remove(Ref{1}));
  EXPECT_THAT(Hearing(bindings, "msg"), ElementsAre(Ref{2}));
  EXPECT_THAT(Hearing(bindings, "other"), ElementsAre(Ref{3}));
}

TEST(BindingsTest, RemovesAllOfAnEventAndNamesThem) {
  Bindings bindings;
  bindings.Add("msg", Ref{1});
  bindings.Add("msg", Ref{2});
  bindings.Add("other", Ref{3});
  EXPECT_THAT(bindings.RemoveAll("msg"), ElementsAre(Ref{1}, Ref{2}));
  EXPECT_THAT(bindings.RemoveAll("msg"), IsEmpty());
  EXPECT_THAT(Hearing(bindings, "msg"), IsEmpty());
  EXPECT_THAT(Hearing(bindings, "other"), ElementsAre(Ref{3}));
}

TEST(BindingsTest, ClearsEverythingAndNamesIt) {
  Bindings bindings;
  bindings.Add("msg", Ref{1});
  bindings.Add("other", Ref{2});
  EXPECT_FALSE(bindings.empty());
  EXPECT_THAT(bindings.Clear(), UnorderedElementsAre(Ref{1}, Ref{2}));
  EXPECT_TRUE(bindings.empty());
}

TEST(BindingsTest, IsEmptyAgainWhenTheLastOneIsRemoved) {
  Bindings bindings;
  bindings.Add("msg", Ref{1});
  bindings.Remove(Ref{1});
  EXPECT_TRUE(bindings.empty());
}

TEST(BindingsTest, KeepsItsOwnCopyOfTheEvent) {
  Bindings bindings;
  std::string event = "a rather long name of an event";
  bindings.Add(event, Ref{1});
  event.assign(event.size(), 'x');
  EXPECT_THAT(Hearing(bindings, "a rather long name of an event"), ElementsAre(Ref{1}));
}

// More than are looked at one by one.
struct ManyBindingsTest : ::testing::Test {
  ManyBindingsTest() {
    for (std::uint64_t i = 1; i <= kMany; ++i) bindings.Add(EventOf(i), Ref{i});
    for (std::uint64_t i = 1; i <= kMany; ++i) bindings.Add(EventOf(i), Ref{100 + i}, Ref{7});
  }
  static std::string EventOf(std::uint64_t i) { return "event " + std::to_string(i); }

  static constexpr std::uint64_t kMany = 20;
  Bindings bindings;
};

TEST_F(ManyBindingsTest, AreVisitedInTheOrderOfRegistration) {
  for (std::uint64_t i = 1; i <= kMany; ++i) {
    EXPECT_THAT(Hearing(bindings, EventOf(i)), ElementsAre(Ref{i}));
    EXPECT_THAT(Hearing(bindings, EventOf(i), Ref{7}), ElementsAre(Ref{i}, Ref{100 + i}));
  }
  EXPECT_THAT(Hearing(bindings, "event"), IsEmpty());
}

TEST_F(ManyBindingsTest, AreRemovedOneByOne) {
  for (std::uint64_t i = 1; i <= kMany; ++i) {
    EXPECT_TRUE(bindings.Remove(Ref{i}));
    EXPECT_FALSE(bindings.Remove(Ref{i}));
    EXPECT_THAT(Hearing(bindings, EventOf(i), Ref{7}), ElementsAre(Ref{100 + i}));
    EXPECT_FALSE(bindings.empty());
    EXPECT_TRUE(bindings.Remove(Ref{100 + i}));
  }
  EXPECT_TRUE(bindings.empty());
}

TEST_F(ManyBindingsTest, AreRemovedByTheirEvent) {
  for (std::uint64_t i = 1; i <= kMany; ++i) {
    EXPECT_FALSE(bindings.empty());
    EXPECT_THAT(bindings.RemoveAll(EventOf(i)), ElementsAre(Ref{i}, Ref{100 + i}));
  }
  EXPECT_TRUE(bindings.empty());
}

TEST_F(ManyBindingsTest, AreAllCleared) {
  EXPECT_EQ(bindings.Clear().size(), 2 * kMany);
  EXPECT_TRUE(bindings.empty());
  bindings.Add("msg", Ref{1});
  EXPECT_THAT(Hearing(bindings, "msg"), ElementsAre(Ref{1}));
}

}  // namespace
}  // namespace phx::core
