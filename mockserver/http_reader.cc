#include "mockserver/http_reader.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/buffer.hpp"
#include "boost/beast/http/empty_body.hpp"
#include "boost/beast/http/error.hpp"
#include "boost/beast/http/parser.hpp"
#include "boost/beast/http/string_body.hpp"
#include "boost/system/error_code.hpp"
#include "mockserver/http_message.h"

namespace phx::mock {
namespace {

namespace http = boost::beast::http;

// The absolute form of a target, which is for proxies but which servers have to take as well (RFC
// 9112 3.2.2), without its origin.
std::string WithoutOrigin(std::string target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const std::size_t path = target.find_first_of("/?", scheme.size());
    if (path == std::string::npos) return "/";
    return target[path] == '/' ? target.substr(path) : "/" + target.substr(path);
  }
  return target;
}

HttpRequest ToRequest(const http::request<http::string_body>& message) {
  HttpRequest request;
  request.method = std::string(message.method_string());
  request.target = WithoutOrigin(std::string(message.target()));
  request.minor_version = message.version() == 10 ? 0 : 1;
  for (const auto& field : message) {
    request.headers.emplace_back(absl::AsciiStrToLower(std::string(field.name_string())),
                                 std::string(field.value()));
  }
  request.body = message.body();
  return request;
}

int StatusFor(const boost::system::error_code& error) {
  if (error == http::error::header_limit) return 431;
  return error == http::error::body_limit ? 413 : 400;
}

}  // namespace

class HttpReader::Parser : public http::request_parser<http::string_body> {
 public:
  Parser(std::size_t max_header_size, std::size_t max_body_size) {
    eager(true);
    header_limit(static_cast<std::uint32_t>(
        std::min<std::size_t>(max_header_size, std::numeric_limits<std::uint32_t>::max())));
    body_limit(max_body_size);
  }
};

HttpReader::HttpReader(const Limits& limits)
    : max_header_size_(limits.max_header_size),
      max_body_size_(limits.max_body_size),
      parser_(std::make_unique<Parser>(max_header_size_, max_body_size_)) {}

HttpReader::~HttpReader() = default;

absl::StatusOr<HttpRequest> HttpReader::Next(std::string_view bytes) {
  const bool had_header = parser_->is_header_done();
  rest_.append(bytes);
  boost::system::error_code error;
  while (!rest_.empty() && !parser_->is_done()) {
    const std::size_t taken = parser_->put(boost::asio::buffer(rest_), error);
    rest_.erase(0, taken);
    if (error == http::error::need_more) break;
    if (error) {
      failed_status_ = StatusFor(error);
      return absl::InvalidArgumentError(absl::StrCat("bad HTTP: ", error.message()));
    }
  }
  if (!parser_->is_done()) {
    if (!had_header && parser_->is_header_done()) NoteExpectation();
    return HttpRequest{.method = ""};
  }
  HttpRequest request = ToRequest(parser_->get());
  wants_close_ = !parser_->get().keep_alive();
  parser_ = std::make_unique<Parser>(max_header_size_, max_body_size_);
  expects_continue_ = false;
  return request;
}

void HttpReader::NoteExpectation() {
  expects_continue_ =
      absl::AsciiStrToLower(std::string(parser_->get()[http::field::expect])) == "100-continue";
}

}  // namespace phx::mock
