// LongPollCore: the rules of one long polling session, without any input or output.
//
//   phase    | event                    | next     | what happens
//   ---------+--------------------------+----------+-------------------------------------------
//   new      | Open                     | opening  | a poll without a token
//   opening  | 410 and a token          | open     | the session is there; poll for its messages
//            | anything else            | closed   | the attempt failed
//   open     | poll: 200, 204           | open     | frames are delivered; poll again
//            | poll or POST: 410        | closed   | 3410: the server has forgotten the session
//            | … 403                    | closed   | 1008
//            | … 500, 408, others, HTTP | closed   | 1011
//            | … unanswered             | closed   | 1005 "timeout"
//            | … connection lost        | closed   | 1006
//            | Close                    | draining | polling stops; what was sent still goes out
//   draining | all is posted            | closed   | the code of Close
//
// One poll is under way at all times, and at most one POST: two could overtake each other. What is
// sent meanwhile waits and leaves with the next one.
//
// A server that does not look for the token in the header (LongPollToken::kAutomatic) takes the
// first poll for that of a new client, and answers 410 with another token. As long as no request
// with a token has succeeded, that is not the end: the token goes into the query, and a POST that
// was turned away for the same reason is made again. None of its frames was taken.
//
// What happens is told by calls with the time; what is to be done comes out as actions, in order:
// take them after each call. Threads: one at a time.
#ifndef PHX_CLIENT_TRANSPORT_LONGPOLL_CORE_H_
#define PHX_CLIENT_TRANSPORT_LONGPOLL_CORE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/core/time.h"
#include "client/transport/longpoll_answer.h"
#include "client/transport/longpoll_batch.h"
#include "client/transport/longpoll_options.h"
#include "client/wire/close_info.h"
#include "client/wire/connection_info.h"
#include "client/wire/frame.h"

namespace phx {

// Poll with header_token() and query_token(), and report to OnPolled().
struct StartPoll {};

// Post batch() with the same tokens, and report to OnPosted().
struct StartPost {};

// Nobody waits for the poll under way any more.
struct StopPolling {};

struct SessionOpened {
  HttpResponse response;  // without its body, which holds the token
};

struct DeliverFrame {
  wire::Frame frame;
};

// The last action.
struct SessionClosed {
  TransportClosed closed;
};

using LongPollAction =
    std::variant<StartPoll, StartPost, StopPolling, SessionOpened, DeliverFrame, SessionClosed>;

class LongPollCore {
 public:
  struct Options {
    LongPollToken token = LongPollToken::kAutomatic;
    std::chrono::milliseconds poll_timeout{20'000};
    std::chrono::milliseconds post_timeout{20'000};
  };

  explicit LongPollCore(const Options& options) : options_(options) {}

  // --- commands, as Transport has them

  void Open();
  // Ignored unless the session is open.
  void Send(wire::FrameView frame);
  void Flush(TimePoint now);
  void Close(TimePoint now, const wire::CloseInfo& info);

  // --- what happens

  // The answer to the poll or the POST under way, or why there is none. What is still told of a
  // poll after StopPolling is ignored, as is everything after SessionClosed.
  void OnPolled(TimePoint now, const absl::StatusOr<HttpResponse>& response);
  void OnPosted(TimePoint now, const absl::StatusOr<HttpResponse>& response);

  // When OnDeadline() is to be called; nullopt: not at all.
  std::optional<TimePoint> NextDeadline() const;
  void OnDeadline(TimePoint now);

  // --- what is to be done

  std::optional<LongPollAction> PollAction();

  // The tokens that the next request carries; empty: none.
  std::string_view header_token() const { return token_; }
  std::string_view query_token() const { return in_query_ ? token_ : std::string_view(); }

  // The POST under way.
  const LongPollBatch& batch() const { return post_->batch; }

  // Bytes of frames that the server has not taken yet.
  std::size_t buffered_amount() const;

 private:
  enum class Phase : std::uint8_t { kNew, kOpening, kOpen, kDraining, kClosed };

  struct Post {
    LongPollBatch batch;
    bool in_query = false;    // how it was sent
    bool is_refused = false;  // it waits until it is known how the server takes tokens
  };

  void OnFirstAnswer(TimePoint now, const HttpResponse& response);
  void OnAnswer(TimePoint now, LongPollAnswer answer);
  void OnNewSession(TimePoint now, std::string token);
  void OnPostRefused(TimePoint now);
  void Poll(TimePoint now);
  void TryPost(TimePoint now);
  void Submit(TimePoint now);
  void Lose(const absl::StatusOr<HttpResponse>& response, const absl::Status& status);
  void LoseByStatus(int status);
  void LoseByTimeout(std::string_view what, std::chrono::milliseconds timeout);
  void End(TransportClosed closed);

  const Options options_;
  Phase phase_ = Phase::kNew;
  std::string token_;
  bool in_query_ = false;
  bool is_token_proven_ = false;  // the server knew the token at least once
  LongPollQueue queue_;
  std::optional<Post> post_;
  std::optional<TimePoint> poll_deadline_;
  std::optional<TimePoint> post_deadline_;
  wire::CloseInfo close_info_;  // draining
  std::deque<LongPollAction> actions_;
};

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_LONGPOLL_CORE_H_
