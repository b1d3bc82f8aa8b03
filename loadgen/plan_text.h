// A plan in one sentence, for the heads of reports.
#ifndef PHX_LOADGEN_PLAN_TEXT_H_
#define PHX_LOADGEN_PLAN_TEXT_H_

#include <string>
#include <vector>

#include "loadgen/plan.h"

namespace phx::loadgen {

// "1,000 connections with 10 channels each, 20,000.0/s pushes of "echo" with 64 bytes"
std::string DescribePlan(const Plan& plan);

// A line for each kind of users, if there are several.
std::vector<std::string> DescribeKinds(const Plan& plan);

// "shard 2/8: 125 of the connections, 2,500.0/s"; empty if there are no others.
std::string DescribeShard(const Plan& plan);

// "commit=1f3a, server=4 cores"; empty if there are none.
std::string FormatLabels(const Plan& plan);

// The URLs, without what may be secret in them.
std::string RedactUrls(const std::vector<std::string>& urls);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_PLAN_TEXT_H_
