// The examples, as their users meet them: programs, beside the mock server's program.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/child_process.h"

namespace phx::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// Where nobody listens: a port for which one needs to be root, and that nobody has.
constexpr char kNobody[] = "ws://127.0.0.1:1/socket";

class ExamplesTest : public testing::Test {
 protected:
  static std::string Path(const std::string& name) { return "client/examples/" + name; }

  // "listening on ws://127.0.0.1:40123/socket": the URL.
  std::string Url() {
    if (url_.empty()) url_ = server_.ReadLine().substr(std::string("listening on ").size());
    return url_;
  }

  ChildProcess server_{"mockserver/mockserver", {"--port=0"}};
  std::string url_;
};

TEST_F(ExamplesTest, EveryOneExplainsItself) {
  for (const char* name : {"blocking", "chat", "coroutine_echo"}) {
    ChildProcess example(Path(name), {"--help"});
    EXPECT_THAT(example.ReadAll(), StartsWith(std::string("usage: ") + name));
    EXPECT_EQ(example.Wait(), 0) << name;
  }
}

TEST_F(ExamplesTest, EveryOneRefusesAWrongCommandLine) {
  for (const char* name : {"blocking", "chat", "coroutine_echo"}) {
    ChildProcess example(Path(name), {});
    EXPECT_THAT(example.ReadAll(), StartsWith("error: something is missing")) << name;
    EXPECT_EQ(example.Wait(), 2) << name;
  }
  ChildProcess no_url(Path("coroutine_echo"), {"localhost:4000"});
  EXPECT_THAT(no_url.ReadAll(), StartsWith("error: "));
  EXPECT_EQ(no_url.Wait(), 2);
}

using ChatTest = ExamplesTest;

TEST_F(ChatTest, TwoTerminalsTalk) {
  ChildProcess ann(Path("chat"), {Url(), "ann"});
  EXPECT_EQ(ann.ReadLine(), "* ann is here");
  ChildProcess bob(Path("chat"), {Url(), "bob"});
  EXPECT_EQ(ann.ReadLine(), "* bob is here");
  EXPECT_EQ(bob.ReadLineWith("bob is here"), "* bob is here");
  bob.Write("hello, é\n");
  EXPECT_EQ(ann.ReadLine(), "<bob> hello, é");
  ann.Write("hi\n");
  EXPECT_EQ(bob.ReadLineWith("<ann>"), "<ann> hi");
  bob.CloseInput();
  EXPECT_EQ(bob.Wait(), 0);
  EXPECT_EQ(ann.ReadLineWith("*"), "* bob has gone");
  ann.CloseInput();
  EXPECT_EQ(ann.Wait(), 0);
}

TEST_F(ChatTest, SaysWhenTheServerRefuses) {
  ChildProcess chat(Path("chat"), {Url(), "ann", "private"});
  EXPECT_THAT(chat.ReadAll(), HasSubstr("error: the server refuses to let us in: {\"reason\""));
  EXPECT_EQ(chat.Wait(), 1);
}

using CoroutineEchoTest = ExamplesTest;

TEST_F(CoroutineEchoTest, MeasuresEchoes) {
  ChildProcess echo(Path("coroutine_echo"), {Url(), "2"});
  EXPECT_THAT(echo.ReadLine(), testing::MatchesRegex("echo 1: [0-9]+ us"));
  EXPECT_THAT(echo.ReadLine(), testing::MatchesRegex("echo 2: [0-9]+ us"));
  EXPECT_EQ(echo.ReadAll(), "");
  EXPECT_EQ(echo.Wait(), 0);
}

TEST_F(CoroutineEchoTest, SaysThatNobodyIsThere) {
  ChildProcess echo(Path("coroutine_echo"), {kNobody});
  EXPECT_THAT(echo.ReadAll(), HasSubstr("refused"));
  EXPECT_EQ(echo.Wait(), 1);
}

using BlockingTest = ExamplesTest;

TEST_F(BlockingTest, PrintsTheReply) {
  ChildProcess push(Path("blocking"), {Url(), "room:1", "echo", R"({"body":"hi"})"});
  EXPECT_EQ(push.ReadAll(), "ok {\"body\":\"hi\"}\n");
  EXPECT_EQ(push.Wait(), 0);
}

TEST_F(BlockingTest, FailsIfTheReplyIsNotOk) {
  ChildProcess push(Path("blocking"), {Url(), "room:1", "nack"});
  EXPECT_EQ(push.ReadAll(), "error {}\n");
  EXPECT_EQ(push.Wait(), 1);
}

TEST_F(BlockingTest, SaysWhatWentWrongOnTheWay) {
  ChildProcess nobody(Path("blocking"), {kNobody, "room:1", "echo"});
  EXPECT_THAT(nobody.ReadAll(), HasSubstr("refused"));
  EXPECT_EQ(nobody.Wait(), 1);
  ChildProcess no_json(Path("blocking"), {Url(), "room:1", "echo", "{body}"});
  EXPECT_EQ(no_json.ReadAll(), "error: this is not JSON: {body}\n");
  EXPECT_EQ(no_json.Wait(), 2);
}

}  // namespace
}  // namespace phx::test
