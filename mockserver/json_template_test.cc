#include "mockserver/json_template.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace phx::mock {
namespace {

using nlohmann::json;

const json kValues = {{"topic", "room:1"},
                      {"payload", {{"user", "ann"}, {"n", 5}, {"list", {1, {{"x", true}}}}}}};

json Render(const json& text) {
  const absl::StatusOr<JsonTemplate> parsed = JsonTemplate::Parse(text, {"topic", "payload"});
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed.ok() ? parsed->Render(kValues) : json();
}

TEST(JsonTemplateTest, AStringThatIsOneHoleBecomesTheValue) {
  EXPECT_EQ(Render("${payload}"), kValues["payload"]);
  EXPECT_EQ(Render("${payload.n}"), 5);
  EXPECT_EQ(Render("${payload.list.1.x}"), true);
  EXPECT_EQ(Render("${topic}"), "room:1");
}

TEST(JsonTemplateTest, InALongerStringAHoleBecomesText) {
  EXPECT_EQ(Render("${payload.user} is ${payload.n} in ${topic}"), "ann is 5 in room:1");
  EXPECT_EQ(Render("all: ${payload.list}"), R"(all: [1,{"x":true}])");
}

TEST(JsonTemplateTest, WhatAValueDoesNotHaveIsNull) {
  EXPECT_EQ(Render("${payload.nobody}"), json());
  EXPECT_EQ(Render("${payload.list.2}"), json());
  EXPECT_EQ(Render("${topic.x}"), json());
  EXPECT_EQ(Render("${payload.n}${payload.nobody}"), "5null");
}

TEST(JsonTemplateTest, FillsHolesAtAnyDepthAndLeavesTheRest) {
  EXPECT_EQ(Render({{"a", {1, {{"${topic}", "${topic}"}}}}, {"b", nullptr}}),
            json({{"a", {1, {{"${topic}", "room:1"}}}}, {"b", nullptr}}));
  EXPECT_EQ(Render("$5 and $${payload}"), "$5 and ${payload}");
}

TEST(JsonTemplateTest, SaysWhatIsWrong) {
  const auto why = [](const json& text) {
    return std::string(JsonTemplate::Parse(text, {"event", "topic"}).status().message());
  };
  EXPECT_EQ(why({{"a", "x${topic"}}), R"("${topic" has no closing brace)");
  EXPECT_EQ(why("${payload.x}"), R"("${payload.x}" is not known here; there are event, topic)");
}

TEST(JsonTemplateTest, KnowsWhetherItIsOneValueAlone) {
  EXPECT_TRUE(JsonTemplate::Parse("${payload}", {"payload"})->is_only("payload"));
  EXPECT_FALSE(JsonTemplate::Parse("${payload.x}", {"payload"})->is_only("payload"));
  EXPECT_FALSE(JsonTemplate().is_only("payload"));
  EXPECT_FALSE(JsonTemplate::Parse({{"a", 1}}, {})->has_holes());
}

}  // namespace
}  // namespace phx::mock
