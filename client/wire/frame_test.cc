#include "client/wire/frame.h"

#include <sstream>
#include <string_view>

#include "gtest/gtest.h"

namespace phx::wire {
namespace {

TEST(FrameTest, ViewPointsAtTheBytes) {
  const Frame frame{FrameType::kBinary, "abc"};
  EXPECT_EQ(frame.view().type, FrameType::kBinary);
  EXPECT_EQ(frame.view().data.data(), frame.data.data());
  EXPECT_EQ(frame.view(), (FrameView{FrameType::kBinary, "abc"}));
}

TEST(FrameTest, DiffersInTypeOrBytes) {
  const Frame frame{FrameType::kText, "abc"};
  EXPECT_EQ(frame, (Frame{FrameType::kText, "abc"}));
  EXPECT_NE(frame, (Frame{FrameType::kBinary, "abc"}));
  EXPECT_NE(frame, (Frame{FrameType::kText, "ab"}));
}

TEST(FrameTest, PrintsTextAsTextAndBytesAsHex) {
  std::ostringstream out;
  out << FrameView{FrameType::kText, "[1]"} << ' '
      << FrameView{FrameType::kBinary, std::string_view("\0\xab", 2)};
  EXPECT_EQ(out.str(), "[1] 0x00ab");
}

}  // namespace
}  // namespace phx::wire
