// TextTable: columns of text for people. The first column is aligned left, the others right.
#ifndef PHX_LOADGEN_TEXT_TABLE_H_
#define PHX_LOADGEN_TEXT_TABLE_H_

#include <string>
#include <utility>
#include <vector>

namespace phx::loadgen {

class TextTable {
 public:
  // Rows may have different numbers of cells.
  void AddRow(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  // One line for each row, without spaces at its end.
  std::string Format() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_TEXT_TABLE_H_
