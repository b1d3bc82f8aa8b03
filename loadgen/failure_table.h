// FailureTable: how often what failed, and what the first of each kind said.
//
//   FailureTable failures;
//   failures.Add({.stage = Stage::kJoin, .cause = Cause::kRefused, .kind = "error: full"});
//   for (const FailureTable::Row& row : failures.rows()) …
//
// Memory: bounded, whatever servers say: kMaxKinds for each stage and cause.
// Threads: as a plain value.
#ifndef PHX_LOADGEN_FAILURE_TABLE_H_
#define PHX_LOADGEN_FAILURE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "loadgen/failure.h"

namespace phx::loadgen {

class FailureTable {
 public:
  // Kinds of one stage and cause that are told apart; all others are one kind more.
  static constexpr std::size_t kMaxKinds = 32;
  static constexpr std::string_view kOtherKinds = "other_kinds";

  struct Row {
    Stage stage = Stage::kConnect;
    Cause cause = Cause::kOther;
    std::string kind = {};
    std::uint64_t count = 0;
    std::string example = {};  // the message of the first one
  };

  void Add(const Failure& failure, std::uint64_t times = 1);
  void Merge(const FailureTable& other);

  // By stage, cause and kind.
  std::vector<Row> rows() const;
  std::uint64_t count() const;
  std::uint64_t count(Stage stage) const;

 private:
  using Key = std::tuple<Stage, Cause, std::string>;
  struct Entry {
    std::uint64_t count = 0;
    std::string example = {};
  };

  bool HasRoom(Stage stage, Cause cause) const;

  std::map<Key, Entry> entries_;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_FAILURE_TABLE_H_
