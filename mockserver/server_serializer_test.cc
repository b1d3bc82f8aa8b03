#include "mockserver/server_serializer.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "client/wire/frame.h"
#include "client/wire/payload.h"
#include "client/wire/text.h"
#include "gtest/gtest.h"
#include "mockserver/client_message.h"
#include "mockserver/json_term.h"

namespace phx::mock {
namespace {

using wire::FrameType;

const ServerSerializer kV1(ProtocolVersion::kV1);
const ServerSerializer kV2(ProtocolVersion::kV2);

JsonTerm Term(std::string_view characters) { return JsonTerm::String(wire::Text(characters)); }
JsonTerm Number(std::string_view digits) { return JsonTerm::Other(wire::Text(digits)); }
std::string Hex(std::string_view bytes) { return absl::BytesToHexString(std::string(bytes)); }
std::string Bytes(const char* hex) { return absl::HexStringToBytes(hex); }
wire::Payload Binary(std::string_view bytes) { return wire::Payload::Binary(wire::Text(bytes)); }

// What the functions below append, or the status's code.
template <typename Encode>
std::string Encoded(Encode encode) {
  std::string out = "kept";
  absl::StatusOr<FrameType> type = encode(out);
  if (!type.ok()) {
    EXPECT_EQ(out, "kept");
    return absl::StatusCodeToString(type.status().code());
  }
  const std::string frame = out.substr(4);
  return *type == FrameType::kText ? frame : Hex(frame);
}

std::string Reply(const ServerSerializer& serializer, const JsonTerm& join_ref, const JsonTerm& ref,
                  std::string_view status, const wire::Payload& response) {
  return Encoded([&](std::string& out) {
    return serializer.EncodeReply(join_ref, ref, Term("room:b"), status, response, out);
  });
}

std::string Push(const ServerSerializer& serializer, const JsonTerm& join_ref, const JsonTerm& ref,
                 std::string_view event, const wire::Payload& payload) {
  return Encoded([&](std::string& out) {
    return serializer.EncodePush(join_ref, ref, "room:b", event, payload, out);
  });
}

TEST(ServerSerializerTest, DecodesV2Text) {
  ClientMessage message;
  ASSERT_TRUE(kV2.Decode({FrameType::kText, R"(["1","2","room:1","echo",{"a":1}])"}, message).ok());
  EXPECT_EQ(message.join_ref, Term("1"));
  EXPECT_EQ(message.ref, Term("2"));
  EXPECT_EQ(message.topic, Term("room:1"));
  EXPECT_EQ(message.event, Term("echo"));
  EXPECT_EQ(message.payload.text(), R"({"a":1})");
}

TEST(ServerSerializerTest, TakesAnyJsonForEveryField) {
  ClientMessage message;
  ASSERT_TRUE(kV2.Decode({FrameType::kText, R"([1,null,["room:1"],5.5,"str"])"}, message).ok());
  EXPECT_EQ(message.join_ref, Number("1"));
  EXPECT_FALSE(message.join_ref == Term("1"));
  EXPECT_TRUE(message.ref.is_null());
  EXPECT_TRUE(message.topic.is_array());
  EXPECT_EQ(message.event.text(), "5.5");
  EXPECT_EQ(message.payload.text(), R"("str")");
}

TEST(ServerSerializerTest, ComparesRefsAsTermsNotAsText) {
  ClientMessage message;
  ASSERT_TRUE(kV2.Decode({FrameType::kText, R"(["\u0031","2","t","e",{}])"}, message).ok());
  EXPECT_EQ(message.join_ref, Term("1"));
}

TEST(ServerSerializerTest, IgnoresElementsBeyondTheFifth) {
  ClientMessage message;
  EXPECT_TRUE(
      kV2.Decode({FrameType::kText, R"(["1","2","t","e",{},"x",{"y":[]}] )"}, message).ok());
}

TEST(ServerSerializerTest, GivesTheFirstOfEqualKeysToTheHandler) {
  ClientMessage message;
  ASSERT_TRUE(
      kV2.Decode({FrameType::kText, R"(["1","2","t","e",{"a":1,"a":2,"z":-0}])"}, message).ok());
  EXPECT_EQ(message.payload.text(), R"({"a":1,"z":0})");
}

TEST(ServerSerializerTest, RefusesWhatCrashesPhoenix) {
  for (const std::string_view text :
       {"", " ", "[]", "{}", "5", "null", R"("str")", R"(["1","2","t","e"])",
        R"(["1","2","t","e",{}]])", R"(["1","2","t","e",{})", R"(["1","2","t","e",{}]x)",
        R"(["1","2","t","e",{"a":1e400}])", R"(["1","2","t","e",{},)",
        R"({"topic":"t","event":"e","payload":{},"ref":"1"})"}) {
    ClientMessage message;
    EXPECT_EQ(kV2.Decode({FrameType::kText, text}, message).code(), absl::StatusCode::kDataLoss)
        << text;
  }
}

TEST(ServerSerializerTest, DecodesV1Text) {
  ClientMessage message;
  ASSERT_TRUE(
      kV1.Decode({FrameType::kText,
                  R"({"payload":{"a":1},"x":0,"ref":null,"topic":"room:1","event":"echo"})"},
                 message)
          .ok());
  EXPECT_TRUE(message.join_ref.is_null());
  EXPECT_TRUE(message.ref.is_null());
  EXPECT_EQ(message.topic, Term("room:1"));
  EXPECT_EQ(message.event, Term("echo"));
  EXPECT_EQ(message.payload.text(), R"({"a":1})");
}

TEST(ServerSerializerTest, HonoursTheJoinRefThatV1MayCarry) {
  ClientMessage message;
  ASSERT_TRUE(kV1.Decode({FrameType::kText,
                          R"({"topic":"t","event":"e","payload":{},"ref":"1","join_ref":"9",)"
                          R"("ref":"2"})"},
                         message)
                  .ok());
  EXPECT_EQ(message.join_ref, Term("9"));
  EXPECT_EQ(message.ref, Term("1"));  // of equal keys the first
}

TEST(ServerSerializerTest, RefusesV1WithoutItsFourKeys) {
  for (const std::string_view text :
       {R"({"event":"e","payload":{},"ref":"1"})", R"({"topic":"t","payload":{},"ref":"1"})",
        R"({"topic":"t","event":"e","ref":"1"})", R"({"topic":"t","event":"e","payload":{}})", "{}",
        R"(["1","2","t","e",{}])", R"({"topic":"t","event":"e","payload":{},"ref":"1",})",
        R"({"topic":"t","event":"e","payload":{},"ref":"1"}})"}) {
    ClientMessage message;
    EXPECT_EQ(kV1.Decode({FrameType::kText, text}, message).code(), absl::StatusCode::kDataLoss)
        << text;
  }
}

TEST(ServerSerializerTest, TakesJsonInABinaryFrameOnV1) {
  ClientMessage message;
  EXPECT_TRUE(
      kV1.Decode({FrameType::kBinary, R"({"topic":"t","event":"e","payload":{},"ref":"1"})"},
                 message)
          .ok());
  EXPECT_FALSE(
      kV1.Decode({FrameType::kBinary, Bytes("00010106083132726f6f6d3a3162696e")}, message).ok());
}

TEST(ServerSerializerTest, DecodesBinaryPushes) {
  const std::string frame = Bytes("00010106083132726f6f6d3a6262696e5f6563686f000102ff");
  ClientMessage message;
  ASSERT_TRUE(kV2.Decode({FrameType::kBinary, frame}, message).ok());
  EXPECT_EQ(message.join_ref, Term("1"));
  EXPECT_EQ(message.ref, Term("2"));
  EXPECT_EQ(message.topic, Term("room:b"));
  EXPECT_EQ(message.event, Term("bin_echo"));
  EXPECT_EQ(Hex(message.payload.bytes()), "000102ff");
}

TEST(ServerSerializerTest, TakesEmptyFieldsOfBinaryPushesAsEmptyStrings) {
  const std::string frame = Bytes("000000000000");
  ClientMessage message;
  ASSERT_TRUE(kV2.Decode({FrameType::kBinary, std::string_view(frame).substr(0, 5)}, message).ok());
  EXPECT_EQ(message.join_ref, Term(""));
  EXPECT_FALSE(message.join_ref.is_null());
  EXPECT_TRUE(message.payload.is_binary());
}

TEST(ServerSerializerTest, RefusesBadBinaryFrames) {
  for (const char* hex :
       {"", "00", "000101", "00010106073132726f6f6d3a", "01010106073132726f6f6d3a3162696e5f6c656e",
        "02010106073132726f6f6d3a3162696e5f6c656e", "0901", "5b2231225d", "0000000100ff"}) {
    ClientMessage message;
    EXPECT_EQ(kV2.Decode({FrameType::kBinary, Bytes(hex)}, message).code(),
              absl::StatusCode::kDataLoss)
        << hex;
  }
}

TEST(ServerSerializerTest, EncodesReplies) {
  EXPECT_EQ(Reply(kV2, Term("1"), Term("2"), "ok", wire::Payload()),
            R"(["1","2","room:b","phx_reply",{"response":{},"status":"ok"}])");
  EXPECT_EQ(Reply(kV2, JsonTerm(), Number("2"), "odd\"", wire::Payload::JsonText("[1,2]")),
            R"([null,2,"room:b","phx_reply",{"response":[1,2],"status":"odd\""}])");
  EXPECT_EQ(Reply(kV1, Term("1"), Term("2"), "ok", wire::Payload::JsonText("null")),
            R"({"event":"phx_reply","payload":{"response":null,"status":"ok"},"ref":"2",)"
            R"("topic":"room:b"})");
}

TEST(ServerSerializerTest, EncodesBinaryReplies) {
  EXPECT_EQ(Reply(kV2, Term("1"), Term("2"), "ok", Binary(Bytes("000102ff"))),
            "01010106023132726f6f6d3a626f6b000102ff");
  EXPECT_EQ(Reply(kV2, Term("1"), Term("3"), "ok", Binary("")), "01010106023133726f6f6d3a626f6b");
  EXPECT_EQ(Reply(kV2, JsonTerm(), Number("2"), "ok", Binary("x")),
            "010001060232726f6f6d3a626f6b78");
  EXPECT_EQ(Reply(kV1, Term("1"), Term("2"), "ok", Binary("x")), "INVALID_ARGUMENT");
  EXPECT_EQ(Reply(kV2, Term("1"), JsonTerm::Other("[1]"), "ok", Binary("x")), "INVALID_ARGUMENT");
}

TEST(ServerSerializerTest, EncodesPushes) {
  EXPECT_EQ(Push(kV2, Term("1"), JsonTerm(), "pushed", wire::Payload::JsonText(R"({"a":1})")),
            R"(["1",null,"room:b","pushed",{"a":1}])");
  EXPECT_EQ(Push(kV2, Term("1"), Term("1"), "phx_close", wire::Payload()),
            R"(["1","1","room:b","phx_close",{}])");
  EXPECT_EQ(Push(kV1, Term("1"), JsonTerm(), "pushed", wire::Payload()),
            R"({"event":"pushed","payload":{},"ref":null,"topic":"room:b"})");
  EXPECT_EQ(Push(kV2, Term("1"), JsonTerm(), "bin_pushed", Binary("pushed")),
            "0001060a31726f6f6d3a6262696e5f707573686564707573686564");
}

TEST(ServerSerializerTest, PushesNothingButObjectsOnV2) {
  for (const char* text : {R"("str")", "5", "null", "[1]", ""}) {
    EXPECT_EQ(Push(kV2, Term("1"), JsonTerm(), "e", wire::Payload::JsonText(text)),
              "INVALID_ARGUMENT");
  }
  EXPECT_EQ(Push(kV1, JsonTerm(), JsonTerm(), "e", wire::Payload::JsonText("5")),
            R"({"event":"e","payload":5,"ref":null,"topic":"room:b"})");
}

TEST(ServerSerializerTest, EncodesBroadcasts) {
  const auto broadcast = [](const ServerSerializer& serializer, const wire::Payload& payload) {
    return Encoded([&](std::string& out) {
      return serializer.EncodeBroadcast("room:b", "bin_shouted", payload, out);
    });
  };
  EXPECT_EQ(broadcast(kV2, wire::Payload()), R"([null,null,"room:b","bin_shouted",{}])");
  EXPECT_EQ(broadcast(kV2, Binary("all")), "02060b726f6f6d3a6262696e5f73686f75746564616c6c");
  EXPECT_EQ(broadcast(kV1, wire::Payload()),
            R"({"event":"bin_shouted","payload":{},"ref":null,"topic":"room:b"})");
  EXPECT_EQ(broadcast(kV1, Binary("all")), "INVALID_ARGUMENT");
}

TEST(ServerSerializerTest, LimitsBinaryFieldsTo255Bytes) {
  const std::string longest(255, 'x');
  const std::string too_long(256, 'x');
  EXPECT_EQ(Push(kV2, Term("1"), JsonTerm(), longest, Binary("")).substr(0, 8), "000106ff");
  EXPECT_EQ(Push(kV2, Term("1"), JsonTerm(), too_long, Binary("")), "INVALID_ARGUMENT");
  EXPECT_EQ(Reply(kV2, Term(too_long), Term("1"), "ok", Binary("")), "INVALID_ARGUMENT");
  EXPECT_EQ(Reply(kV2, Term("1"), Term(too_long), "ok", Binary("")), "INVALID_ARGUMENT");
  EXPECT_EQ(Reply(kV2, Term("1"), Term("1"), too_long, Binary("")), "INVALID_ARGUMENT");
}

TEST(ServerSerializerTest, RefusesPayloadsThatAreNoJson) {
  const wire::Payload invalid = wire::Payload::Json("\xFF");
  EXPECT_EQ(Push(kV2, Term("1"), JsonTerm(), "e", invalid), "INVALID_ARGUMENT");
  EXPECT_EQ(Reply(kV2, Term("1"), Term("1"), "ok", invalid), "INVALID_ARGUMENT");
}

}  // namespace
}  // namespace phx::mock
