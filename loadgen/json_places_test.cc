#include "loadgen/json_places.h"

#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

constexpr char kText[] = R"({
  "rate": 5,
  "users": [
    {"name": "a \"quoted\" name", "n": [1, {"deep": null}]},
    "b"
  ],
  "a/b~c": {"µ": "µ", "z": -1.5e3}
})";

TEST(JsonPlacesTest, FieldsAndElementsHaveTheirPlaces) {
  const JsonPlaces places(kText, "file.json");
  EXPECT_EQ(places.Describe(""), "file.json:1:1");
  EXPECT_EQ(places.Describe("/rate"), "file.json:2:3: /rate");
  EXPECT_EQ(places.Describe("/users"), "file.json:3:3: /users");
  EXPECT_EQ(places.Describe("/users/0"), "file.json:4:5: /users/0");
  EXPECT_EQ(places.Describe("/users/0/n"), "file.json:4:35: /users/0/n");
  EXPECT_EQ(places.Describe("/users/0/n/0"), "file.json:4:41: /users/0/n/0");
  EXPECT_EQ(places.Describe("/users/0/n/1/deep"), "file.json:4:45: /users/0/n/1/deep");
  EXPECT_EQ(places.Describe("/users/1"), "file.json:5:5: /users/1");
  EXPECT_EQ(places.Describe("/a~1b~0c/z"), "file.json:7:23: /a~1b~0c/z");
}

TEST(JsonPlacesTest, WhatIsNotThereBelongsIntoWhatIsAroundIt) {
  const JsonPlaces places(kText, "file.json");
  EXPECT_FALSE(places.Has("/users/0/topic"));
  EXPECT_EQ(places.Describe("/users/0/topic"), "file.json:4:5: /users/0/topic");
  EXPECT_EQ(places.Describe("/seed"), "file.json:1:1: /seed");
  EXPECT_EQ(places.Describe("/rate/x/y"), "file.json:2:3: /rate/x/y");
}

TEST(JsonPlacesTest, TheSecondFieldOfANameIsFound) {
  EXPECT_EQ(JsonPlaces(kText, "f").twice(), std::nullopt);
  EXPECT_EQ(JsonPlaces(R"({"a": {"x": 1}, "b": {"x": 1, "y": 2, "x": 3}})", "f").twice(),
            "f:1:39: /b/x");
  EXPECT_EQ(JsonPlaces(R"({"a": 1, "\u0061": 2})", "f").twice(), "f:1:10: /a");
}

TEST(JsonPlacesTest, TheRootMayBeAnything) {
  EXPECT_EQ(JsonPlaces(" 7", "f").Describe(""), "f:1:2");
  EXPECT_EQ(JsonPlaces("\"x\"", "f").Describe("/a"), "f:1:1: /a");
  EXPECT_EQ(JsonPlaces("[[], {}, [2]]", "f").Describe("/2/0"), "f:1:11: /2/0");
}

TEST(JsonPlacesTest, DeepTextsDoNotExhaustTheStack) {
  constexpr std::size_t kDepth = 3000;
  const JsonPlaces places(std::string(kDepth, '[') + std::string(kDepth, ']'), "f");
  EXPECT_EQ(places.Describe("/0/0/0"), "f:1:4: /0/0/0");
}

TEST(JsonPlacesTest, ColumnsCountCharacters) {
  EXPECT_EQ(LineAndColumn("ab\nµµx", 7), "2:3");
  EXPECT_EQ(LineAndColumn("", 0), "1:1");
}

}  // namespace
}  // namespace phx::loadgen
