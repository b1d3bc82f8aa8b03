// What a search found, with the curve of latency against rate: for people, and for programs.
#ifndef PHX_LOADGEN_SEARCH_REPORT_H_
#define PHX_LOADGEN_SEARCH_REPORT_H_

#include <string>

#include "loadgen/search.h"

namespace phx::loadgen {

inline constexpr char kSearchSchema[] = "phoenix-loadgen-search";
inline constexpr int kSearchSchemaVersion = 1;

// `result` has one step at least.
std::string FormatSearchText(const SearchResult& result);
std::string FormatSearchJson(const SearchResult& result);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_SEARCH_REPORT_H_
