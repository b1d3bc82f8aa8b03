#include "client/wire/payload.h"

#include <cstddef>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace phx::wire {
namespace {

using nlohmann::json;

std::unique_ptr<std::string> Buffer(std::string_view bytes) {
  return std::make_unique<std::string>(bytes);
}

TEST(PayloadTest, IsTheEmptyObjectUnlessSaidOtherwise) {
  const Payload payload;
  EXPECT_EQ(payload.text(), "{}");
  EXPECT_EQ(payload.json(), json::object());
  EXPECT_FALSE(payload.is_binary());
  EXPECT_TRUE(payload.status().ok());
}

TEST(PayloadTest, SerialisesAJsonValue) {
  const Payload payload = Payload::Json({{"body", "h\u00e9 \"x\"\n"}, {"n", 1}});
  EXPECT_EQ(payload.text(), "{\"body\":\"h\u00e9 \\\"x\\\"\\n\",\"n\":1}");
  EXPECT_TRUE(payload.status().ok());
  EXPECT_EQ(payload.json()["n"], 1);
  EXPECT_TRUE(payload.bytes().empty());
}

TEST(PayloadTest, SerialisesValuesThatAreNotObjects) {
  EXPECT_EQ(Payload::Json(nullptr).text(), "null");
  EXPECT_EQ(Payload::Json("a").text(), "\"a\"");
  EXPECT_EQ(Payload::Json(json::array({1, 2})).text(), "[1,2]");
  EXPECT_EQ(Payload::Json(false).text(), "false");
}

TEST(PayloadTest, AStringThatIsNotUtf8GivesAStatus) {
  const Payload payload = Payload::Json({{"body", "\xff"}});
  EXPECT_EQ(payload.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(payload.status().message().find("UTF-8"), absl::string_view::npos) << payload.status();
  EXPECT_TRUE(payload.text().empty());
  EXPECT_TRUE(payload.json().is_discarded());
  Payload copy;
  copy = payload;
  EXPECT_EQ(copy.status(), payload.status());
}

// What json() gives for a malformed text; its dump, "<discarded>", must not reach the wire.
TEST(PayloadTest, ADiscardedValueGivesAStatus) {
  const Payload malformed = Payload::JsonText("{oops");
  for (const json& value : {malformed.json(), json({{"forwarded", malformed.json()}})}) {
    const Payload payload = Payload::Json(value);
    EXPECT_EQ(payload.status().code(), absl::StatusCode::kInvalidArgument) << payload;
    EXPECT_TRUE(payload.text().empty());
  }
  EXPECT_TRUE(Payload::Json("<discarded>").status().ok()) << "a string that reads so is fine";
}

TEST(PayloadTest, KeepsJsonTextAsItStands) {
  EXPECT_EQ(Payload::JsonText(" { \"a\" : 1.0 } ").text(), " { \"a\" : 1.0 } ");
  EXPECT_EQ(Payload::JsonText(" { \"a\" : 1.0 } ").json(), json({{"a", 1.0}}));
}

TEST(PayloadTest, ParsesOnceAndOnlyWhenAsked) {
  const Payload payload = Payload::JsonText(R"({"a":[1,2]})");
  const json& first = payload.json();
  EXPECT_EQ(&payload.json(), &first);
  EXPECT_EQ(first["a"][1], 2);
}

TEST(PayloadTest, MalformedJsonIsDiscardedAndNeverThrows) {
  for (const char* text :
       {" ", "{", "}", R"({"a":})", "[1,]", "{} {}", "{},1", "tru", "01", "1e400", R"(")",
        R"("\u12")", R"("\ud800")", "\"\xff\"", "\"\n\"", "nan", "'a'", "// comment\n1"}) {
    const Payload payload = Payload::JsonText(text);
    EXPECT_TRUE(payload.json().is_discarded()) << text;
    EXPECT_EQ(payload.text(), text);
    EXPECT_TRUE(payload.status().ok()) << "not checked";
  }
}

TEST(PayloadTest, AnEmptyTextGivesAStatus) {
  Payload payload = Payload::JsonText("");
  EXPECT_EQ(payload.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(payload.json().is_discarded());
  payload = Payload::JsonText("[1]");
  const Payload taken = std::move(payload);
  EXPECT_EQ(payload.status().code(),  // NOLINT(bugprone-use-after-move)
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(taken.status().ok());
}

TEST(PayloadTest, AByteOrderMarkOrAZeroByteIsMalformed) {
  for (const std::string_view text :
       {std::string_view("\xef\xbb\xbf{}"), std::string_view("{}\0", 3), std::string_view("1\0", 2),
        std::string_view("{}\0{}", 5)}) {
    EXPECT_TRUE(Payload::JsonText(text).json().is_discarded()) << text;
  }
}

TEST(PayloadTest, NestingDoesNotExhaustTheStack) {
  constexpr std::size_t kDepth = 50'000;
  const Payload closed = Payload::JsonText(std::string(kDepth, '[') + std::string(kDepth, ']'));
  EXPECT_TRUE(closed.json().is_array());
  const Payload open = Payload::JsonText(std::string(kDepth, '['));
  EXPECT_TRUE(open.json().is_discarded());
}

TEST(PayloadTest, BinaryHoldsAnyBytesAndNoJson) {
  constexpr std::string_view kBytes("\0\x01\xff", 3);
  const Payload payload = Payload::Binary(Text(kBytes));
  EXPECT_TRUE(payload.is_binary());
  EXPECT_EQ(payload.bytes(), kBytes);
  EXPECT_TRUE(payload.text().empty());
  EXPECT_TRUE(payload.json().is_discarded());
  EXPECT_TRUE(payload.status().ok());
  EXPECT_TRUE(Payload::Binary("").is_binary());
}

TEST(PayloadTest, CopyOutlivesTheBytesThatTheOriginalBorrowed) {
  auto buffer = Buffer(R"({"body":"hi"})");
  const Payload borrowed = Payload::JsonText(Text::Borrow(*buffer));
  EXPECT_EQ(borrowed.text().data(), buffer->data());
  EXPECT_EQ(borrowed.json()["body"], "hi");  // fills the cache, which belongs to the original
  const Payload constructed(borrowed);
  Payload assigned = Payload::Binary("before");
  assigned = borrowed;
  buffer.reset();
  for (const Payload* copy : {&constructed, &std::as_const(assigned)}) {
    EXPECT_EQ(copy->text(), R"({"body":"hi"})");
    EXPECT_EQ(copy->json()["body"], "hi");
    EXPECT_FALSE(copy->is_binary());
  }
}

TEST(PayloadTest, MoveKeepsBytesAndParsedValue) {
  const std::string buffer = R"({"body":"hi"})";
  Payload original = Payload::JsonText(Text::Borrow(buffer));
  const json* const value = &original.json();
  Payload moved = std::move(original);
  EXPECT_EQ(moved.text().data(), buffer.data());
  EXPECT_EQ(&moved.json(), value);
  Payload assigned;
  assigned = std::move(moved);
  EXPECT_EQ(assigned.text().data(), buffer.data());
  EXPECT_EQ(&assigned.json(), value);
}

TEST(PayloadTest, AssignmentReplacesTheParsedValue) {
  Payload payload = Payload::JsonText("1");
  EXPECT_EQ(payload.json(), 1);
  const Payload other = Payload::JsonText("2");
  payload = other;
  EXPECT_EQ(payload.json(), 2);
  payload = Payload::JsonText("3");
  EXPECT_EQ(payload.json(), 3);
}

TEST(PayloadTest, SelfAssignmentChangesNothing) {
  Payload payload = Payload::JsonText("[1]");
  Payload& same = payload;
  payload = same;
  EXPECT_EQ(payload.text(), "[1]");
  payload = std::move(same);
  EXPECT_EQ(payload.text(), "[1]");
}

TEST(PayloadTest, BorrowPointsAtTheOther) {
  const Payload text = Payload::JsonText("[1]");
  EXPECT_EQ(Payload::Borrow(text).text().data(), text.text().data());
  const Payload bytes = Payload::Binary("abc");
  EXPECT_EQ(Payload::Borrow(bytes).bytes().data(), bytes.bytes().data());
  EXPECT_TRUE(Payload::Borrow(bytes).is_binary());
  const Payload invalid = Payload::Json("\xff");
  EXPECT_EQ(Payload::Borrow(invalid).status(), invalid.status());
}

TEST(PayloadTest, OwnTakesTheBytesAndKeepsTheParsedValue) {
  auto buffer = Buffer(R"({"body":"hi"})");
  Payload payload = Payload::JsonText(Text::Borrow(*buffer));
  const json* const value = &payload.json();
  payload.Own();
  buffer.reset();
  EXPECT_EQ(payload.text(), R"({"body":"hi"})");
  EXPECT_EQ(&payload.json(), value);
}

TEST(PayloadTest, ComparesKindAndBytes) {
  EXPECT_EQ(Payload::JsonText("{}"), Payload());
  EXPECT_NE(Payload::JsonText("{ }"), Payload());
  EXPECT_EQ(Payload::Binary("ab"), Payload::Binary("ab"));
  EXPECT_NE(Payload::Binary("{}"), Payload());
}

TEST(PayloadTest, PrintsTextAsTextAndBytesAsHex) {
  std::ostringstream out;
  out << Payload::JsonText("[1]") << ' ' << Payload::Binary(Text(std::string_view("\0\xab", 2)));
  EXPECT_EQ(out.str(), "[1] 0x00ab");
}

}  // namespace
}  // namespace phx::wire
