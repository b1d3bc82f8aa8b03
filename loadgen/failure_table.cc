#include "loadgen/failure_table.h"

namespace phx::loadgen {

void FailureTable::Add(const Failure& failure, std::uint64_t times) {
  if (times == 0) return;
  Key key(failure.stage, failure.cause, failure.kind);
  auto found = entries_.find(key);
  if (found == entries_.end()) {
    if (!HasRoom(failure.stage, failure.cause)) std::get<std::string>(key) = kOtherKinds;
    found = entries_.try_emplace(std::move(key), Entry{.example = failure.message}).first;
  }
  found->second.count += times;
}

bool FailureTable::HasRoom(Stage stage, Cause cause) const {
  std::size_t kinds = 0;
  for (auto entry = entries_.lower_bound({stage, cause, ""}); entry != entries_.end(); ++entry) {
    const auto& [entry_stage, entry_cause, kind] = entry->first;
    if (entry_stage != stage || entry_cause != cause) break;
    if (kind != kOtherKinds) ++kinds;
  }
  return kinds < kMaxKinds;
}

void FailureTable::Merge(const FailureTable& other) {
  for (const auto& [key, entry] : other.entries_) {
    const auto& [stage, cause, kind] = key;
    Add({.stage = stage, .cause = cause, .kind = kind, .message = entry.example}, entry.count);
  }
}

std::vector<FailureTable::Row> FailureTable::rows() const {
  std::vector<Row> rows;
  rows.reserve(entries_.size());
  for (const auto& [key, entry] : entries_) {
    const auto& [stage, cause, kind] = key;
    rows.push_back({stage, cause, kind, entry.count, entry.example});
  }
  return rows;
}

std::uint64_t FailureTable::count() const {
  std::uint64_t total = 0;
  for (const auto& [key, entry] : entries_) total += entry.count;
  return total;
}

std::uint64_t FailureTable::count(Stage stage) const {
  std::uint64_t total = 0;
  for (const auto& [key, entry] : entries_) {
    if (std::get<Stage>(key) == stage) total += entry.count;
  }
  return total;
}

}  // namespace phx::loadgen
