#include "mockserver/rules_json.h"

#include <chrono>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "mockserver/channel.h"
#include "mockserver/rules.h"

namespace phx::mock {
namespace {

TEST(RulesJsonTest, ReadsAllThatThereIs) {
  const absl::StatusOr<Rules> rules = RulesFromJson(R"({
    "path": "/live", "longpoll": false, "id": "users:${params.user}",
    "refuse": [{"params": {"token": "bad"}, "status": 401, "body": "no"}],
    "channels": [{"topic": "room:*",
      "join": [{"topic": "room:1", "params": {"a": 1}, "error": {"reason": "x"}, "after_ms": 5},
               {"never": true},
               {"ok": {}, "do": [{"push": "hi"}]}],
      "events": [{"event": "e", "payload": {"b": 2}, "params": {"c": 3},
                  "do": [{"broadcast": "x", "payload": "${payload}", "after_ms": 0},
                         {"stop": "shutdown"}]}]}]})");
  ASSERT_TRUE(rules.ok()) << rules.status();
  EXPECT_EQ(rules->path, "/live");
  EXPECT_FALSE(rules->longpoll);
  EXPECT_EQ(rules->id.Render({{"params", {{"user", "ann"}}}}), "users:ann");
  EXPECT_EQ(rules->refuse.at(0).params, Json({{"token", "bad"}}));
  EXPECT_EQ(rules->refuse.at(0).status, 401);
  EXPECT_EQ(rules->refuse.at(0).body, "no");
  const ChannelRules& channel = rules->channels.at(0);
  EXPECT_EQ(channel.topic, "room:*");
  EXPECT_EQ(channel.joins.at(0).topic, "room:1");
  EXPECT_EQ(channel.joins.at(0).params, Json({{"a", 1}}));
  EXPECT_EQ(channel.joins.at(0).answer, JoinRule::Answer::kError);
  EXPECT_EQ(channel.joins.at(0).after, std::chrono::milliseconds(5));
  EXPECT_EQ(channel.joins.at(1).answer, JoinRule::Answer::kNever);
  EXPECT_EQ(channel.joins.at(2).steps.at(0).kind, Step::Kind::kPush);
  const EventRule& event = channel.events.at(0);
  EXPECT_EQ(event.event, "e");
  EXPECT_EQ(event.payload, Json({{"b", 2}}));
  EXPECT_EQ(event.params, Json({{"c", 3}}));
  EXPECT_EQ(event.steps.at(0).kind, Step::Kind::kBroadcast);
  EXPECT_EQ(event.steps.at(0).after, std::chrono::milliseconds(0));
  EXPECT_TRUE(event.steps.at(0).payload.is_only("payload"));
  EXPECT_EQ(event.steps.at(1).stop, StopReason::kShutdown);
}

TEST(RulesJsonTest, HasDefaults) {
  const absl::StatusOr<Rules> rules = RulesFromJson(R"({"channels": []})");
  ASSERT_TRUE(rules.ok()) << rules.status();
  EXPECT_EQ(rules->path, "/socket");
  EXPECT_TRUE(rules->longpoll);
}

// What is wrong with rules whose only channel has these fields besides its topic.
std::string WhyNot(const std::string& fields) {
  return std::string(
      RulesFromJson(R"({"channels":[{"topic":"t",)" + fields + "}]}").status().message());
}

TEST(RulesJsonTest, NamesThePlaceOfAMistake) {
  EXPECT_EQ(RulesFromJson("[]").status().message(), "must be an object");
  EXPECT_EQ(RulesFromJson("{}").status().message(), "channels: is missing");
  EXPECT_EQ(RulesFromJson(R"({"channels":{}})").status().message(), "channels: must be an array");
  EXPECT_EQ(RulesFromJson(R"({"channels":[{}]})").status().message(),
            "channels[0].topic: is missing");
  EXPECT_EQ(RulesFromJson(R"({"path":"x","channels":[]})").status().message(),
            "path: must begin with a slash");
  EXPECT_EQ(RulesFromJson(R"({"id":"${topic}","channels":[]})").status().message(),
            R"(id: "${topic}" is not known here; there are params)");
  EXPECT_EQ(WhyNot(R"("event":[])"), "channels[0].event: there is no such field");
  EXPECT_EQ(WhyNot(R"("join":[{"ok":{}},{"okay":{}}])"),
            "channels[0].join[1]: has none of ok, error, crash, never");
  EXPECT_EQ(WhyNot(R"("join":[{"ok":{},"error":{}}])"),
            "channels[0].join[0].error: does not go with ok");
  EXPECT_EQ(WhyNot(R"("join":[{"ok":{},"do":[{"reply":"ok"}]}])"),
            R"(channels[0].join[0].do: there is nothing to reply to; see "ok")");
  EXPECT_EQ(WhyNot(R"("join":[{"ok":"${payload}"}])"),
            R"(channels[0].join[0].ok: "${payload}" is not known here; )"
            "there are connection, params, subtopic, topic");
  EXPECT_EQ(WhyNot(R"("events":[{"do":[{"push":"x"},{"push":5}]}])"),
            "channels[0].events[0].do[1].push: must be a string");
  EXPECT_EQ(WhyNot(R"("events":[{"do":[{"reply":"ok","payload":{}}]}])"),
            "channels[0].events[0].do[0].payload: there is no such field");
  EXPECT_EQ(WhyNot(R"("events":[{"do":[{"reply":"ok","after_ms":-1}]}])"),
            "channels[0].events[0].do[0].after_ms: must be an integer from 0 to 3600000");
  EXPECT_EQ(WhyNot(R"("events":[{"do":[{"reply":"ok"},{"reply":"ok"}]}])"),
            R"(channels[0].events[0].do: only one reply can go out at once; see "after_ms")");
  EXPECT_EQ(WhyNot(R"("events":[{"do":[{"stop":"now"}]}])"),
            R"(channels[0].events[0].do[0].stop: must be "normal", "shutdown" or "abnormal")");
  EXPECT_EQ(WhyNot(R"("events":[{"do":[{"crash":false}]}])"),
            "channels[0].events[0].do[0].crash: must be true");
}

TEST(RulesJsonTest, SaysWhereItIsNotJson) {
  const absl::Status status = RulesFromJson("{\n  \"channels\": [}\n").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("line 2"), std::string::npos) << status;
}

TEST(RulesJsonTest, ANumberThatIsTooLargeIsNoJson) {
  const absl::Status status = RulesFromJson(R"({"channels": [1e400]})").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("1e400"), std::string::npos) << status;
}

}  // namespace
}  // namespace phx::mock
