// HttpReader: makes requests of the bytes of a connection that still speaks HTTP.
#ifndef PHX_MOCKSERVER_HTTP_READER_H_
#define PHX_MOCKSERVER_HTTP_READER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "mockserver/http_message.h"

namespace phx::mock {

class HttpReader {
 public:
  HttpReader();
  ~HttpReader();

  // HttpReader::Next()
  //
  // Adds `bytes` to what came before, and takes the next request from it if it is complete. Its
  // method is empty if it is not. kInvalidArgument, saying why, if this is not HTTP, or more than 8
  // KiB of headers or 8 MB of body, which is what Plug reads.
  absl::StatusOr<HttpRequest> Next(std::string_view bytes);

  // Adds `bytes` and leaves them for Next(): the request before them is not answered yet.
  void Hold(std::string_view bytes) { rest_.append(bytes); }
  std::size_t held() const { return rest_.size(); }

  // Whether the request that Next() gave wants the connection to end behind its answer.
  bool wants_close() const { return wants_close_; }

 private:
  class Parser;

  std::unique_ptr<Parser> parser_;
  std::string rest_;  // what the parser has not taken yet
  bool wants_close_ = false;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_HTTP_READER_H_
