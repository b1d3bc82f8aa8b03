#include "loadgen/report_files.h"

#include <utility>

#include "loadgen/csv_report.h"
#include "loadgen/html_report.h"
#include "loadgen/json_report.h"

namespace phx::loadgen {
namespace {

absl::Status OpenOne(const char* flag, const std::string& name, std::optional<OutputFile>* file) {
  if (name.empty()) return absl::OkStatus();
  absl::StatusOr<OutputFile> opened = OutputFile::Open(flag, name);
  if (!opened.ok()) return opened.status();
  *file = *std::move(opened);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ReportFiles> ReportFiles::Open(const Names& names) {
  ReportFiles files;
  absl::Status status = OpenOne("json", names.json, &files.json_);
  status.Update(OpenOne("csv", names.csv, &files.csv_));
  status.Update(OpenOne("html", names.html, &files.html_));
  if (!status.ok()) return status;
  return files;
}

absl::Status ReportFiles::Write(const Report& report, const nlohmann::ordered_json& shard) {
  absl::Status status;
  std::string json;  // of the page: without the shard, which only programs read
  if (html_.has_value() || (json_.has_value() && shard.is_null())) json = FormatJson(report);
  if (json_.has_value()) {
    status.Update(json_->Write(shard.is_null() ? json : FormatJson(report, shard)));
  }
  if (csv_.has_value()) status.Update(csv_->Write(FormatCsv(report)));
  if (html_.has_value()) status.Update(html_->Write(FormatHtml(json)));
  return status;
}

absl::Status ReportFiles::WriteJson(const std::string& json) {
  return json_.has_value() ? json_->Write(json) : absl::OkStatus();
}

}  // namespace phx::loadgen
