#include "loadgen/setting_place.h"

#include <memory>

#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

const char* const kText = R"({
  "connect_rate": 5,
  "event": "msg",
  "fail_if": ["a", "b"],
  "users": [
    {"name": "x", "topic": "t", "steps": [{"think": 1}]}
  ]
})";

SettingPlace Top(std::set<std::string> flags = {}) {
  return {std::make_shared<JsonPlaces>(kText, "chat.json"), std::move(flags)};
}

TEST(SettingPlaceTest, WithoutAScenarioEverythingIsAFlag) {
  EXPECT_EQ(SettingPlace().Name("connect-rate"), "--connect-rate");
  EXPECT_EQ(SettingPlace().Name("fail-if", 1), "--fail-if");
}

TEST(SettingPlaceTest, WhatTheScenarioSaysIsAFieldUnlessAFlagTookItsPlace) {
  EXPECT_EQ(Top().Name("connect-rate"), "chat.json:2:3: /connect_rate");
  EXPECT_EQ(Top({"connect-rate"}).Name("connect-rate"), "--connect-rate");
  EXPECT_EQ(Top().Name("rate"), "--rate");
  EXPECT_EQ(Top().Name("fail-if/5"), "chat.json:4:3: /fail_if/5");
}

TEST(SettingPlaceTest, ValuesOfAListHaveTheirOwnPlaces) {
  EXPECT_EQ(Top().Name("fail-if", 1), "chat.json:4:20: /fail_if/1");
  EXPECT_EQ(Top({"fail-if"}).Name("fail-if", 1), "--fail-if");
  EXPECT_EQ(Top().Name("event", 0), "chat.json:3:3: /event");
}

TEST(SettingPlaceTest, WhatUsersDoNotSayThemselvesIsSaidAtTheTop) {
  const SettingPlace users = Top({"payload"}).Inside("/users/0");
  EXPECT_EQ(users.Name("topic"), "chat.json:6:19: /users/0/topic");
  EXPECT_EQ(users.Name("steps/0/think"), "chat.json:6:44: /users/0/steps/0/think");
  EXPECT_EQ(users.Name("event"), "chat.json:3:3: /event");
  EXPECT_EQ(users.Name("payload"), "--payload");
  EXPECT_EQ(users.Name("join-params"), "chat.json:6:5: /users/0/join_params");
}

}  // namespace
}  // namespace phx::loadgen
