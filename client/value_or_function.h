// ValueOrFunction: a setting that is a value, or a function that is asked for it each time that it
// is needed. The function may take its time:
//
//   options.auth_token = "s3cr3t";
//   options.auth_token = [] { return LoadToken(); };
//   options.auth_token = [](phx::Answer<std::string> answer) {     // answers later
//     FetchToken([answer](absl::StatusOr<std::string> token) { answer(token); });
//   };
//   options.auth_token = []() -> asio::awaitable<absl::StatusOr<std::string>> {
//     co_return co_await FetchToken();
//   };
//
// The function is called on the socket's strand, coroutines run there. It may answer on any thread,
// at once or later; only its first answer counts, and none does if nobody needs it any more. One
// that never answers is given up when the timeout of what needs it has passed. What it throws is
// kInvalidArgument. One that has begun is not stopped by the end of its socket: what it uses must
// live as long as it takes.
#ifndef PHX_CLIENT_VALUE_OR_FUNCTION_H_
#define PHX_CLIENT_VALUE_OR_FUNCTION_H_

#include <exception>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/co_spawn.hpp"
#include "nlohmann/json.hpp"

namespace phx {

// By which an asynchronous function gives the value, or says why there is none.
template <typename T>
using Answer = std::function<void(absl::StatusOr<T>)>;

template <typename T>
class ValueOrFunction {
  using Coroutine = boost::asio::awaitable<absl::StatusOr<T>>;

 public:
  ValueOrFunction() = default;
  // NOLINTBEGIN(google-explicit-constructor): settings are assigned
  ValueOrFunction(T value) : value_(std::move(value)) {}

  // A function that returns the value.
  template <typename F>
  requires std::is_invocable_r_v<T, F&> &&
      (!std::is_same_v<std::invoke_result_t<F&>, Coroutine>)ValueOrFunction(F function)
      : ask_([function = std::move(function)](const auto& executor,
                                              const Answer<T>& answer) mutable {
          static_cast<void>(executor);
          answer(absl::StatusOr<T>(T(function())));
        }) {}

  // One that answers now or later.
  template <typename F>
  requires std::is_invocable_v<F&, Answer<T>> ValueOrFunction(F function)
      : ask_([function = std::move(function)](const auto& executor,
                                              const Answer<T>& answer) mutable {
          static_cast<void>(executor);
          function(answer);
        }) {}

  // A coroutine.
  template <typename F>
  requires std::is_same_v<std::invoke_result_t<F&>, Coroutine> ValueOrFunction(F function)
      : ask_([function = std::make_shared<std::function<Coroutine()>>(std::move(function))](
                 const auto& executor, const Answer<T>& answer) {
          boost::asio::co_spawn(
              executor, Run(function),
              [answer](const std::exception_ptr& thrown, absl::StatusOr<T> value) {
                if (thrown != nullptr) value = WhatWasThrown(thrown);
                answer(std::move(value));
              });
        }) {}
  // NOLINTEND(google-explicit-constructor)

  bool is_function() const { return ask_ != nullptr; }

  // The value, where it is no function.
  const T& value() const { return value_; }

  // Has `answer` called with the value, or with what the function says: see above.
  void Ask(const boost::asio::any_io_executor& executor, const Answer<T>& answer) const {
    if (ask_ == nullptr) return answer(absl::StatusOr<T>(value_));
    try {
      ask_(executor, answer);
    } catch (...) {
      answer(WhatWasThrown(std::current_exception()));
    }
  }

 private:
  // Keeps the function, in which the coroutine's captures lie, for as long as the coroutine runs.
  static Coroutine Run(std::shared_ptr<std::function<Coroutine()>> function) {
    co_return co_await (*function)();
  }

  static absl::Status WhatWasThrown(const std::exception_ptr& thrown) {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
      return absl::InvalidArgumentError(absl::StrCat("the function threw: ", error.what()));
    } catch (...) {
      return absl::InvalidArgumentError("the function threw");
    }
  }

  T value_{};
  std::function<void(const boost::asio::any_io_executor&, const Answer<T>&)> ask_;
};

// A JSON value, or a function that is asked for it. Understands nlohmann's braces:
// `options.params = {{"device", "robot-7"}}`.
class JsonOrFunction : public ValueOrFunction<nlohmann::json> {
 public:
  using ValueOrFunction::ValueOrFunction;
  JsonOrFunction() = default;
  JsonOrFunction(nlohmann::json::initializer_list_t value)  // NOLINT(google-explicit-constructor)
      : ValueOrFunction(nlohmann::json(value)) {}
};

}  // namespace phx

#endif  // PHX_CLIENT_VALUE_OR_FUNCTION_H_
