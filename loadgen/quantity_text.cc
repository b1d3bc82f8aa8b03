#include "loadgen/quantity_text.h"

#include <array>
#include <cmath>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace phx::loadgen {

std::string CountText(std::uint64_t count) {
  const std::string digits = absl::StrCat(count);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string PluralText(std::uint64_t count, std::string_view noun) {
  return absl::StrCat(CountText(count), " ", std::string(noun), count == 1 ? "" : "s");
}

std::string RateText(double per_second) {
  constexpr double kTenthsBelow = 1e6;
  if (per_second >= kTenthsBelow) {
    return absl::StrCat(CountText(static_cast<std::uint64_t>(std::llround(per_second))), "/s");
  }
  const auto tenths = static_cast<std::uint64_t>(std::llround(per_second * 10));
  return absl::StrCat(CountText(tenths / 10), ".", tenths % 10, "/s");
}

std::string DurationText(Duration duration) {
  constexpr std::array<const char*, 4> kUnits = {"ns", "µs", "ms", "s"};
  auto value = static_cast<double>(duration.count());
  if (value < 1000) return absl::StrFormat("%.0f ns", value);
  std::size_t unit = 0;
  // 999.5 would be printed as 1000: it is 1.00 of the next unit.
  for (; value >= 999.5 && unit + 1 < kUnits.size(); ++unit) value /= 1000;
  int decimals = 0;
  if (value < 99.95) decimals = 1;
  if (value < 9.995) decimals = 2;
  return absl::StrFormat("%.*f %s", decimals, value, kUnits[unit]);
}

std::string PercentText(double share) { return absl::StrFormat("%.1f %%", share * 100); }

}  // namespace phx::loadgen
