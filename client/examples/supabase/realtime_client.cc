#include "client/examples/supabase/realtime_client.h"

#include <chrono>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/wire/json_serializer_v1.h"

namespace phx::examples {

using nlohmann::json;

// The token of the moment. Any thread sets it, the strand reads it at every join.
class AccessToken {
 public:
  explicit AccessToken(std::string token) : token_(std::move(token)) {}

  void Set(std::string token) {
    const std::lock_guard lock(mutex_);
    token_ = std::move(token);
  }
  std::string Get() const {
    const std::lock_guard lock(mutex_);
    return token_;
  }

 private:
  mutable std::mutex mutex_;
  std::string token_;  // under mutex_
};

// What one channel subscribes to. Filled before Subscribe(); from then on the strand's alone.
struct RealtimeChannel::Subscriptions {
  struct ToPostgres {
    PostgresFilter filter;
    absl::AnyInvocable<void(const PostgresChange&)> handler;
    std::int64_t id = 0;  // by which the server calls it, since the last join
  };

  // The join's params.
  json Config(const std::string& token) const {
    json changes = json::array();
    for (const ToPostgres& subscription : to_postgres) changes.push_back(subscription.filter);
    return {{"config",
             {{"broadcast", {{"ack", true}, {"self", false}}},
              {"postgres_changes", std::move(changes)},
              {"private", false}}},
            {"access_token", token}};
  }

  // The join's reply: {"postgres_changes": [{"id": 1, …}, …]}, in the order of Config().
  absl::Status TakeIds(const json& response) {
    try {
      const json& changes = response.value("postgres_changes", json::array());
      if (changes.size() != to_postgres.size()) {
        return absl::DataLossError(absl::StrCat("asked for ", to_postgres.size(),
                                                " subscriptions and got ", changes.size()));
      }
      for (std::size_t i = 0; i < changes.size(); ++i) {
        changes.at(i).at("id").get_to(to_postgres[i].id);
      }
    } catch (const std::exception& error) {
      return absl::DataLossError(absl::StrCat("the join's reply: ", error.what()));
    }
    return absl::OkStatus();
  }

  // {"ids": [1, …], "data": {…}}: for whom, and what.
  void OnPostgresChange(const json& payload) {
    const auto ids = payload.at("ids").get<std::vector<std::int64_t>>();
    const auto change = payload.at("data").get<PostgresChange>();
    for (ToPostgres& subscription : to_postgres) {
      for (const std::int64_t id : ids) {
        if (id == subscription.id) subscription.handler(change);
      }
    }
  }

  // {"type": "broadcast", "event": "cursor", "payload": {…}}
  void OnBroadcast(const json& payload) {
    const auto handler = to_broadcasts.find(payload.at("event").get<std::string>());
    if (handler != to_broadcasts.end()) handler->second(payload.value("payload", json::object()));
  }

  std::vector<ToPostgres> to_postgres;
  std::map<std::string, absl::AnyInvocable<void(const json&)>> to_broadcasts;
};

RealtimeChannel::RealtimeChannel(::phx::Socket socket, std::string_view topic,
                                 std::shared_ptr<AccessToken> token)
    : socket_(std::move(socket)),
      channel_(socket_.Channel(topic)),
      token_(std::move(token)),
      subscriptions_(std::make_shared<Subscriptions>()) {}

void RealtimeChannel::OnPostgresChange(PostgresFilter filter,
                                       absl::AnyInvocable<void(const PostgresChange&)> handler) {
  subscriptions_->to_postgres.push_back({std::move(filter), std::move(handler)});
}

void RealtimeChannel::OnBroadcast(std::string_view event,
                                  absl::AnyInvocable<void(const json&)> handler) {
  subscriptions_->to_broadcasts.insert_or_assign(std::string(event), std::move(handler));
}

void RealtimeChannel::Subscribe(absl::AnyInvocable<void(const absl::Status&)> handler) {
  // A handler may not capture the Socket, which it would keep alive for ever.
  const auto subscriptions = subscriptions_;
  const auto on_status =
      std::make_shared<absl::AnyInvocable<void(const absl::Status&)>>(std::move(handler));
  socket_.Channel(channel_.topic(), JoinParams([subscriptions, token = token_] {
                    return subscriptions->Config(token->Get());
                  }));
  channel_.On("postgres_changes", [subscriptions](const Message& message) {
    subscriptions->OnPostgresChange(message.payload.json());
  });
  channel_.On("broadcast", [subscriptions](const Message& message) {
    subscriptions->OnBroadcast(message.payload.json());
  });
  channel_.Join()
      .Receive("ok",
               [subscriptions, on_status](const Reply& reply) {
                 (*on_status)(subscriptions->TakeIds(reply.response.json()));
               })
      .Receive("error",
               [on_status](const Reply& reply) {
                 (*on_status)(absl::PermissionDeniedError(std::string(reply.response.text())));
               })
      .Receive("timeout", [on_status](const Reply&) {
        (*on_status)(absl::DeadlineExceededError("no answer to the subscription"));
      });
}

::phx::Push RealtimeChannel::Broadcast(std::string_view event, const json& payload) const {
  return channel_.Push(
      "broadcast",
      json{{"type", "broadcast"}, {"event", std::string(event)}, {"payload", payload}});
}

void RealtimeChannel::Unsubscribe() const { channel_.Leave(); }

namespace {

SocketOptions OptionsFor(RealtimeClient::Options options) {
  SocketOptions socket = std::move(options.socket);
  socket.params = {{"apikey", options.api_key}};
  // What Supabase's own clients speak by default.
  socket.serializer = std::make_shared<const wire::JsonSerializerV1>();
  return socket;
}

}  // namespace

RealtimeClient::RealtimeClient(boost::asio::any_io_executor executor, std::string_view project_url,
                               Options options)
    : token_(std::make_shared<AccessToken>(options.access_token.empty() ? options.api_key
                                                                        : options.access_token)),
      socket_(std::move(executor), std::string(project_url) + "/realtime/v1",
              OptionsFor(std::move(options))) {}

RealtimeChannel RealtimeClient::Channel(std::string_view name) {
  return RealtimeChannel(socket_, "realtime:" + std::string(name), token_);
}

void RealtimeClient::SetAccessToken(std::string token) {
  token_->Set(token);
  const json payload = {{"access_token", std::move(token)}};
  for (const ::phx::Channel& channel : socket_.channels()) {
    if (channel.is_joined()) channel.Push("access_token", payload);  // it has no reply
  }
}

}  // namespace phx::examples
