// HttpResponseParser: makes an HttpResponse of the bytes of an HTTP/1.1 response, however they
// come. No I/O.
//
//   HttpResponseParser parser({.max_header = 16384, .max_body = 4096});
//   while (!parser.is_done()) {
//     …read…
//     absl::Status status = at_end ? parser.FeedEof() : parser.Feed(bytes);
//     if (!status.ok()) return status;
//   }
//   HttpResponse response = parser.TakeResponse();
//   std::string behind = parser.TakeLeftover();      // a first WebSocket frame, perhaps
//
// Memory is taken as the body comes, not as its announced length claims.
//
// Threads: not thread-safe.
#ifndef PHX_CLIENT_TRANSPORT_HTTP_RESPONSE_PARSER_H_
#define PHX_CLIENT_TRANSPORT_HTTP_RESPONSE_PARSER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "client/wire/connection_info.h"

namespace phx {

class HttpResponseParser {
 public:
  struct Limits {
    std::size_t max_header = std::size_t{16} * 1024;  // bytes; a longer header is an error
    std::size_t max_body = std::size_t{4} * 1024;     // bytes; the rest of a longer body is dropped
  };

  explicit HttpResponseParser(const Limits& limits);
  ~HttpResponseParser();
  HttpResponseParser(const HttpResponseParser&) = delete;
  HttpResponseParser& operator=(const HttpResponseParser&) = delete;

  // Call first: the response ends with its header, whatever that says (the answer to CONNECT).
  void ExpectNoBody();

  // HttpResponseParser::Feed(), HttpResponseParser::FeedEof()
  //
  // Take the next bytes, or learn that there are none. kUnavailable, saying what is wrong, for
  // something that is not HTTP, a header over the limit, or an end before the end.
  absl::Status Feed(std::string_view bytes);
  absl::Status FeedEof();

  // Whether the response is complete, or as much of its body as is kept has come.
  bool is_done() const;

  // Whether the body was longer than its limit, so that TakeResponse() has only its beginning.
  bool is_cut() const;

  // Whether the connection may carry a further exchange after this one (RFC 9112 9.3). Ask before
  // TakeResponse().
  bool keeps_alive() const;

  // Whether any byte of a response has come.
  bool has_begun() const;

  // The response, once is_done().
  HttpResponse TakeResponse();

  // The bytes that came behind the response.
  std::string TakeLeftover();

 private:
  struct Impl;  // keeps Boost.Beast out of this header
  std::unique_ptr<Impl> impl_;
};

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_HTTP_RESPONSE_PARSER_H_
