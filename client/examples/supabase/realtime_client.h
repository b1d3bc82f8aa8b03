// RealtimeClient: a subscriber of Supabase Realtime, which is a Phoenix server with conventions of
// its own, on top of phx::Socket.
//
//   RealtimeClient client(io.get_executor(), "https://abc.supabase.co", {.api_key = key});
//   RealtimeChannel todos = client.Channel("todos");
//   todos.OnPostgresChange({.table = "todos"}, [](const PostgresChange& change) { … });
//   todos.OnBroadcast("cursor", [](const nlohmann::json& payload) { … });
//   todos.Subscribe([](const absl::Status& status) { … });
//   absl::Status status = client.Connect();
//
// The conventions: the socket is mounted at /realtime/v1 and takes the parameter "apikey"; channels
// are called "realtime:NAME"; the join says what to subscribe to, and its reply names each
// subscription to the database by a number, which the changes then carry; the token that says who
// we are goes with each join, and in the event "access_token" when it is renewed.
//
// Threads: as phx::Socket; the handlers run on its strand.
#ifndef PHX_CLIENT_EXAMPLES_SUPABASE_REALTIME_CLIENT_H_
#define PHX_CLIENT_EXAMPLES_SUPABASE_REALTIME_CLIENT_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "boost/asio/any_io_executor.hpp"
#include "client/channel.h"
#include "client/examples/supabase/postgres_change.h"
#include "client/push.h"
#include "client/socket.h"
#include "nlohmann/json.hpp"

namespace phx::examples {

class AccessToken;

class RealtimeChannel {
 public:
  // What to subscribe to; to be called before Subscribe(), and not from several threads at once.
  void OnPostgresChange(PostgresFilter filter,
                        absl::AnyInvocable<void(const PostgresChange&)> handler);
  // `handler` gets what the sender gave as payload.
  void OnBroadcast(std::string_view event, absl::AnyInvocable<void(const nlohmann::json&)> handler);

  // Subscribes, and again after every loss. `handler` hears each time how it went: OK;
  // kPermissionDenied, with what the server says; kDataLoss if it does not understand the reply; or
  // what went wrong on the way. It tries again by itself.
  void Subscribe(absl::AnyInvocable<void(const absl::Status&)> handler);

  // Sends to all other subscribers of the channel. The reply is "ok" when the server has it.
  ::phx::Push Broadcast(std::string_view event, const nlohmann::json& payload) const;

  void Unsubscribe() const;

 private:
  friend class RealtimeClient;
  struct Subscriptions;
  RealtimeChannel(::phx::Socket socket, std::string_view topic, std::shared_ptr<AccessToken> token);

  ::phx::Socket socket_;
  ::phx::Channel channel_;
  std::shared_ptr<AccessToken> token_;
  std::shared_ptr<Subscriptions> subscriptions_;
};

class RealtimeClient {
 public:
  struct Options {
    std::string api_key = {};       // the project's "anon" or publishable key
    std::string access_token = {};  // of the user who is signed in; empty: the api key
    SocketOptions socket = {};      // `params` and `serializer` are set by the client
  };

  // `project_url` such as "https://abc.supabase.co"; Connect() says if it is not one.
  RealtimeClient(boost::asio::any_io_executor executor, std::string_view project_url,
                 Options options);

  absl::Status Connect() { return socket_.Connect(); }
  void Disconnect() { socket_.Disconnect(); }

  RealtimeChannel Channel(std::string_view name);

  // The user's token has been renewed: tells the server, for all channels, before the old one
  // expires and the server closes them.
  void SetAccessToken(std::string token);

  const ::phx::Socket& socket() const { return socket_; }

 private:
  std::shared_ptr<AccessToken> token_;
  ::phx::Socket socket_;
};

}  // namespace phx::examples

#endif  // PHX_CLIENT_EXAMPLES_SUPABASE_REALTIME_CLIENT_H_
