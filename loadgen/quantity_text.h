// Quantities as people read them: "200,000", "1.23 ms", "98.7 %".
#ifndef PHX_LOADGEN_QUANTITY_TEXT_H_
#define PHX_LOADGEN_QUANTITY_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "loadgen/time.h"

namespace phx::loadgen {

// "1,234,567"
std::string CountText(std::uint64_t count);

// "1 thread", "2,000 threads".
std::string PluralText(std::uint64_t count, std::string_view noun);

// A rate per second: "20,000.0/s" below a million, where tenths may matter, "1,200,000/s" from
// there.
std::string RateText(double per_second);

// Three digits in the unit that fits: "0 ns", "812 ns", "1.23 ms", "12.3 s", "123 s".
std::string DurationText(Duration duration);

// "98.7 %", of a share between 0 and 1.
std::string PercentText(double share);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_QUANTITY_TEXT_H_
