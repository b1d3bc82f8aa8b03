#include "mockserver/query_params.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace phx::mock {
namespace {

using nlohmann::json;

json Decoded(std::string_view query) {
  const absl::StatusOr<json> params = DecodeQuery(query);
  return params.ok() ? *params : json(absl::StatusCodeToString(params.status().code()));
}

TEST(QueryParamsTest, DecodesAsPlugDoes) {
  EXPECT_EQ(Decoded(""), json::object());
  EXPECT_EQ(Decoded("token=abc&user=J%C3%B6rg&a[]=1&a[]=2&m[k]=v&flag&vsn=2.0.0"),
            (json{{"token", "abc"},
                  {"user", "Jörg"},
                  {"a", {"1", "2"}},
                  {"m", {{"k", "v"}}},
                  {"flag", ""},
                  {"vsn", "2.0.0"}}));
  EXPECT_EQ(Decoded("a+b=c+d%2B&&x=1%3D2"), (json{{"a b", "c d+"}, {"x", "1=2"}}));
  EXPECT_EQ(Decoded("m%5Bk%5D=v"), (json{{"m", {{"k", "v"}}}}));
  EXPECT_EQ(Decoded("m[a][b]=1&m[a][c][]=2"),
            (json{{"m", {{"a", {{"b", "1"}, {"c", json::array({"2"})}}}}}}));
}

TEST(QueryParamsTest, LetsTheLastOfEqualNamesCount) {
  EXPECT_EQ(Decoded("vsn=1.0.0&vsn=2.0.0"), (json{{"vsn", "2.0.0"}}));
  EXPECT_EQ(Decoded("a=1&a[]=2"), (json{{"a", json::array({"2"})}}));
}

TEST(QueryParamsTest, TakesUnbalancedBracketsAsTheyAre) {
  EXPECT_EQ(Decoded("a[=1&[b]=2&c]=3"), (json{{"a[", "1"}, {"[b]", "2"}, {"c]", "3"}}));
}

TEST(QueryParamsTest, TakesANameWithBottomlessBracketsAsItIs) {
  std::string name = "a";
  for (int i = 0; i != 999; ++i) name += "[]";
  EXPECT_TRUE(Decoded(name + "=1").contains("a"));
  name += "[]";
  EXPECT_EQ(Decoded(name + "=1"), (json{{name, "1"}}));
}

TEST(QueryParamsTest, RefusesBadEscapes) {
  for (const char* query : {"a=%", "a=%4", "a=%zz", "%=1", "a=%FF"}) {
    EXPECT_EQ(Decoded(query), "INVALID_ARGUMENT") << query;
  }
}

}  // namespace
}  // namespace phx::mock
