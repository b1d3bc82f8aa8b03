// Completion: an Asio completion handler of any kind, as the socket keeps it until the operation is
// over.
#ifndef PHX_CLIENT_INTERNAL_COMPLETION_H_
#define PHX_CLIENT_INTERNAL_COMPLETION_H_

#include <exception>
#include <type_traits>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/associated_cancellation_slot.hpp"
#include "boost/asio/associated_executor.hpp"
#include "boost/asio/dispatch.hpp"
#include "boost/asio/execution/outstanding_work.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/prefer.hpp"

namespace phx::internal {

// From where a completion is run: a turn of the socket's strand, where the handler may run right
// here; or, from when the socket is being destroyed (perhaps by the handler before), its end: plain
// functions are then dropped unrun, like all other handlers; operations with an executor of their
// own complete there.
class CompleteFrom {
 public:
  // A turn, until `is_shut_down`. Both outlive the completion's call.
  static CompleteFrom Turn(const boost::asio::any_io_executor& strand, const bool& is_shut_down) {
    return CompleteFrom(&strand, &is_shut_down);
  }
  static CompleteFrom Destructor() { return CompleteFrom(nullptr, nullptr); }

  bool is_turn() const { return strand_ != nullptr && !*is_shut_down_; }

  // Runs the user's `function`, in a turn. What it throws is thrown out of the event loop, as by
  // any handler of Asio's, but not before the turn is over: whatever else is under way goes on.
  template <typename Function>
  void Run(Function&& function) const {
    try {
      std::forward<Function>(function)();
    } catch (...) {
      boost::asio::post(*strand_,
                        [thrown = std::current_exception()] { std::rethrow_exception(thrown); });
    }
  }

 private:
  CompleteFrom(const boost::asio::any_io_executor* strand, const bool* is_shut_down)
      : strand_(strand), is_shut_down_(is_shut_down) {}

  const boost::asio::any_io_executor* strand_;
  const bool* is_shut_down_;
};

// Called at most once. The outcome may borrow its bytes, and is valid during the call.
template <typename Outcome>
using Completion = absl::AnyInvocable<void(CompleteFrom, const Outcome&)>;

struct NoExecutor {};

// Whether `Handler` names no executor of its own. It then runs on the socket's strand.
template <typename Handler>
inline constexpr bool kIsPlain =
    std::is_same_v<boost::asio::associated_executor_t<Handler, NoExecutor>, NoExecutor>;

// Makes a completion of `handler`. A plain function is called with the outcome as it is, borrowed
// bytes and all; a handler that runs elsewhere, or later, gets a copy.
template <typename Outcome, typename Handler>
Completion<Outcome> MakeCompletion(Handler handler, const boost::asio::any_io_executor& strand) {
  if constexpr (kIsPlain<Handler> && std::is_invocable_v<Handler&, const Outcome&>) {
    return [handler = std::move(handler)](CompleteFrom from, const Outcome& outcome) mutable {
      if (from.is_turn()) from.Run([&] { handler(outcome); });
    };
  } else {
    auto executor = boost::asio::get_associated_executor(handler, strand);
    auto work = boost::asio::prefer(executor, boost::asio::execution::outstanding_work_t::tracked);
    return [handler = std::move(handler), work = std::move(work)](CompleteFrom from,
                                                                  const Outcome& outcome) mutable {
      if (kIsPlain<Handler> && !from.is_turn()) return;
      auto run = [handler = std::move(handler), outcome = Outcome(outcome)]() mutable {
        boost::asio::get_associated_cancellation_slot(handler).clear();
        std::move(handler)(std::move(outcome));
      };
      if (from.is_turn()) {
        from.Run([&] { boost::asio::dispatch(work, std::move(run)); });
      } else {
        boost::asio::post(work, std::move(run));
      }
    };
  }
}

}  // namespace phx::internal

#endif  // PHX_CLIENT_INTERNAL_COMPLETION_H_
