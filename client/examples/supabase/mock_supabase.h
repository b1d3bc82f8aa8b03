// MockSupabase: the mock server in the part of a Supabase project.
//
// Accepts the key "anon" and the tokens "anon" and "user"; gives the n-th subscription to the
// database of a join the id 100 + n; passes broadcasts on.
#ifndef PHX_CLIENT_EXAMPLES_SUPABASE_MOCK_SUPABASE_H_
#define PHX_CLIENT_EXAMPLES_SUPABASE_MOCK_SUPABASE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "mockserver/server.h"
#include "nlohmann/json.hpp"

namespace phx::test {

class MockSupabase {
 public:
  MockSupabase();

  // "http://127.0.0.1:40123"
  std::string project_url() const;

  // Tells the subscription `id` of the channel that `table` has a new row.
  absl::Status Insert(std::string_view channel, std::int64_t id, std::string_view table,
                      const nlohmann::json& record);

  mock::Server& server() { return server_; }

 private:
  mock::Server server_;
};

}  // namespace phx::test

#endif  // PHX_CLIENT_EXAMPLES_SUPABASE_MOCK_SUPABASE_H_
