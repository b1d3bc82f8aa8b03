#include "loadgen/text_table.h"

#include <algorithm>
#include <cstddef>

#include "loadgen/terminal_text.h"

namespace phx::loadgen {
namespace {

constexpr std::size_t kGap = 2;  // spaces between columns

std::vector<std::size_t> WidestOf(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widest;
  for (const std::vector<std::string>& row : rows) {
    widest.resize(std::max(widest.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widest[i] = std::max(widest[i], ColumnsOf(row[i]));
  }
  return widest;
}

}  // namespace

std::string TextTable::Format() const {
  const std::vector<std::size_t> widest = WidestOf(rows_);
  std::string text;
  for (const std::vector<std::string>& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widest[i] - ColumnsOf(row[i]), ' ');
      if (i == 0) {
        line += row[i] + padding;
      } else {
        line += std::string(kGap, ' ') + padding + row[i];
      }
    }
    line.resize(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

}  // namespace phx::loadgen
