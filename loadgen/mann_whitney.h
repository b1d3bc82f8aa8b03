// The Mann-Whitney U test (also Wilcoxon's rank-sum test): whether two samples look as if they came
// from the same distribution. It asks nothing of the shape of that distribution, which for
// latencies is never normal.
#ifndef PHX_LOADGEN_MANN_WHITNEY_H_
#define PHX_LOADGEN_MANN_WHITNEY_H_

#include <cstddef>
#include <span>

namespace phx::loadgen {

// From here on the normal approximation of U that MannWhitneyP() uses is sound (Mann and Whitney,
// 1947).
inline constexpr std::size_t kMinSample = 8;

// MannWhitneyP()
//
// The two-sided p-value: how likely samples at least so different are if nothing but chance makes
// the difference. By the normal approximation with corrections for ties and continuity; both
// samples need kMinSample values. 1 if all values are equal.
double MannWhitneyP(std::span<const double> a, std::span<const double> b);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_MANN_WHITNEY_H_
