#include "client/transport/message_deflate.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "boost/beast/core/error.hpp"
#include "boost/beast/zlib/deflate_stream.hpp"
#include "boost/beast/zlib/error.hpp"
#include "boost/beast/zlib/inflate_stream.hpp"
#include "boost/beast/zlib/zlib.hpp"

namespace phx {
namespace {

namespace zlib = boost::beast::zlib;

// What each flush ends with: an empty stored block. It is not sent (RFC 7692 7.2.1).
constexpr std::string_view kTail("\x00\x00\xff\xff", 4);

constexpr int kMemoryLevel = 8;  // zlib's own default
constexpr std::size_t kFirstRoom = std::size_t{4} * 1024;

// Buffers that were needed for a large message are not kept for small ones.
constexpr std::size_t kMaxKept = std::size_t{64} * 1024;

void FreeIfLarge(std::string& buffer) {
  if (buffer.capacity() > kMaxKept) std::string().swap(buffer);
}

}  // namespace

struct MessageDeflater::Impl {
  zlib::deflate_stream stream;
  bool no_context_takeover = false;
  std::string output;
};

MessageDeflater::MessageDeflater(const Options& options) : impl_(std::make_unique<Impl>()) {
  impl_->no_context_takeover = options.no_context_takeover;
  impl_->stream.reset(options.level, options.window_bits, kMemoryLevel, zlib::Strategy::normal);
}

MessageDeflater::~MessageDeflater() = default;

std::string_view MessageDeflater::Deflate(std::string_view message) {
  std::string& output = impl_->output;
  FreeIfLarge(output);
  if (impl_->no_context_takeover) impl_->stream.reset();
  output.resize(impl_->stream.upper_bound(message.size()) + kFirstRoom);
  zlib::z_params params;
  params.next_in = message.data();
  params.avail_in = message.size();
  std::size_t written = 0;
  do {
    if (written == output.size()) output.resize(2 * output.size());
    params.next_out = output.data() + written;
    params.avail_out = output.size() - written;
    boost::beast::error_code ignored;  // "nothing left to do", where the room was just enough
    impl_->stream.write(params, zlib::Flush::sync, ignored);
    written = output.size() - params.avail_out;
  } while (params.avail_out == 0);
  return std::string_view(output).substr(0, written - kTail.size());
}

struct MessageInflater::Impl {
  // Feeds `input`, all of it.
  absl::Status Write(std::string_view input);
  // Makes room for more output.
  absl::Status Grow();

  zlib::inflate_stream stream;
  std::size_t max_size = 0;
  std::string output;
  std::size_t size = 0;  // of what is in `output`
  bool is_ended = false;
};

MessageInflater::MessageInflater(const Options& options) : impl_(std::make_unique<Impl>()) {
  impl_->max_size = options.max_size;
  impl_->stream.reset(options.window_bits);
}

MessageInflater::~MessageInflater() = default;

// One byte of room beyond the limit tells a message that is just as large from one that is larger.
absl::Status MessageInflater::Impl::Grow() {
  if (size > max_size) {
    return absl::ResourceExhaustedError(
        absl::StrCat("decompressed message exceeds the limit of ", max_size));
  }
  if (size < output.size()) return absl::OkStatus();
  const std::size_t most = max_size + (max_size < output.max_size() ? 1 : 0);
  output.resize(std::min(std::max(2 * output.size(), kFirstRoom), most));
  return absl::OkStatus();
}

absl::Status MessageInflater::Impl::Write(std::string_view input) {
  zlib::z_params params;
  params.next_in = input.data();
  params.avail_in = input.size();
  for (;;) {
    if (absl::Status grown = Grow(); !grown.ok()) return grown;
    params.next_out = output.data() + size;
    params.avail_out = output.size() - size;
    boost::beast::error_code error;
    stream.write(params, zlib::Flush::sync, error);
    size = output.size() - params.avail_out;
    if (error == zlib::error::end_of_stream) {
      // The peer has ended its stream within the message, and begins another (RFC 7692 7.2.3.4).
      is_ended = params.avail_in == 0;
      if (is_ended) return absl::OkStatus();
      stream.reset();
      continue;
    }
    if (error && error != zlib::error::need_buffers) {
      return absl::DataLossError(absl::StrCat("message cannot be decompressed: ", error.message()));
    }
    if (params.avail_out != 0) return absl::OkStatus();
  }
}

absl::Status MessageInflater::Inflate(std::string_view compressed) {
  impl_->size = 0;
  FreeIfLarge(impl_->output);
  absl::Status status = impl_->Write(compressed);
  if (status.ok() && !impl_->is_ended) status = impl_->Write(kTail);
  if (std::exchange(impl_->is_ended, false)) impl_->stream.reset();
  if (status.ok()) status = impl_->size > impl_->max_size ? impl_->Grow() : status;
  return status;
}

std::string_view MessageInflater::message() const {
  return std::string_view(impl_->output).substr(0, impl_->size);
}

}  // namespace phx
