// The text of an HTTP/1.1 request, and the check of what callers add to it.
//
//   const std::vector<std::string_view> ours = {"Content-Length"};
//   if (absl::Status status = CheckHeaders(headers, ours, "long polling"); !status.ok()) return …;
//   std::string text = HttpRequestText({.method = "POST", .target = "/p", .host = "h:4000"},
//                                      headers, body);
#ifndef PHX_CLIENT_TRANSPORT_HTTP_REQUEST_H_
#define PHX_CLIENT_TRANSPORT_HTTP_REQUEST_H_

#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "client/wire/connection_info.h"

namespace phx {

// RFC 9110 5.6.2: what a header's name, or one of a list of names, consists of.
bool IsTokenCharacter(char c);

// RFC 9110 5.5: no line break, no NUL, no other control character but the tab.
bool IsFieldValue(std::string_view text);

// Header names compare without regard to case.
bool IsSameHeader(std::string_view a, std::string_view b);

// CheckHeaders()
//
// kInvalidArgument, naming the header but not its value, if one of `headers` cannot be sent (a line
// break in it), or is one of `reserved`, which belong to `owner`.
absl::Status CheckHeaders(const HttpHeaders& headers, std::span<const std::string_view> reserved,
                          std::string_view owner);

struct HttpRequestLine {
  std::string_view method = "GET";
  std::string_view target = "/";
  std::string_view host = {};  // of the Host header, unless the caller's headers have one
};

// HttpRequestText()
//
// `own` are the sender's headers, `headers` the caller's, which CheckHeaders() has passed. A body
// that is not empty is not announced: put a Content-Length into `own`.
std::string HttpRequestText(const HttpRequestLine& line, const HttpHeaders& own,
                            const HttpHeaders& headers, std::string_view body = {});

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_HTTP_REQUEST_H_
