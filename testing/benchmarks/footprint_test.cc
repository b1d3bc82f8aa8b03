// How large an idle connection is, and a channel on it, at the client and at the mock server. The
// bounds are what is needed now with some room: whoever needs more should know.
#include "testing/benchmarks/footprint.h"

#include <cstdint>

#include "gtest/gtest.h"
#include "testing/benchmarks/phx_crowd.h"
#include "testing/benchmarks/server_process.h"

namespace phx::benchmarks {
namespace {

TEST(FootprintTest, ConnectionsAndChannelsAreNoLargerThanTheyWere) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer's heap does not say how much of it is in use";
#endif
  constexpr int kConnections = 200;
  constexpr std::uint64_t kFurtherChannels = 20;
  const ServerProcess server;
  const Footprint footprint =
      Footprint::Measure(MakePhxCrowd, server, kConnections, kFurtherChannels);
  EXPECT_LT(footprint.connection.heap, 4608);
  EXPECT_LT(footprint.channel.heap, 800);
  EXPECT_LT(footprint.connection_at_server.heap, 4 * 1024);
  EXPECT_LT(footprint.channel_at_server.heap, 512);
  // It was measured.
  EXPECT_GT(footprint.channel.heap, 100);
  EXPECT_GT(footprint.channel_at_server.heap, 100);
}

}  // namespace
}  // namespace phx::benchmarks
