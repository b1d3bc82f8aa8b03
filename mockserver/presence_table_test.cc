#include "mockserver/presence_table.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "mockserver/channel.h"

namespace phx::mock {
namespace {

constexpr PresenceTable::Owner kPhone = {1, 1};
constexpr PresenceTable::Owner kLaptop = {2, 1};

// The only meta of `key` in this part of a diff, or of a list.
Json MetaOf(const Json& part, const std::string& key) {
  const Json& metas = part.at(key).at("metas");
  EXPECT_EQ(metas.size(), 1u);
  return metas.at(0);
}

TEST(PresenceTableTest, TracksUpdatesAndUntracks) {
  PresenceTable table;
  const std::optional<Json> joined = table.Track("t", "alice", kPhone, {{"status", "online"}});
  ASSERT_TRUE(joined.has_value());
  const Json first = MetaOf((*joined)["joins"], "alice");
  EXPECT_EQ(first["status"], "online");
  EXPECT_EQ(first["phx_ref"].get<std::string>().size(), 16u);
  EXPECT_EQ((*joined)["leaves"], Json::object());
  EXPECT_EQ(table.List("t"), (*joined)["joins"]);

  const std::optional<Json> updated = table.Update("t", "alice", kPhone, [](Json meta) {
    meta["status"] = "away";
    return meta;
  });
  ASSERT_TRUE(updated.has_value());
  EXPECT_EQ(MetaOf((*updated)["leaves"], "alice"), first);
  const Json second = MetaOf((*updated)["joins"], "alice");
  EXPECT_EQ(second["status"], "away");
  EXPECT_EQ(second["phx_ref_prev"], first["phx_ref"]);
  EXPECT_NE(second["phx_ref"], first["phx_ref"]);

  const std::optional<Json> left = table.Untrack("t", "alice", kPhone);
  ASSERT_TRUE(left.has_value());
  EXPECT_EQ((*left)["joins"], Json::object());
  EXPECT_EQ(MetaOf((*left)["leaves"], "alice"), second);
  EXPECT_EQ(table.List("t"), Json::object());
}

TEST(PresenceTableTest, KeepsADevicePerChannelOldestFirst) {
  PresenceTable table;
  table.Track("t", "alice", kPhone, {{"on", "phone"}});
  table.Track("t", "alice", kLaptop, {{"on", "laptop"}});
  table.Track("u", "alice", kPhone, {{"on", "another topic"}});
  const Json metas = table.List("t")["alice"]["metas"];
  ASSERT_EQ(metas.size(), 2u);
  EXPECT_EQ(metas[0]["on"], "phone");
  EXPECT_EQ(metas[1]["on"], "laptop");
  table.Untrack("t", "alice", kPhone);
  EXPECT_EQ(MetaOf(table.List("t"), "alice")["on"], "laptop");
}

TEST(PresenceTableTest, ForgetsAllKeysOfAChannel) {
  PresenceTable table;
  table.Track("t", "a", kPhone, Json::object());
  table.Track("t", "b", kPhone, Json::object());
  table.Track("t", "b", kLaptop, Json::object());
  const std::optional<Json> left = table.UntrackAll("t", kPhone);
  ASSERT_TRUE(left.has_value());
  EXPECT_EQ((*left)["leaves"].size(), 2u);
  EXPECT_EQ(table.List("t").size(), 1u);
  EXPECT_FALSE(table.UntrackAll("t", kPhone).has_value());
  EXPECT_FALSE(table.UntrackAll("nowhere", kPhone).has_value());
}

TEST(PresenceTableTest, SaysWhenThereIsNothingToChange) {
  PresenceTable table;
  table.Track("t", "a", kPhone, Json::object());
  EXPECT_FALSE(table.Track("t", "a", kPhone, Json::object()).has_value());
  EXPECT_FALSE(table.Untrack("t", "b", kPhone).has_value());
  EXPECT_FALSE(table.Untrack("t", "a", kLaptop).has_value());
  EXPECT_FALSE(table.Update("t", "a", kLaptop, [](Json meta) { return meta; }).has_value());
}

}  // namespace
}  // namespace phx::mock
