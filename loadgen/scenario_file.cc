#include "loadgen/scenario_file.h"

#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "loadgen/csv_table.h"
#include "loadgen/output_file.h"

namespace phx::loadgen {
namespace {

using Feeds = std::map<std::string, std::shared_ptr<const CsvTable>>;

absl::Status ReadFeed(KindSettings* kind, Feeds* feeds) {
  if (kind->feed.empty()) return absl::OkStatus();
  std::shared_ptr<const CsvTable>& feed = (*feeds)[kind->feed];
  if (feed == nullptr) {
    const absl::StatusOr<std::string> text = ReadInputFile(kind->feed);
    if (!text.ok()) return absl::InvalidArgumentError(text.status().message());
    absl::StatusOr<CsvTable> table = ParseCsv(*text);
    if (!table.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("the feed ", kind->feed, " ", table.status().message()));
    }
    feed = std::make_shared<CsvTable>(*std::move(table));
  }
  kind->feed_rows = feed;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Scenario> ReadScenario(const std::string& file) {
  const absl::StatusOr<std::string> text = ReadInputFile(file);
  if (!text.ok()) return absl::InvalidArgumentError(text.status().message());
  return ParseScenario(*text, file);
}

absl::Status ReadFeeds(Settings* settings) {
  Feeds feeds;
  absl::Status status;
  if (settings->kinds.empty()) status = ReadFeed(&settings->user, &feeds);
  for (KindSettings& kind : settings->kinds) status.Update(ReadFeed(&kind, &feeds));
  return status;
}

}  // namespace phx::loadgen
