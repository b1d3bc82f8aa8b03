#include "client/value_or_function.h"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/this_coro.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace phx {
namespace {

namespace asio = boost::asio;

using Token = ValueOrFunction<std::string>;

struct ValueOrFunctionTest : ::testing::Test {
  // What `source` has answered when there is nothing more to do.
  template <typename T>
  std::optional<absl::StatusOr<T>> Ask(const ValueOrFunction<T>& source) {
    std::optional<absl::StatusOr<T>> answered;
    source.Ask(io.get_executor(), [&](absl::StatusOr<T> answer) { answered = std::move(answer); });
    io.restart();
    io.run();
    return answered;
  }

  asio::io_context io;
};

TEST_F(ValueOrFunctionTest, IsAValue) {
  const Token token = std::string("t");
  EXPECT_FALSE(token.is_function());
  EXPECT_EQ(token.value(), "t");
  EXPECT_EQ(Ask(token)->value(), "t");
  EXPECT_EQ(Ask(Token())->value(), "");
}

TEST_F(ValueOrFunctionTest, IsAFunctionThatIsAskedEachTime) {
  const Token token = [n = 0]() mutable { return std::to_string(++n); };
  EXPECT_TRUE(token.is_function());
  EXPECT_EQ(Ask(token)->value(), "1");
  EXPECT_EQ(Ask(token)->value(), "2");
}

TEST_F(ValueOrFunctionTest, IsAFunctionThatAnswersLater) {
  const Token token = [this](const Answer<std::string>& answer) {
    asio::post(io, [answer] { answer(std::string("later")); });
  };
  EXPECT_TRUE(token.is_function());
  EXPECT_EQ(Ask(token)->value(), "later");
}

TEST_F(ValueOrFunctionTest, IsAFunctionThatSaysWhyThereIsNoValue) {
  const Token token = [](const Answer<std::string>& answer) {
    answer(absl::UnavailableError("the vault is closed"));
  };
  EXPECT_EQ(Ask(token)->status(), absl::UnavailableError("the vault is closed"));
}

TEST_F(ValueOrFunctionTest, IsACoroutineWhoseCapturesOutliveIt) {
  std::optional<Token> token = [text = std::make_shared<std::string>("from a coroutine")]()
      -> asio::awaitable<absl::StatusOr<std::string>> {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    co_return *text;
  };
  std::optional<absl::StatusOr<std::string>> answered;
  token->Ask(io.get_executor(),
             [&](absl::StatusOr<std::string> answer) { answered = std::move(answer); });
  token.reset();
  io.run();
  EXPECT_EQ(answered->value(), "from a coroutine");
}

TEST_F(ValueOrFunctionTest, SaysWhatWasThrown) {
  const Token plain = []() -> std::string { throw std::runtime_error("boom"); };
  const Token later = [](const Answer<std::string>&) { throw std::runtime_error("boom"); };
  const Token coroutine = []() -> asio::awaitable<absl::StatusOr<std::string>> {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    throw std::runtime_error("boom");
  };
  const absl::Status threw = absl::InvalidArgumentError("the function threw: boom");
  EXPECT_EQ(Ask(plain)->status(), threw);
  EXPECT_EQ(Ask(later)->status(), threw);
  EXPECT_EQ(Ask(coroutine)->status(), threw);
  const Token odd = []() -> std::string { throw 7; };
  EXPECT_EQ(Ask(odd)->status(), absl::InvalidArgumentError("the function threw"));
}

TEST_F(ValueOrFunctionTest, UnderstandsJsonInBracesAndFunctionsOfJson) {
  using nlohmann::json;
  const JsonOrFunction braces = {{"device", "robot-7"}};
  EXPECT_EQ(braces.value(), json({{"device", "robot-7"}}));
  const JsonOrFunction value = json::array({1, 2});
  EXPECT_EQ(value.value(), json::array({1, 2}));
  const JsonOrFunction function = [] { return json{{"n", 1}}; };
  EXPECT_EQ(Ask<json>(function)->value(), json({{"n", 1}}));
  const JsonOrFunction later = [](const Answer<json>& answer) { answer(json{{"n", 2}}); };
  EXPECT_EQ(Ask<json>(later)->value(), json({{"n", 2}}));
  const JsonOrFunction coroutine = []() -> asio::awaitable<absl::StatusOr<json>> {
    co_return json{{"n", 3}};
  };
  EXPECT_EQ(Ask<json>(coroutine)->value(), json({{"n", 3}}));
}

}  // namespace
}  // namespace phx
