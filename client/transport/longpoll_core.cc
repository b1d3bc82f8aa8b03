#include "client/transport/longpoll_core.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "client/core/time.h"
#include "client/transport/longpoll_answer.h"
#include "client/wire/close_info.h"
#include "client/wire/connection_info.h"

namespace phx {
namespace {

namespace close_code = wire::close_code;

// What `status` of an answer ends the session with. The codes are phoenix.js's.
wire::CloseInfo CloseInfoFor(int status) {
  switch (status) {
    case 403: return {close_code::kPolicyViolation, "forbidden"};
    case 410: return {close_code::kSessionGone, "session_gone"};
    default: return {close_code::kInternalError, "internal server error"};
  }
}

}  // namespace

// --- commands

void LongPollCore::Open() {
  if (phase_ != Phase::kNew) return;
  phase_ = Phase::kOpening;
  actions_.emplace_back(StartPoll{});
}

void LongPollCore::Send(wire::FrameView frame) {
  if (phase_ == Phase::kOpen) queue_.Add(frame);
}

void LongPollCore::Flush(TimePoint now) {
  if (phase_ == Phase::kOpen) TryPost(now);
}

void LongPollCore::Close(TimePoint now, const wire::CloseInfo& info) {
  if (phase_ == Phase::kDraining || phase_ == Phase::kClosed) return;
  actions_.emplace_back(StopPolling{});
  if (phase_ != Phase::kOpen) {
    return End({.info = {close_code::kAbnormal, ""},
                .status = absl::CancelledError("closed before it was open")});
  }
  phase_ = Phase::kDraining;
  close_info_ = info;
  poll_deadline_.reset();
  if (!post_ && queue_.empty()) return End({.info = close_info_, .was_clean = true});
  if (post_ && post_->is_refused) return End({.info = close_info_});  // nobody will say how
  TryPost(now);
}

// --- what happens

void LongPollCore::OnPolled(TimePoint now, const absl::StatusOr<HttpResponse>& response) {
  if (phase_ != Phase::kOpening && phase_ != Phase::kOpen) return;
  poll_deadline_.reset();
  if (!response.ok()) return Lose(response, response.status());
  if (phase_ == Phase::kOpening) return OnFirstAnswer(now, *response);
  absl::StatusOr<LongPollAnswer> answer = ParseLongPollAnswer(*response);
  if (!answer.ok()) return Lose(response, answer.status());
  OnAnswer(now, *std::move(answer));
}

void LongPollCore::OnFirstAnswer(TimePoint now, const HttpResponse& response) {
  absl::StatusOr<LongPollAnswer> answer = ParseLongPollAnswer(response);
  const bool is_session = answer.ok() && answer->status == 410 && !answer->token.empty();
  if (!is_session) {
    const bool is_refusal = answer.ok() && answer->status == 403;
    return End({.info = is_refusal ? CloseInfoFor(403) : wire::CloseInfo{close_code::kAbnormal, ""},
                .status = answer.ok() ? LongPollStatusError(answer->status) : answer.status(),
                .response = response});
  }
  phase_ = Phase::kOpen;
  token_ = std::move(answer->token);
  in_query_ = options_.token == LongPollToken::kHeaderAndQuery;
  Poll(now);
  SessionOpened opened{response};
  opened.response.body.clear();
  actions_.emplace_back(std::move(opened));
}

void LongPollCore::OnAnswer(TimePoint now, LongPollAnswer answer) {
  switch (answer.status) {
    case 200:
    case 204: break;
    case 410: return OnNewSession(now, std::move(answer.token));
    default: return LoseByStatus(answer.status);
  }
  is_token_proven_ = true;
  if (!answer.token.empty()) token_ = std::move(answer.token);
  Poll(now);
  for (wire::Frame& frame : answer.frames) actions_.emplace_back(DeliverFrame{std::move(frame)});
  if (post_ && post_->is_refused) LoseByStatus(410);  // the token was read where it stood
}

// The server does not know our session, and has made another.
void LongPollCore::OnNewSession(TimePoint now, std::string token) {
  const bool may_have_missed_it = options_.token == LongPollToken::kAutomatic && !in_query_ &&
                                  !is_token_proven_ && !token.empty();
  if (!may_have_missed_it) return LoseByStatus(410);
  in_query_ = true;
  token_ = std::move(token);
  Poll(now);
  if (post_ && post_->is_refused) Submit(now);
}

void LongPollCore::OnPosted(TimePoint now, const absl::StatusOr<HttpResponse>& response) {
  if (phase_ != Phase::kOpen && phase_ != Phase::kDraining) return;
  post_deadline_.reset();
  if (!response.ok()) return Lose(response, response.status());
  const absl::StatusOr<LongPollAnswer> answer = ParseLongPollAnswer(*response);
  if (!answer.ok()) return Lose(response, answer.status());
  if (answer->status == 410) return OnPostRefused(now);
  if (answer->status != 200) return LoseByStatus(answer->status);
  is_token_proven_ = true;
  post_.reset();
  TryPost(now);
  const bool is_drained = phase_ == Phase::kDraining && !post_;
  if (is_drained) End({.info = close_info_, .was_clean = true});
}

void LongPollCore::OnPostRefused(TimePoint now) {
  const bool may_have_missed_it =
      options_.token == LongPollToken::kAutomatic && !post_->in_query && !is_token_proven_;
  if (!may_have_missed_it || phase_ == Phase::kDraining) return LoseByStatus(410);
  if (in_query_) return Submit(now);
  post_->is_refused = true;  // the poll's answer will tell
}

std::optional<TimePoint> LongPollCore::NextDeadline() const {
  if (!poll_deadline_) return post_deadline_;
  if (!post_deadline_) return poll_deadline_;
  return std::min(*poll_deadline_, *post_deadline_);
}

void LongPollCore::OnDeadline(TimePoint now) {
  if (poll_deadline_ && *poll_deadline_ <= now) {
    LoseByTimeout("the poll", options_.poll_timeout);
  } else if (post_deadline_ && *post_deadline_ <= now) {
    LoseByTimeout("the POST", options_.post_timeout);
  }
}

// --- steps

std::optional<LongPollAction> LongPollCore::PollAction() {
  if (actions_.empty()) return std::nullopt;
  LongPollAction action = std::move(actions_.front());
  actions_.pop_front();
  return action;
}

std::size_t LongPollCore::buffered_amount() const {
  return queue_.size() + (post_ ? post_->batch.body.size() : 0);
}

void LongPollCore::Poll(TimePoint now) {
  poll_deadline_ = core::DeadlineAfter(now, core::ToDuration(options_.poll_timeout));
  actions_.emplace_back(StartPoll{});
}

// Posts what waits, if no POST is under way.
void LongPollCore::TryPost(TimePoint now) {
  if (post_ || queue_.empty()) return;
  post_ = Post{.batch = queue_.TakeBatch()};
  Submit(now);
}

void LongPollCore::Submit(TimePoint now) {
  post_->in_query = in_query_;
  post_->is_refused = false;
  post_deadline_ = core::DeadlineAfter(now, core::ToDuration(options_.post_timeout));
  actions_.emplace_back(StartPost{});
}

void LongPollCore::Lose(const absl::StatusOr<HttpResponse>& response, const absl::Status& status) {
  // An HTTP answer that is an error is the server's doing; without one it is the network's.
  const bool is_servers = response.ok() && phase_ != Phase::kOpening;
  TransportClosed closed{.info = is_servers ? CloseInfoFor(response->status)
                                            : wire::CloseInfo{close_code::kAbnormal, ""},
                         .status = status};
  if (response.ok()) closed.response = *response;
  End(std::move(closed));
}

void LongPollCore::LoseByStatus(int status) {
  End({.info = CloseInfoFor(status), .status = LongPollStatusError(status)});
}

void LongPollCore::LoseByTimeout(std::string_view what, std::chrono::milliseconds timeout) {
  End({.info = {close_code::kNoStatus, "timeout"},
       .status = absl::UnavailableError(
           absl::StrCat(absl::string_view(what.data(), what.size()), " was not answered within ",
                        absl::FormatDuration(absl::FromChrono(timeout))))});
}

void LongPollCore::End(TransportClosed closed) {
  phase_ = Phase::kClosed;
  poll_deadline_.reset();
  post_deadline_.reset();
  queue_.Clear();
  actions_.emplace_back(SessionClosed{std::move(closed)});
}

}  // namespace phx
