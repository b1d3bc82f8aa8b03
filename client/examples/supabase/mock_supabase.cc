#include "client/examples/supabase/mock_supabase.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "mockserver/channel_builder.h"

namespace phx::test {
namespace {

using nlohmann::json;

constexpr std::int64_t kFirstId = 100;

mock::JoinResult Join(mock::ChannelSocket& socket, const mock::Payload& params) {
  const std::string token = params.json().value("access_token", "");
  if (token != "anon" && token != "user") {
    return mock::JoinError({{"reason", "InvalidJWTToken: not a token"}});
  }
  json changes = json::array();
  for (const json& asked : params.json().at("config").at("postgres_changes")) {
    json change = asked;
    change["id"] = kFirstId + static_cast<std::int64_t>(changes.size());
    changes.push_back(std::move(change));
  }
  socket.Send({.name = "subscribed"});
  return mock::JoinOk({{"postgres_changes", std::move(changes)}});
}

mock::ServerOptions Options() {
  mock::UserSocket socket;
  socket.path = "/realtime/v1";
  socket.connect = [](const mock::ConnectInfo& info, mock::Json&) {
    return info.params.value("apikey", "") == "anon" ? mock::ConnectOk() : mock::ConnectRefused();
  };
  socket.channels = {
      {"realtime:*", mock::ChannelBuilder()
                         .OnJoin(Join)
                         .OnInfo("subscribed",
                                 [](mock::ChannelSocket& self, const mock::Info&) {
                                   self.Push("system", json{{"extension", "postgres_changes"},
                                                            {"message", "Subscribed to PostgreSQL"},
                                                            {"status", "ok"}});
                                   return mock::NoReply();
                                 })
                         .OnIn("access_token", [](mock::ChannelSocket&,
                                                  const mock::Payload&) { return mock::NoReply(); })
                         .OnIn("broadcast",
                               [](mock::ChannelSocket& self, const mock::Payload& payload) {
                                 self.BroadcastFrom("broadcast", payload);
                                 return mock::ReplyOk();
                               })
                         .Build()}};
  mock::ServerOptions options;
  options.sockets = {std::move(socket)};
  return options;
}

}  // namespace

MockSupabase::MockSupabase() : server_(Options()) {}

std::string MockSupabase::project_url() const {
  return "http://127.0.0.1:" + std::to_string(server_.port());
}

absl::Status MockSupabase::Insert(std::string_view channel, std::int64_t id, std::string_view table,
                                  const json& record) {
  const json change = {{"ids", {id}},
                       {"data",
                        {{"type", "INSERT"},
                         {"schema", "public"},
                         {"table", table},
                         {"commit_timestamp", "2026-01-01T00:00:00Z"},
                         {"record", record},
                         {"errors", nullptr}}}};
  return server_.Broadcast("realtime:" + std::string(channel), "postgres_changes", change);
}

}  // namespace phx::test
