// What Phoenix answers to a poll or a POST: JSON in an HTTP answer, whose own status is 200 for
// nearly everything.
#ifndef PHX_CLIENT_TRANSPORT_LONGPOLL_ANSWER_H_
#define PHX_CLIENT_TRANSPORT_LONGPOLL_ANSWER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/wire/connection_info.h"
#include "client/wire/frame.h"

namespace phx {

struct LongPollAnswer {
  // 200; 204: a poll came to nothing; 410: no such session, and `token` is that of a new one;
  // 403: refused; 408: the session did not take the frames in time.
  int status = 0;
  std::string token = {};
  std::vector<wire::Frame> frames = {};
};

// ParseLongPollAnswer()
//
// HttpStatusError() for an HTTP status other than 200; kUnavailable for a body that is not
// Phoenix's, as an access point or a proxy may send.
//
// A binary frame stands in the JSON as a string that begins with its kind, a control character
// that no JSON text begins with.
absl::StatusOr<LongPollAnswer> ParseLongPollAnswer(const HttpResponse& response);

// What a `status` other than those that go on means: kUnauthenticated (401), kPermissionDenied
// (403), kUnavailable.
absl::Status LongPollStatusError(int status);

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_LONGPOLL_ANSWER_H_
