// How the values of flags are written on the command line: counts, rates, durations, sizes.
#ifndef PHX_LOADGEN_FLAG_VALUE_H_
#define PHX_LOADGEN_FLAG_VALUE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "loadgen/time.h"

namespace phx::loadgen {

// A number of bytes: "64", "1KiB", "2MiB".
struct ByteSize {
  std::uint64_t bytes = 0;

  friend bool operator==(const ByteSize&, const ByteSize&) = default;
};

// A number of bytes, or a range of them: "64", "64..1KiB".
struct SizeRange {
  ByteSize least = {};
  ByteSize most = {};

  friend bool operator==(const SizeRange&, const SizeRange&) = default;
};

// A length of time, or a range of them: "1s", "500ms..3s".
struct DurationRange {
  Duration least = {};
  Duration most = {};

  friend bool operator==(const DurationRange&, const DurationRange&) = default;
};

// JSON, which is not looked into here: what is wrong with it may be secret.
struct JsonText {
  std::string text = {};

  bool empty() const { return text.empty(); }
  friend bool operator==(const JsonText&, const JsonText&) = default;
};

// ParseFlagValue()
//
// Reads `text` into `*value`, which is left alone if that fails. kInvalidArgument says what is
// wrong and how such a value is written, as the end of a sentence that names the flag: "is not a
// duration; write it with its unit, as in 10s, 500ms or 1m30s".
//
//   std::uint64_t   whole numbers, no sign
//   double          plain decimal numbers, finite, not negative
//   Duration        a number with ns, us, ms, s, m or h, or several of them; not negative
//   ByteSize        a whole number, alone (bytes) or with KiB or MiB
//   SizeRange       a ByteSize, or two of them with .. in between, the smaller first
//   DurationRange   the same of Durations
//   JsonText        anything
//   bool            true or false; a flag without a value is true
//   std::string     anything
//   vector<string>  anything; each value is added to those before
absl::Status ParseFlagValue(std::string_view text, std::uint64_t* value);
absl::Status ParseFlagValue(std::string_view text, double* value);
absl::Status ParseFlagValue(std::string_view text, Duration* value);
absl::Status ParseFlagValue(std::string_view text, ByteSize* value);
absl::Status ParseFlagValue(std::string_view text, SizeRange* value);
absl::Status ParseFlagValue(std::string_view text, DurationRange* value);
absl::Status ParseFlagValue(std::string_view text, JsonText* value);
absl::Status ParseFlagValue(std::string_view text, bool* value);
absl::Status ParseFlagValue(std::string_view text, std::string* value);
absl::Status ParseFlagValue(std::string_view text, std::vector<std::string>* value);

// The value as one would write it: what the help shows as default.
std::string FormatFlagValue(std::uint64_t value);
std::string FormatFlagValue(double value);
std::string FormatFlagValue(Duration value);
std::string FormatFlagValue(ByteSize value);
std::string FormatFlagValue(const SizeRange& value);
std::string FormatFlagValue(const DurationRange& value);
std::string FormatFlagValue(const JsonText& value);
std::string FormatFlagValue(bool value);
std::string FormatFlagValue(const std::string& value);
std::string FormatFlagValue(const std::vector<std::string>& value);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_FLAG_VALUE_H_
