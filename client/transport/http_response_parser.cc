#include "client/transport/http_response_parser.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/buffer.hpp"
#include "boost/beast/http/buffer_body.hpp"
#include "boost/beast/http/error.hpp"
#include "boost/beast/http/parser.hpp"
#include "client/wire/connection_info.h"

namespace phx {
namespace {

namespace http = boost::beast::http;

// The room for a body at first. Most are small.
constexpr std::size_t kFirstBody = std::size_t{4} * 1024;

// An alert, which is what a TLS server has to say to an HTTP request, or a handshake.
bool IsTlsRecord(std::string_view bytes) {
  return !bytes.empty() && (bytes.front() == '\x15' || bytes.front() == '\x16');
}

std::string ToString(boost::core::string_view text) { return {text.data(), text.size()}; }

}  // namespace

struct HttpResponseParser::Impl {
  explicit Impl(const Limits& given)
      : limits(given), body(std::min(given.max_body, kFirstBody), '\0') {
    parser.header_limit(static_cast<std::uint32_t>(limits.max_header));
    parser.body_limit(boost::none);  // ours cuts instead of failing
    parser.eager(true);
    parser.get().body().data = body.data();
    parser.get().body().size = body.size();
  }

  // Makes room for more of the body. False if it is as long as it may be.
  bool GrowBody() {
    const std::size_t size = body.size();
    if (size >= limits.max_body) return false;
    body.resize(std::min(2 * size, limits.max_body));
    parser.get().body().data = body.data() + size;
    parser.get().body().size = body.size() - size;
    return true;
  }

  absl::Status ToStatus(const boost::system::error_code& error) const {
    if (error == http::error::header_limit) {
      return absl::UnavailableError(
          absl::StrCat("HTTP answer with a header of more than ", limits.max_header, " bytes"));
    }
    if (error == http::error::partial_message || error == http::error::end_of_stream) {
      return absl::UnavailableError("the server closed the connection before it answered");
    }
    return absl::UnavailableError(absl::StrCat("malformed HTTP answer: ", error.message()));
  }

  const Limits limits;
  // Room of our own, because Beast's string_body takes as much memory as Content-Length claims.
  std::string body;
  bool body_is_full = false;
  http::response_parser<http::buffer_body> parser;
  std::string input;  // not parsed yet: the parser wants each line in one piece
};

HttpResponseParser::HttpResponseParser(const Limits& limits)
    : impl_(std::make_unique<Impl>(limits)) {}

HttpResponseParser::~HttpResponseParser() = default;

void HttpResponseParser::ExpectNoBody() { impl_->parser.skip(true); }

absl::Status HttpResponseParser::Feed(std::string_view bytes) {
  std::string& input = impl_->input;
  input.append(bytes);
  if (IsTlsRecord(input) && !impl_->parser.got_some()) {
    return absl::UnavailableError(
        "the server speaks TLS on this port: connect by wss:// or https://");
  }
  boost::system::error_code error;
  while (!is_done() && !input.empty()) {
    const std::size_t used = impl_->parser.put(boost::asio::buffer(input), error);
    input.erase(0, used);
    if (error == http::error::need_more) break;
    if (error == http::error::need_buffer) {
      impl_->body_is_full = !impl_->GrowBody();
    } else if (error) {
      return impl_->ToStatus(error);
    }
  }
  return absl::OkStatus();
}

absl::Status HttpResponseParser::FeedEof() {
  boost::system::error_code error;
  // A parser that has seen nothing takes the end for the end of an empty message.
  if (!impl_->parser.got_some()) error = http::error::end_of_stream;
  if (!error) impl_->parser.put_eof(error);
  return error ? impl_->ToStatus(error) : absl::OkStatus();
}

bool HttpResponseParser::is_done() const { return impl_->parser.is_done() || impl_->body_is_full; }

bool HttpResponseParser::is_cut() const { return impl_->body_is_full; }

bool HttpResponseParser::keeps_alive() const {
  return impl_->parser.is_done() && impl_->parser.keep_alive();
}

bool HttpResponseParser::has_begun() const { return impl_->parser.got_some(); }

HttpResponse HttpResponseParser::TakeResponse() {
  const auto message = impl_->parser.release();
  HttpResponse response;
  response.status = static_cast<int>(message.result_int());
  response.reason = ToString(message.reason());
  for (const auto& field : message) {
    response.headers.emplace_back(ToString(field.name_string()), ToString(field.value()));
  }
  response.body = std::move(impl_->body);
  response.body.resize(response.body.size() - message.body().size);
  return response;
}

std::string HttpResponseParser::TakeLeftover() { return std::exchange(impl_->input, {}); }

}  // namespace phx
