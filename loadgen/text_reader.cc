#include "loadgen/text_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace phx::loadgen {

bool TextReader::Fail(std::size_t place, std::string what) {
  wrong_at_ = place;
  wrong_ = std::move(what);
  return false;
}

absl::Status TextReader::status() const {
  if (wrong_.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(std::string(text_), "\n", std::string(wrong_at_, ' '), "^ ", wrong_));
}

}  // namespace phx::loadgen
