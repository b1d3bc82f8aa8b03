// The report as one HTML page that needs nothing else: styles, the chart library, the script that
// draws, and the run itself are inside. It can be mailed, kept as an artifact of CI, and opened
// without a network.
#ifndef PHX_LOADGEN_HTML_REPORT_H_
#define PHX_LOADGEN_HTML_REPORT_H_

#include <string>
#include <string_view>

namespace phx::loadgen {

// `run` is what FormatJson() (json_report.h) gave, now or long ago; the page shows nothing that is
// not in it.
std::string FormatHtml(std::string_view run);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_HTML_REPORT_H_
