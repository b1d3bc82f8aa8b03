#include "client/presence/presence_state.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

json One(const std::string& ref) { return {{"metas", {{{"phx_ref", ref}}}}}; }

std::vector<std::string> Keys(const PresenceState& state) {
  std::vector<std::string> keys;
  for (const PresenceListed& listed : state.List()) keys.push_back(listed.key);
  return keys;
}

PresenceState Parsed(const json& payload) {
  const auto state = ParsePresenceState(payload);
  EXPECT_TRUE(state.ok()) << state.status();
  return state.value_or(PresenceState());
}

// phoenix.js lost the first of them (e84b8f6a2).
TEST(PresenceStateTest, AnyStringIsAKey) {
  json payload = json::object();
  const std::vector<std::string> keys = {"", "__proto__", "a.b", "constructor", "é", "\"\\\n"};
  for (const std::string& key : keys) payload[key] = One("ref of " + key);
  PresenceState state = Parsed(payload);
  EXPECT_EQ(state.size(), keys.size());
  for (const std::string& key : keys) {
    ASSERT_NE(state.Find(key), nullptr) << key;
    EXPECT_EQ(state.Find(key)->metas()[0]["phx_ref"], "ref of " + key);
  }
  EXPECT_EQ(state.Find("a"), nullptr);
  state.Erase("__proto__");
  EXPECT_EQ(state.Find("__proto__"), nullptr);
  EXPECT_EQ(state.size(), keys.size() - 1);
}

TEST(PresenceStateTest, ListsKeysInTheOrderInWhichTheyCame) {
  PresenceState state = Parsed({{"m", One("1")}, {"n", One("2")}});
  state.Set("z", *PresenceEntry::Parse(One("3")));
  state.Set("a", *PresenceEntry::Parse(One("4")));
  state.Set("m", *PresenceEntry::Parse(One("5")));
  EXPECT_THAT(Keys(state), ElementsAre("m", "n", "z", "a"));
  state.Erase("m");
  state.Set("m", *PresenceEntry::Parse(One("6")));
  EXPECT_THAT(Keys(state), ElementsAre("n", "z", "a", "m"));
}

TEST(PresenceStateTest, ComparesWithoutRegardToOrder) {
  PresenceState one;
  one.Set("a", *PresenceEntry::Parse(One("1")));
  one.Set("b", *PresenceEntry::Parse(One("2")));
  PresenceState two;
  two.Set("b", *PresenceEntry::Parse(One("2")));
  two.Set("a", *PresenceEntry::Parse(One("1")));
  EXPECT_EQ(one, two);
  two.Set("a", *PresenceEntry::Parse(One("other")));
  EXPECT_FALSE(one == two);
}

TEST(PresenceStateTest, SomebodyWithoutMetasIsNotPresent) {
  EXPECT_THAT(Keys(Parsed({{"a", {{"metas", json::array()}}}, {"b", One("1")}})), ElementsAre("b"));
}

TEST(PresenceStateTest, NamesTheKeyOfAMalformedEntry) {
  const auto state = ParsePresenceState({{"ann", 5}});
  EXPECT_EQ(state.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(state.status().message()), HasSubstr("ann"));
  EXPECT_FALSE(ParsePresenceState(json::array()).ok());
  EXPECT_FALSE(ParsePresenceState(json(json::value_t::discarded)).ok());
}

// The Dart client saw the first key of a diff only.
TEST(PresenceStateTest, ReadsAllKeysOfADiff) {
  const auto diff =
      ParsePresenceDiff({{"joins", {{"a", One("1")}, {"b", One("2")}, {"c", One("3")}}},
                         {"leaves", {{"d", One("4")}, {"e", One("5")}}}});
  ASSERT_TRUE(diff.ok()) << diff.status();
  EXPECT_THAT(diff->joins, SizeIs(3));
  EXPECT_THAT(diff->leaves, SizeIs(2));
}

TEST(PresenceStateTest, ADiffMayHaveOneSideOnly) {
  const auto joins = ParsePresenceDiff({{"joins", {{"a", One("1")}}}});
  ASSERT_TRUE(joins.ok()) << joins.status();
  EXPECT_THAT(joins->joins, SizeIs(1));
  EXPECT_THAT(joins->leaves, IsEmpty());
  EXPECT_FALSE(ParsePresenceDiff({{"joins", 5}}).ok());
  EXPECT_FALSE(ParsePresenceDiff({{"leaves", {{"a", {{"metas", 1}}}}}}).ok());
  EXPECT_FALSE(ParsePresenceDiff("diff").ok());
}

}  // namespace
}  // namespace phx
