#include "client/presence/presence_entry.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::SizeIs;

struct Device {
  std::string status;
  int battery = 0;
};

void from_json(const json& value, Device& device) {
  value.at("status").get_to(device.status);
  value.at("battery").get_to(device.battery);
}

TEST(PresenceEntryTest, KeepsWhatTheServerPutBesideTheMetas) {
  const json value = {{"metas", {{{"phx_ref", "a"}}}}, {"user", {{"name", "Ann"}}}};
  const auto entry = PresenceEntry::Parse(value);
  ASSERT_TRUE(entry.ok()) << entry.status();
  EXPECT_EQ(entry->json(), value);
  EXPECT_EQ(entry->json()["user"]["name"], "Ann");
  const PresenceEntry other = entry->WithMetas(json::array());
  EXPECT_TRUE(other.empty());
  EXPECT_EQ(other.json()["user"]["name"], "Ann");
}

TEST(PresenceEntryTest, TellsWhatIsWrongWithAMalformedOne) {
  for (const char* malformed : {"null", "[]", "{}", R"({"metas":{}})", R"({"metas":["a"]})"}) {
    const auto entry = PresenceEntry::Parse(json::parse(malformed));
    EXPECT_EQ(entry.status().code(), absl::StatusCode::kDataLoss) << malformed;
    EXPECT_THAT(std::string(entry.status().message()), HasSubstr("presence")) << malformed;
  }
}

// What phoenix#2451 and #2453 reported: one device, listed twice.
TEST(PresenceEntryTest, MetasWithOnePhxRefAreOneMetaOfWhichTheLastCounts) {
  const auto entry = PresenceEntry::Parse({{"metas",
                                            {{{"phx_ref", "a"}, {"n", 1}},
                                             {{"phx_ref", "b"}, {"n", 2}},
                                             {{"phx_ref", "a"}, {"n", 3}}}}});
  ASSERT_TRUE(entry.ok()) << entry.status();
  EXPECT_EQ(entry->metas(), json({{{"phx_ref", "a"}, {"n", 3}}, {{"phx_ref", "b"}, {"n", 2}}}));
}

TEST(PresenceEntryTest, MetasWithoutPhxRefAreNotTakenForOneAnother) {
  const auto entry = PresenceEntry::Parse({{"metas", {{{"n", 1}}, {{"n", 2}}}}});
  ASSERT_TRUE(entry.ok()) << entry.status();
  EXPECT_THAT(entry->metas(), SizeIs(2));
}

TEST(PresenceEntryTest, GivesItsMetasAsValuesOfAUsersType) {
  const auto entry =
      PresenceEntry::Parse({{"metas", {{{"phx_ref", "a"}, {"status", "away"}, {"battery", 7}}}}});
  ASSERT_TRUE(entry.ok()) << entry.status();
  const absl::StatusOr<std::vector<Device>> devices = entry->MetasAs<Device>();
  ASSERT_TRUE(devices.ok()) << devices.status();
  ASSERT_THAT(*devices, SizeIs(1));
  EXPECT_EQ(devices->front().status, "away");
  EXPECT_EQ(devices->front().battery, 7);
}

TEST(PresenceEntryTest, TellsWhichMemberAMetaLacksForAUsersType) {
  const auto entry = PresenceEntry::Parse({{"metas", {{{"status", "away"}}}}});
  ASSERT_TRUE(entry.ok()) << entry.status();
  const absl::Status status = entry->MetasAs<Device>().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("battery"));
}

}  // namespace
}  // namespace phx
