// HttpReader: makes requests of the bytes of a connection that still speaks HTTP.
#ifndef PHX_MOCKSERVER_HTTP_READER_H_
#define PHX_MOCKSERVER_HTTP_READER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "mockserver/http_message.h"
#include "mockserver/limits.h"

namespace phx::mock {

// What a client is told that HttpReader::TakeExpectation() is about.
inline constexpr std::string_view kContinueAnswer = "HTTP/1.1 100 Continue\r\n\r\n";

class HttpReader {
 public:
  // Takes requests of the sizes that `limits` allow.
  explicit HttpReader(const Limits& limits = {});
  ~HttpReader();

  // HttpReader::Next()
  //
  // Adds `bytes` to what came before, and takes the next request from it if it is complete. Its
  // method is empty if it is not. kInvalidArgument, saying why, if this is not HTTP or too large.
  absl::StatusOr<HttpRequest> Next(std::string_view bytes);

  // Adds `bytes` and leaves them for Next(): the request before them is not answered yet.
  void Hold(std::string_view bytes) { rest_.append(bytes); }
  std::size_t held() const { return rest_.size(); }

  // Whether the client of the request that is not complete wants to hear "100 Continue" before it
  // sends the body (RFC 9110 10.1.1). Once for each request.
  bool TakeExpectation() { return std::exchange(expects_continue_, false); }

  // The HTTP status to answer with when Next() has failed: 400, or 431 or 413 for what is too
  // large.
  int failed_status() const { return failed_status_; }

  // Whether the request that Next() gave wants the connection to end behind its answer.
  bool wants_close() const { return wants_close_; }

 private:
  class Parser;

  // Looks at the header of a request whose body has not come yet.
  void NoteExpectation();

  const std::size_t max_header_size_;
  const std::size_t max_body_size_;
  std::unique_ptr<Parser> parser_;
  std::string rest_;  // what the parser has not taken yet
  int failed_status_ = 400;
  bool wants_close_ = false;
  bool expects_continue_ = false;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_HTTP_READER_H_
