#include "mockserver/protocol_version.h"

#include <optional>
#include <string_view>

#include "gtest/gtest.h"
#include "mockserver/channel.h"

namespace phx::mock {
namespace {

TEST(ProtocolVersionTest, AcceptsPatchLevelsAndBuilds) {
  for (const std::string_view vsn : {"1.0.0", "1.0.5", "1.0.12+build"}) {
    EXPECT_EQ(NegotiateVersion(vsn), ProtocolVersion::kV1) << vsn;
  }
  for (const std::string_view vsn : {"2.0.0", "2.0.1", "2.0.0+build", "2.0.0+a.b-c.1"}) {
    EXPECT_EQ(NegotiateVersion(vsn), ProtocolVersion::kV2) << vsn;
  }
}

TEST(ProtocolVersionTest, RefusesEverythingElse) {
  for (const std::string_view vsn :
       {"",      "1",       "2",          "2.0",    "9.9.9",      "2.1.0",    "1.1.0",
        "0.9.0", "3.0.0",   "2.0.0-rc.1", "2.0.0 ", " 2.0.0",     "2.0.00",   "2.0.01",
        "2.0.",  "2.0.0.0", "garbage",    "2.0.0+", "2.0.0+a..b", "2.0.0+a b"}) {
    EXPECT_EQ(NegotiateVersion(vsn), std::nullopt) << vsn;
  }
}

}  // namespace
}  // namespace phx::mock
