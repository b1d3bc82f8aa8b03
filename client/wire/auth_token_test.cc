#include "client/wire/auth_token.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::wire {
namespace {

using ::testing::ElementsAre;

constexpr std::string_view kPrefix = "base64url.bearer.phx.";

std::string Encoded(std::string_view token) {
  return AuthTokenSubprotocols(token).at(1).substr(kPrefix.size());
}

TEST(AuthTokenTest, OffersPhoenixAndThenTheToken) {
  EXPECT_THAT(AuthTokenSubprotocols("secret"),
              ElementsAre("phoenix", "base64url.bearer.phx.c2VjcmV0"));
}

// phoenix.js sends btoa(), and the server decodes just that.
TEST(AuthTokenTest, UsesTheStandardAlphabetInSpiteOfThePrefix) {
  EXPECT_EQ(Encoded("abc?>~"), "YWJjPz5+");
  EXPECT_EQ(Encoded("\xff\xfe\x3f"), "//4/");
}

TEST(AuthTokenTest, LeavesThePaddingOut) {
  EXPECT_EQ(Encoded("a"), "YQ");
  EXPECT_EQ(Encoded("ab"), "YWI");
  EXPECT_EQ(Encoded("abc"), "YWJj");
  EXPECT_EQ(Encoded(""), "");
}

TEST(AuthTokenTest, CarriesAnyBytes) {
  EXPECT_EQ(Encoded("h\u00e9\u6f22"), "aMOp5ryi");
  EXPECT_EQ(Encoded(std::string_view("\0\0", 2)), "AAA");
  std::string token;
  for (int byte = 0; byte < 256; ++byte) token.push_back(static_cast<char>(byte));
  std::string decoded;
  ASSERT_TRUE(absl::Base64Unescape(Encoded(token), &decoded));
  EXPECT_EQ(decoded, token);
}

}  // namespace
}  // namespace phx::wire
