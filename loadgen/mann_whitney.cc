#include "loadgen/mann_whitney.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace phx::loadgen {
namespace {

struct Observation {
  double value;
  bool is_a;
};

std::vector<Observation> Pool(std::span<const double> a, std::span<const double> b) {
  std::vector<Observation> pool;
  pool.reserve(a.size() + b.size());
  for (const double value : a) pool.push_back({value, true});
  for (const double value : b) pool.push_back({value, false});
  std::sort(pool.begin(), pool.end(),
            [](const Observation& x, const Observation& y) { return x.value < y.value; });
  return pool;
}

struct Ranks {
  double sum_of_a = 0;
  double ties = 0;  // sum of t^3 - t over groups of t equal values
};

// Equal values share the mean of their ranks.
Ranks Rank(const std::vector<Observation>& pool) {
  Ranks ranks;
  for (std::size_t begin = 0; begin < pool.size();) {
    std::size_t end = begin;
    std::size_t of_a = 0;
    for (; end < pool.size() && pool[end].value == pool[begin].value; ++end) {
      if (pool[end].is_a) ++of_a;
    }
    const auto size = static_cast<double>(end - begin);
    const double rank = static_cast<double>(begin + end + 1) / 2;
    ranks.sum_of_a += rank * static_cast<double>(of_a);
    ranks.ties += size * size * size - size;
    begin = end;
  }
  return ranks;
}

}  // namespace

double MannWhitneyP(std::span<const double> a, std::span<const double> b) {
  const auto size_a = static_cast<double>(a.size());
  const auto size_b = static_cast<double>(b.size());
  const double total = size_a + size_b;
  const Ranks ranks = Rank(Pool(a, b));
  const double u = ranks.sum_of_a - size_a * (size_a + 1) / 2;
  const double mean = size_a * size_b / 2;
  const double variance = size_a * size_b / 12 * (total + 1 - ranks.ties / (total * (total - 1)));
  if (variance <= 0) return 1;
  const double distance = std::max(0.0, std::abs(u - mean) - 0.5);
  return std::erfc(distance / std::sqrt(variance) / std::numbers::sqrt2);
}

}  // namespace phx::loadgen
