// Binary payloads, which only V2 has.
#include <string>
#include <vector>

#include "client/channel.h"
#include "client/socket.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "testing/integration/fixture.h"

namespace phx::test {
namespace {

using nlohmann::json;

class BinaryTest : public LoopbackTest, public testing::WithParamInterface<Flavour> {
 protected:
  void SetUp() override { Start(GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(Connections, BinaryTest,
                         testing::Values(Flavour{.tls = false}, Flavour{.tls = true}), NameOf);

std::string AllBytes() {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  return bytes;
}

TEST_P(BinaryTest, EchoesAllBytes) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  std::string echoed;
  room.Push("bin_echo", Payload::Binary(AllBytes())).Receive("ok", [&](const Reply& reply) {
    EXPECT_TRUE(reply.response.is_binary());
    echoed = reply.response.bytes();
  });
  RunUntil([&] { return !echoed.empty(); });
  EXPECT_EQ(echoed, AllBytes());
}

TEST_P(BinaryTest, HearsBinaryPushesAndBroadcasts) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  std::vector<std::string> heard;
  const auto note = [&](const Message& m) { heard.emplace_back(m.payload.bytes()); };
  room.On("bin_pushed", note);
  room.On("bin_shouted", note);
  room.Push("bin_push", Payload::Binary("\x01\x02"));
  room.Push("bin_broadcast", Payload::Binary("\xff"));
  RunUntil([&] { return heard.size() == 2; });
  EXPECT_THAT(heard, testing::ElementsAre("\x01\x02", "\xff"));
}

TEST_P(BinaryTest, MixesBinaryPushesWithJsonReplies) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  int size = -1;
  room.Push("bin_len", Payload::Binary("abcde")).Receive("ok", [&](const Reply& reply) {
    size = reply.response.json().at("size").get<int>();
  });
  RunUntil([&] { return size >= 0; });
  EXPECT_EQ(size, 5);
}

TEST_P(BinaryTest, CarriesMegabytes) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  const std::string big(3U << 20U, 'x');
  std::string echoed;
  room.Push("bin_echo", Payload::Binary(big)).Receive("ok", [&](const Reply& reply) {
    echoed = reply.response.bytes();
  });
  RunUntil([&] { return !echoed.empty(); });
  EXPECT_TRUE(echoed == big);
}

}  // namespace
}  // namespace phx::test
