#include "loadgen/csv_report.h"

#include <cstddef>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "loadgen/recorder.h"
#include "loadgen/time_series.h"

namespace phx::loadgen {
namespace {

void AppendRows(const std::string& users, const std::vector<SeriesRow>& rows, std::string* text) {
  for (const SeriesRow& row : rows) {
    absl::StrAppend(text, std::string(ToString(row.phase)), ",", users, ",",
                    absl::StrJoin(SeriesValues(row), ","), "\r\n");
  }
}

}  // namespace

std::string FormatCsv(const Report& report) {
  std::string text = absl::StrCat("phase,users,", absl::StrJoin(SeriesColumns(), ","), "\r\n");
  AppendRows("all", report.series.rows(), &text);
  for (std::size_t i = 0; i < report.series.kinds().size(); ++i) {
    AppendRows(report.plan.kinds[i].name, report.series.kinds()[i], &text);
  }
  return text;
}

}  // namespace phx::loadgen
