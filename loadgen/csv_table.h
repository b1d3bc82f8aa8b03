// CsvTable: a CSV file (RFC 4180) whose first line names its columns.
//
//   absl::StatusOr<CsvTable> table = ParseCsv("token,room\nabc,1\ndef,2\n");
//   table->rows[0][1];   // "1"
//
// Threads: a plain value.
#ifndef PHX_LOADGEN_CSV_TABLE_H_
#define PHX_LOADGEN_CSV_TABLE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace phx::loadgen {

struct CsvTable {
  std::vector<std::string> columns = {};
  std::vector<std::vector<std::string>> rows = {};  // each as long as `columns`
};

// ParseCsv()
//
// Cells in quotes may have commas, line ends and doubled quotes in them. Empty lines are left out.
// kInvalidArgument, as the end of a sentence that names the file, says in which line what is wrong;
// never what stands there, which may be secret.
absl::StatusOr<CsvTable> ParseCsv(std::string_view text);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_CSV_TABLE_H_
