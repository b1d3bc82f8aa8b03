#include "loadgen/html_report.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "loadgen/html/assets.h"

namespace phx::loadgen {
namespace {

absl::string_view Convert(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::string FormatHtml(std::string_view run) {
  // In JSON "<" stands only inside strings, where it may be written so; "</script>" would end the
  // element that holds it.
  const std::string data = absl::StrReplaceAll(Convert(run), {{"<", "\\u003c"}});
  // All at once: nothing that is put in is looked through again.
  return absl::StrReplaceAll(Convert(html::kReportHtml),
                             {{"/*{{report.css}}*/", Convert(html::kReportCss)},
                              {"/*{{chart.js}}*/", Convert(html::kChartJs)},
                              {"/*{{report.js}}*/", Convert(html::kReportJs)},
                              {"{{run.json}}", data}});
}

}  // namespace phx::loadgen
