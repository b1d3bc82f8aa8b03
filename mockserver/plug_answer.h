// HTTP answers as Plug and Phoenix's endpoint make them.
#ifndef PHX_MOCKSERVER_PLUG_ANSWER_H_
#define PHX_MOCKSERVER_PLUG_ANSWER_H_

#include <string>
#include <utility>

#include "mockserver/flavor.h"
#include "mockserver/http_message.h"

namespace phx::mock {

// Plug's default, on answers and on the 101.
const std::pair<std::string, std::string>& CacheControl();

// An answer with the headers that every one has; WithAdapterHeaders() adds those of the adapter.
HttpAnswer PlugAnswer(int status, std::string body = {}, std::string content_type = {});

// What an application with `render_errors: [formats: [html: …, json: …]]` renders for an error: the
// text, or {"errors":{"detail":text}} if that is what the request's headers prefer.
HttpAnswer ErrorPage(const HttpHeaders& request, int status, std::string text);
HttpAnswer InternalServerError(const HttpHeaders& request);

// What the transport of long polling answers: always 200, the body has the status proper.
HttpAnswer LongPollAnswer(std::string json, const Flavor& flavor);
// {"status":410} and the like.
HttpAnswer LongPollStatus(int status, const Flavor& flavor);

// `answer` as the HTTP server beneath Phoenix sends it.
HttpAnswer WithAdapterHeaders(HttpAnswer answer, const Flavor& flavor);

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_PLUG_ANSWER_H_
