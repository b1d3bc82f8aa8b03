#include "loadgen/flag_value.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"

namespace phx::loadgen {
namespace {

absl::string_view Convert(std::string_view text) { return {text.data(), text.size()}; }

// from_chars alone takes no leading space or plus, which SimpleAtoi would.
bool ParseWhole(std::string_view text, std::uint64_t* value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, *value);
  return error == std::errc() && stop == end && !text.empty();
}

std::uint64_t Amount(ByteSize size) { return size.bytes; }
Duration Amount(Duration duration) { return duration; }

// One value, or two with dots in between.
template <typename Range>
absl::Status ParseRange(std::string_view text, Range* range) {
  const std::size_t dots = text.find("..");
  Range parsed;
  absl::Status status = ParseFlagValue(text.substr(0, dots), &parsed.least);
  if (!status.ok()) return status;
  parsed.most = parsed.least;
  if (dots != std::string_view::npos) status = ParseFlagValue(text.substr(dots + 2), &parsed.most);
  if (!status.ok()) return status;
  if (Amount(parsed.most) < Amount(parsed.least)) {
    return absl::InvalidArgumentError("ends before it begins; write the smaller one first");
  }
  *range = parsed;
  return status;
}

template <typename Range>
std::string FormatRange(const Range& range) {
  std::string text = FormatFlagValue(range.least);
  if (range.most != range.least) absl::StrAppend(&text, "..", FormatFlagValue(range.most));
  return text;
}

}  // namespace

absl::Status ParseFlagValue(std::string_view text, std::uint64_t* value) {
  std::uint64_t parsed = 0;
  if (!ParseWhole(text, &parsed)) {
    return absl::InvalidArgumentError("is not a whole number; write digits only, as in 1000");
  }
  *value = parsed;
  return absl::OkStatus();
}

absl::Status ParseFlagValue(std::string_view text, double* value) {
  double parsed = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, parsed);
  if (error != std::errc() || stop != end || !std::isfinite(parsed) || std::signbit(parsed)) {
    return absl::InvalidArgumentError(
        "is not a number; write one that is not negative, as in 2500 or 0.5");
  }
  *value = parsed;
  return absl::OkStatus();
}

absl::Status ParseFlagValue(std::string_view text, Duration* value) {
  absl::Duration parsed;
  if (!absl::ParseDuration(Convert(text), &parsed) || parsed < absl::ZeroDuration() ||
      parsed > absl::Hours(24 * 365)) {
    return absl::InvalidArgumentError(
        "is not a duration; write it with its unit, as in 10s, 500ms or 1m30s");
  }
  *value = absl::ToChronoNanoseconds(parsed);
  return absl::OkStatus();
}

absl::Status ParseFlagValue(std::string_view text, ByteSize* value) {
  unsigned shift = 0;
  std::string_view number = text;
  if (number.ends_with("KiB")) shift = 10;
  if (number.ends_with("MiB")) shift = 20;
  if (shift != 0) number.remove_suffix(3);
  std::uint64_t parsed = 0;
  if (!ParseWhole(number, &parsed) ||
      parsed > (std::numeric_limits<std::uint64_t>::max() >> shift)) {
    return absl::InvalidArgumentError(
        "is not a size; write bytes, KiB or MiB, as in 64, 1KiB or 2MiB");
  }
  value->bytes = parsed << shift;
  return absl::OkStatus();
}

absl::Status ParseFlagValue(std::string_view text, SizeRange* value) {
  return ParseRange(text, value);
}

absl::Status ParseFlagValue(std::string_view text, DurationRange* value) {
  return ParseRange(text, value);
}

absl::Status ParseFlagValue(std::string_view text, JsonText* value) {
  value->text = std::string(text);
  return absl::OkStatus();
}

absl::Status ParseFlagValue(std::string_view text, bool* value) {
  if (text != "true" && text != "false") {
    return absl::InvalidArgumentError("is neither true nor false; the flag alone means true");
  }
  *value = text == "true";
  return absl::OkStatus();
}

absl::Status ParseFlagValue(std::string_view text, std::string* value) {
  *value = std::string(text);
  return absl::OkStatus();
}

absl::Status ParseFlagValue(std::string_view text, std::vector<std::string>* value) {
  value->emplace_back(text);
  return absl::OkStatus();
}

std::string FormatFlagValue(std::uint64_t value) { return absl::StrCat(value); }

std::string FormatFlagValue(double value) {
  // As a person would write it: no exponent where whole digits do.
  constexpr double kReadable = 1e15;
  if (std::abs(value) < kReadable && value == std::floor(value)) {
    return absl::StrCat(static_cast<std::int64_t>(value));
  }
  // The shortest text that is read as the same number.
  std::array<char, 32> text = {};
  const std::to_chars_result end = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), end.ptr};
}

std::string FormatFlagValue(Duration value) {
  return absl::FormatDuration(absl::FromChrono(value));
}

std::string FormatFlagValue(ByteSize value) {
  constexpr std::uint64_t kKibi = 1U << 10U;
  constexpr std::uint64_t kMebi = 1U << 20U;
  if (value.bytes != 0 && value.bytes % kMebi == 0) return absl::StrCat(value.bytes / kMebi, "MiB");
  if (value.bytes != 0 && value.bytes % kKibi == 0) return absl::StrCat(value.bytes / kKibi, "KiB");
  return absl::StrCat(value.bytes);
}

std::string FormatFlagValue(const SizeRange& value) { return FormatRange(value); }

std::string FormatFlagValue(const DurationRange& value) { return FormatRange(value); }

std::string FormatFlagValue(const JsonText& value) { return value.text; }

std::string FormatFlagValue(bool value) { return value ? "true" : "false"; }

std::string FormatFlagValue(const std::string& value) { return value; }

std::string FormatFlagValue(const std::vector<std::string>& value) {
  return absl::StrJoin(value, ", ");
}

}  // namespace phx::loadgen
