#include "client/wire/decode_payload.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/wire/payload.h"
#include "client/wire/reply.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace phx {
namespace {

using ::phx::wire::Payload;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Point {
  int x = 0;
  int y = 0;
  friend void from_json(const nlohmann::json& json, Point& point) {
    point.x = json.at("x").get<int>();
    point.y = json.at("y").get<int>();
    if (point.y < 0) throw 7;  // what a careless from_json might do
  }
};

TEST(DecodePayloadTest, MakesAValueOfATypeOfTheUsers) {
  const absl::StatusOr<Point> point = DecodePayload<Point>(Payload::JsonText(R"({"x":1,"y":2})"));
  ASSERT_TRUE(point.ok()) << point.status();
  EXPECT_EQ(point->x, 1);
  EXPECT_EQ(point->y, 2);
  EXPECT_EQ(DecodePayload<std::vector<int>>(Payload::JsonText("[1,2]")).value(),
            (std::vector<int>{1, 2}));
  EXPECT_TRUE(DecodePayload<bool>(Payload::JsonText("true")).value());
}

TEST(DecodePayloadTest, SaysWhyItMakesNone) {
  for (const Payload& payload :
       {Payload::JsonText(R"({"x":1})"), Payload::JsonText(R"({"x":1,"y":"SECRET"})"),
        Payload::JsonText(R"({"x":1,"y":-1})"), Payload::JsonText("[1,2]"),
        Payload::JsonText(R"({"x":)"), Payload::Binary("bytes")}) {
    const absl::StatusOr<Point> point = DecodePayload<Point>(payload);
    EXPECT_EQ(point.status().code(), absl::StatusCode::kDataLoss) << payload;
    EXPECT_THAT(std::string(point.status().message()),
                AllOf(Not(IsEmpty()), Not(HasSubstr("SECRET"))));
  }
}

TEST(DecodePayloadTest, ReadsTheResponseOfAReplyWhateverItsStatus) {
  const wire::Reply reply{.status = "error", .response = Payload::JsonText(R"({"x":3,"y":4})")};
  EXPECT_EQ(reply.As<Point>().value().y, 4);
  EXPECT_EQ(reply.As<std::string>().status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace phx
