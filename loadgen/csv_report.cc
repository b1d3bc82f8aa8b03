#include "loadgen/csv_report.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "loadgen/recorder.h"

namespace phx::loadgen {

std::string FormatCsv(const TimeSeries& series) {
  std::string text = absl::StrCat("phase,", absl::StrJoin(SeriesColumns(), ","), "\r\n");
  for (const SeriesRow& row : series.rows()) {
    absl::StrAppend(&text, std::string(ToString(row.phase)), ",",
                    absl::StrJoin(SeriesValues(row), ","), "\r\n");
  }
  return text;
}

}  // namespace phx::loadgen
