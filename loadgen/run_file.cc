#include "loadgen/run_file.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "loadgen/json_report.h"

namespace phx::loadgen {
namespace {

using Json = nlohmann::json;

std::string StringIn(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

// The parts that its readers go into, so that they need not look again.
bool IsComplete(const Json& run) {
  const auto has = [](const Json& json, std::initializer_list<const char*> names) {
    for (const char* name : names) {
      if (!json.contains(name)) return false;
    }
    return true;
  };
  return has(run, {"passed", "run", "options", "rates", "counts", "latency_ns", "histograms_ns",
                   "series", "errors", "generator", "machine", "tool"}) &&
         has(run["series"], {"columns", "rows"}) && run["series"]["columns"].is_array() &&
         run["series"]["rows"].is_array();
}

}  // namespace

absl::StatusOr<Json> ParseRunFile(std::string_view text) {
  Json run;
  try {
    run = Json::parse(text);
  } catch (const Json::parse_error& error) {
    return absl::InvalidArgumentError(
        absl::StrCat("is not JSON from byte ", error.byte, " on; give a file that --json wrote"));
  } catch (const Json::out_of_range&) {
    return absl::InvalidArgumentError(
        "has a number that is too large; give a file that --json wrote");
  }
  if (!run.is_object() || StringIn(run, "schema") != kRunSchema) {
    return absl::InvalidArgumentError(
        "is JSON, but no run of loadgen; give a file that --json wrote");
  }
  const Json version = run.value("schema_version", Json());
  if (version != kRunSchemaVersion) {
    return absl::InvalidArgumentError(absl::StrCat("has version ", version.dump(),
                                                   " of the schema, and this program reads ",
                                                   kRunSchemaVersion, "; run it again"));
  }
  if (!IsComplete(run)) {
    return absl::InvalidArgumentError(
        "lacks parts of a run; give the whole file that --json wrote");
  }
  return run;
}

}  // namespace phx::loadgen
