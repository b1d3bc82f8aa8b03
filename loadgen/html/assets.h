// The files of the HTML report, as they are in this folder; the chart library as its maintainers
// publish it. The build puts them in (BUILD.bazel).
#ifndef PHX_LOADGEN_HTML_ASSETS_H_
#define PHX_LOADGEN_HTML_ASSETS_H_

#include <string_view>

namespace phx::loadgen::html {

extern const std::string_view kReportHtml;
extern const std::string_view kReportCss;
extern const std::string_view kReportJs;
extern const std::string_view kChartJs;

}  // namespace phx::loadgen::html

#endif  // PHX_LOADGEN_HTML_ASSETS_H_
