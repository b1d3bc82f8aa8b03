#include "loadgen/csv_table.h"

#include <cstddef>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace phx::loadgen {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Reads cell by cell.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {
    if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
  }

  bool done() const { return rest_.empty(); }
  std::size_t line() const { return line_; }

  // The cells of the next line; false if a quote is wrong.
  bool TakeRow(std::vector<std::string>* row) {
    row->clear();
    do {
      row->emplace_back();
      if (!TakeCell(&row->back())) return false;
    } while (Skip(','));
    Skip('\r');
    if (!done() && !Skip('\n')) return false;
    ++line_;
    return true;
  }

 private:
  bool Skip(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool TakeCell(std::string* cell) {
    if (Skip('"')) return TakeQuoted(cell);
    const std::size_t end = rest_.find_first_of(",\r\n\"");
    cell->assign(rest_.substr(0, end));
    rest_.remove_prefix(cell->size());
    return !rest_.starts_with('"');
  }

  bool TakeQuoted(std::string* cell) {
    while (true) {
      const std::size_t quote = rest_.find('"');
      if (quote == std::string_view::npos) return false;
      cell->append(rest_.substr(0, quote));
      rest_.remove_prefix(quote + 1);
      if (!Skip('"')) return true;
      cell->push_back('"');
    }
  }

  std::string_view rest_;
  std::size_t line_ = 1;  // of rows: line ends inside of quotes are not counted
};

absl::Status CheckColumns(const std::vector<std::string>& columns) {
  std::set<std::string> names;
  for (const std::string& name : columns) {
    if (name.empty()) return absl::InvalidArgumentError("has a column without a name in line 1");
    if (!names.insert(name).second) {
      return absl::InvalidArgumentError(absl::StrCat("has two columns \"", name, "\" in line 1"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CsvTable> ParseCsv(std::string_view text) {
  Reader reader(text);
  CsvTable table;
  std::vector<std::string> row;
  while (!reader.done()) {
    const std::size_t line = reader.line();
    if (!reader.TakeRow(&row)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "has a quote that is not closed, or stands inside of a cell, in line ", line));
    }
    if (row.size() == 1 && row.front().empty()) continue;
    if (table.columns.empty()) {
      table.columns = row;
      const absl::Status status = CheckColumns(table.columns);
      if (!status.ok()) return status;
      continue;
    }
    if (row.size() != table.columns.size()) {
      return absl::InvalidArgumentError(absl::StrCat("has ", row.size(), " cells in line ", line,
                                                     ", but ", table.columns.size(), " columns"));
    }
    table.rows.push_back(std::move(row));
  }
  if (table.rows.empty()) {
    return absl::InvalidArgumentError(
        "has no rows; its first line names the columns, and each other line is for a user");
  }
  return table;
}

}  // namespace phx::loadgen
