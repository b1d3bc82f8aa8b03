#include "mockserver/json_canonical.h"

#include <string>

#include "gtest/gtest.h"

namespace phx::mock {
namespace {

TEST(CanonicalJsonTest, KeepsTheFirstOfEqualKeys) {
  EXPECT_EQ(CanonicalJson(R"({"a":1,"a":2})"), R"({"a":1})");
  EXPECT_EQ(CanonicalJson(R"({"a":1,"b":2,"a":{"x":[1,2]},"c":3})"), R"({"a":1,"b":2,"c":3})");
  EXPECT_EQ(CanonicalJson(R"([{"x":{"a":1,"a":2}},{"a":3}])"), R"([{"x":{"a":1}},{"a":3}])");
}

TEST(CanonicalJsonTest, ComparesKeysUnescaped) {
  EXPECT_EQ(CanonicalJson(R"({"a":1,"\u0061":2})"), R"({"a":1})");
  EXPECT_EQ(CanonicalJson(R"({"é":1,"\u00e9":2})"), R"({"é":1})");
}

TEST(CanonicalJsonTest, MakesMinusZeroZero) {
  EXPECT_EQ(CanonicalJson("-0"), "0");
  EXPECT_EQ(CanonicalJson(R"({"a":[-0,-0.0,-1,"-0"]})"), R"({"a":[0,-0.0,-1,"-0"]})");
}

TEST(CanonicalJsonTest, LeavesEverythingElseAsItStands) {
  EXPECT_EQ(CanonicalJson(R"({ "a" : [ 1e2 , 12345678901234567890 , "\n" , {} , [] , null ] })"),
            R"({"a":[1e2,12345678901234567890,"\n",{},[],null]})");
}

TEST(CanonicalJsonTest, WritesDeepNestingWithoutRecursion) {
  constexpr int kDepth = 200'000;
  const std::string text = std::string(kDepth, '[') + std::string(kDepth, ']');
  EXPECT_EQ(CanonicalJson(text), text);
}

}  // namespace
}  // namespace phx::mock
