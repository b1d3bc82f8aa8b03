#include "client/examples/supabase/postgres_change.h"

namespace phx::examples {

void to_json(nlohmann::json& json, const PostgresFilter& filter) {
  json = {{"event", filter.event}, {"schema", filter.schema}};
  if (!filter.table.empty()) json["table"] = filter.table;
  if (!filter.filter.empty()) json["filter"] = filter.filter;
}

void from_json(const nlohmann::json& json, PostgresChange& change) {
  json.at("type").get_to(change.type);
  json.at("schema").get_to(change.schema);
  json.at("table").get_to(change.table);
  change.commit_timestamp = json.value("commit_timestamp", "");
  change.record = json.value("record", nlohmann::json());
  change.old_record = json.value("old_record", nlohmann::json());
  change.errors = json.value("errors", nlohmann::json());
}

}  // namespace phx::examples
