#include "loadgen/file_commands.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "loadgen/comparison.h"
#include "loadgen/html_report.h"
#include "loadgen/merge.h"
#include "loadgen/output_file.h"
#include "loadgen/run_file.h"
#include "loadgen/shard_run.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {
namespace {

absl::StatusOr<nlohmann::json> ReadRun(const std::string& name) {
  const absl::StatusOr<std::string> text = ReadInputFile(name);
  if (!text.ok()) return text.status();
  absl::StatusOr<nlohmann::json> run = ParseRunFile(*text);
  if (run.ok()) return run;
  return absl::InvalidArgumentError(absl::StrCat(name, " ", run.status().message()));
}

}  // namespace

absl::Status WriteReport(const CommandLine& command_line) {
  const std::string& name = command_line.files.front();
  const absl::StatusOr<nlohmann::json> run = ReadRun(name);
  if (!run.ok()) return run.status();
  const absl::StatusOr<std::string> text = ReadInputFile(name);
  if (!text.ok()) return text.status();
  absl::StatusOr<OutputFile> file = OutputFile::Open("html", command_line.html);
  if (!file.ok()) return file.status();
  return file->Write(FormatHtml(*text));
}

absl::StatusOr<Report> MergeFiles(const std::vector<std::string>& names) {
  std::vector<MergeInput> inputs;
  for (const std::string& name : names) {
    const absl::StatusOr<std::string> text = ReadInputFile(name);
    if (!text.ok()) return text.status();
    inputs.push_back({.name = name, .run = ParseShardRun(*text)});
  }
  return MergeShards(std::move(inputs));
}

absl::StatusOr<bool> PrintComparison(const CommandLine& command_line, const Console& console) {
  const absl::StatusOr<nlohmann::json> a = ReadRun(command_line.files[0]);
  if (!a.ok()) return a.status();
  const absl::StatusOr<nlohmann::json> b = ReadRun(command_line.files[1]);
  if (!b.ok()) return b.status();
  try {
    const Comparison comparison = Compare(*a, *b, command_line.comparison);
    console.out << FormatComparison(comparison) << std::flush;
    return comparison.is_worse();
  } catch (const nlohmann::json::exception& error) {
    return absl::InvalidArgumentError(
        absl::StrCat("a file is damaged: ", error.what(), "; give files as --json wrote them"));
  }
}

}  // namespace phx::loadgen
