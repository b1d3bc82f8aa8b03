// The files that a user asks for of one report, besides what is printed. They are opened before the
// run begins, so that nobody waits for a report that cannot be written.
#ifndef PHX_LOADGEN_REPORT_FILES_H_
#define PHX_LOADGEN_REPORT_FILES_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "loadgen/output_file.h"
#include "loadgen/report.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {

class ReportFiles {
 public:
  struct Names {  // empty: none
    std::string json = {};
    std::string csv = {};
    std::string html = {};
  };

  // Errors as OutputFile::Open().
  static absl::StatusOr<ReportFiles> Open(const Names& names);

  // Writes all of them. `shard`: as in FormatJson().
  absl::Status Write(const Report& report, const nlohmann::ordered_json& shard);
  // Writes something else to the JSON file, if there is one.
  absl::Status WriteJson(const std::string& json);

 private:
  std::optional<OutputFile> json_;
  std::optional<OutputFile> csv_;
  std::optional<OutputFile> html_;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_REPORT_FILES_H_
