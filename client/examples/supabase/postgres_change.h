// PostgresChange: a row that was inserted, updated or deleted, as Supabase Realtime tells of it;
// and PostgresFilter: of which ones it should tell.
//
//   const PostgresFilter new_todos{.event = "INSERT", .table = "todos", .filter = "list_id=eq.7"};
#ifndef PHX_CLIENT_EXAMPLES_SUPABASE_POSTGRES_CHANGE_H_
#define PHX_CLIENT_EXAMPLES_SUPABASE_POSTGRES_CHANGE_H_

#include <string>

#include "nlohmann/json.hpp"

namespace phx::examples {

struct PostgresFilter {
  std::string event = "*";  // "INSERT", "UPDATE", "DELETE", or all of them
  std::string schema = "public";
  std::string table = {};   // empty: all tables of the schema
  std::string filter = {};  // "column=eq.value"; empty: all rows
};

struct PostgresChange {
  std::string type = {};  // "INSERT", "UPDATE", "DELETE"
  std::string schema = {};
  std::string table = {};
  std::string commit_timestamp = {};    // ISO 8601
  nlohmann::json record = nullptr;      // the row; null for a DELETE
  nlohmann::json old_record = nullptr;  // what it was, as far as its replica identity goes
  nlohmann::json errors = nullptr;      // why something is missing here, such as no permission
};

void to_json(nlohmann::json& json, const PostgresFilter& filter);
void from_json(const nlohmann::json& json, PostgresChange& change);

}  // namespace phx::examples

#endif  // PHX_CLIENT_EXAMPLES_SUPABASE_POSTGRES_CHANGE_H_
