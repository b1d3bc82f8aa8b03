#include "mockserver/outbox.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/wire/close_info.h"
#include "client/wire/frame.h"
#include "client/wire/websocket_frame.h"
#include "gtest/gtest.h"
#include "mockserver/shard_counters.h"
#include "mockserver/shared_frame.h"

namespace phx::mock {
namespace {

TEST(OutboxTest, DrainsInOrder) {
  using Kind = Outbox::Entry::Kind;
  Outbox outbox;
  outbox.AddFrame({wire::FrameType::kText, "one"});
  outbox.AddShared(
      std::make_shared<const SharedFrame>(wire::FrameView{wire::FrameType::kBinary, "two"}));
  outbox.AddControl(Kind::kPong, "three");
  outbox.BeginFrame() += "four";
  outbox.EndFrame(wire::FrameType::kBinary);
  outbox.BeginFrame() += "not this";
  outbox.CancelFrame();
  outbox.AddClose({4000, "bye"});
  std::vector<std::string> drained;
  outbox.Drain([&](const Outbox::Entry& entry, std::string_view data) {
    drained.push_back(std::to_string(static_cast<int>(entry.kind)) + ":" +
                      std::string(entry.shared ? entry.shared->frame().data : data) +
                      (entry.close_code != 0 ? std::to_string(entry.close_code) : ""));
  });
  EXPECT_EQ(drained,
            (std::vector<std::string>{"0:one", "0:two", "2:three", "0:four", "4:bye4000"}));
  EXPECT_TRUE(outbox.empty());
}

TEST(OutboxTest, HoldsFramesAsTheyGoOverAWebSocket) {
  for (const std::size_t size : {0, 125, 126, 65535, 65536}) {
    const std::string payload(size, 'x');
    Outbox outbox;
    outbox.AddFrame({wire::FrameType::kText, payload});
    outbox.AddFrame({wire::FrameType::kBinary, "end"});
    std::string expected;
    wire::AppendMessage(expected, {wire::FrameType::kText, payload}, std::nullopt);
    wire::AppendMessage(expected, {wire::FrameType::kBinary, "end"}, std::nullopt);
    EXPECT_TRUE(outbox.is_plain());
    EXPECT_EQ(outbox.websocket_bytes(), expected) << size;
    std::size_t total = 0;
    outbox.Drain([&](const Outbox::Entry&, std::string_view data) { total += data.size(); });
    EXPECT_EQ(total, size + 3);
  }
}

TEST(OutboxPoolTest, LendsWhatWasGivenBack) {
  Counter sent;
  OutboxPool pool(sent);
  std::unique_ptr<Outbox> outbox = pool.Lend();
  const Outbox* address = outbox.get();
  pool.GiveBack(std::move(outbox));
  EXPECT_EQ(pool.Lend().get(), address);
  EXPECT_EQ(sent.value(), 0U);
}

TEST(OutboxPoolTest, CountsTheFramesOfWhatIsGivenBack) {
  Counter sent;
  OutboxPool pool(sent);
  for (int i = 0; i != 2; ++i) {
    std::unique_ptr<Outbox> outbox = pool.Lend();
    outbox->AddFrame({wire::FrameType::kText, "one"});
    outbox->AddShared(
        std::make_shared<const SharedFrame>(wire::FrameView{wire::FrameType::kText, "two"}));
    outbox->AddClose({1000, ""});
    outbox->Clear();
    pool.GiveBack(std::move(outbox));
  }
  EXPECT_EQ(sent.value(), 4U);
}

TEST(OutboxPoolTest, DoesNotKeepLargeOnes) {
  Counter sent;
  OutboxPool pool(sent);
  std::unique_ptr<Outbox> outbox = pool.Lend();
  outbox->BeginFrame().reserve(4 << 20);
  outbox->CancelFrame();
  pool.GiveBack(std::move(outbox));
  EXPECT_LT(pool.Lend()->capacity(), std::size_t{4} << 20);
}

TEST(SharedFrameTest, HoldsTheFrameAsItGoesOverAWebSocket) {
  const SharedFrame frame(wire::FrameView{wire::FrameType::kText, "hi"});
  EXPECT_EQ(frame.websocket_bytes(), "\x81\x02hi");
  EXPECT_EQ(frame.frame(), (wire::FrameView{wire::FrameType::kText, "hi"}));
}

}  // namespace
}  // namespace phx::mock
