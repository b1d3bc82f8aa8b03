#include "loadgen/broadcast_stamp.h"

#include <charconv>
#include <cstddef>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace phx::loadgen {
namespace {

constexpr std::string_view kBegin = "loadgen:";

// Reads a number and the colon behind it, and takes both from the front of `text`.
template <typename T>
bool TakeNumber(std::string_view* text, T* value) {
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, *value);
  if (error != std::errc() || stop == end || *stop != ':') return false;
  text->remove_prefix(static_cast<std::size_t>(stop - text->data()) + 1);
  return true;
}

}  // namespace

std::string FormatStamp(const BroadcastStamp& stamp, std::uint64_t size) {
  std::string text = absl::StrCat(std::string(kBegin), stamp.run, ":", stamp.sender, ":",
                                  stamp.sequence, ":", stamp.intended.count(), ":");
  text.resize(size, 'x');
  return text;
}

std::optional<BroadcastStamp> FindStamp(std::string_view payload) {
  const std::size_t begin = payload.find(kBegin);
  if (begin == std::string_view::npos) return std::nullopt;
  payload.remove_prefix(begin + kBegin.size());
  BroadcastStamp stamp;
  Duration::rep intended = 0;
  if (!TakeNumber(&payload, &stamp.run) || !TakeNumber(&payload, &stamp.sender) ||
      !TakeNumber(&payload, &stamp.sequence) || !TakeNumber(&payload, &intended)) {
    return std::nullopt;
  }
  stamp.intended = Duration(intended);
  return stamp;
}

}  // namespace phx::loadgen
