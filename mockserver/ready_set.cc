#include "mockserver/ready_set.h"

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mockserver/channel.h"
#include "mockserver/presence_channel.h"
#include "mockserver/room_channel.h"
#include "mockserver/user_socket.h"

namespace phx::mock {
namespace {

// What a socket's `connect_info` option lets connect() see.
struct Visible {
  bool headers_and_uri = false;
  bool auth_token = false;
};

Json Describe(const ConnectInfo& info, Visible visible) {
  Json described = {{"x_headers", nullptr}, {"uri", nullptr}};
  if (visible.headers_and_uri) {
    described["uri"] = info.uri;
    described["x_headers"] = Json::object();
    for (const auto& [name, value] : info.headers) {
      if (name.starts_with("x-")) described["x_headers"][name] = value;
    }
  }
  if (visible.auth_token) {
    described["auth_token"] = info.auth_token.has_value() ? Json(*info.auth_token) : Json();
  }
  return described;
}

ConnectResult Connect(const ConnectInfo& info, Json& assigns, Visible visible,
                      bool has_error_handler) {
  const auto token = info.params.find("token");
  if (token != info.params.end()) {
    if (*token == "bad") return ConnectRefused();
    if (*token == "rate") {
      return has_error_handler ? ConnectRefused(429, "Too many requests") : ConnectRefused();
    }
    if (*token == "crash") throw std::runtime_error("boom in connect");
  }
  assigns["connect_params"] = info.params;
  assigns["connect_info"] = Describe(info, visible);
  assigns["transport"] = info.transport;
  const auto id = info.params.find("id");
  assigns["sid"] = id != info.params.end() ? *id : Json();
  return ConnectOk();
}

std::string SocketId(const Json& assigns) {
  const Json& id = assigns.at("sid");
  return id.is_string() ? "users_socket:" + id.get<std::string>() : std::string();
}

UserSocket Mount(std::string path, std::size_t max_channels, Visible visible = {},
                 bool has_error_handler = false) {
  UserSocket socket;
  socket.path = std::move(path);
  socket.channels = {{"room:*", [] { return std::make_unique<RoomChannel>(); }},
                     {"presence:*", [] { return std::make_unique<PresenceChannel>(); }}};
  socket.connect = [visible, has_error_handler](const ConnectInfo& info, Json& assigns) {
    return Connect(info, assigns, visible, has_error_handler);
  };
  socket.id = SocketId;
  socket.max_channels_per_transport = max_channels;
  return socket;
}

}  // namespace

std::vector<UserSocket> ReadySet(std::size_t max_channels_per_transport) {
  const std::size_t max = max_channels_per_transport;
  std::vector<UserSocket> sockets;
  sockets.push_back(Mount("/socket", max, {.headers_and_uri = true}, true));
  sockets.back().longpoll = LongPollOptions{};
  sockets.push_back(Mount("/short", max));
  sockets.back().timeout = std::chrono::seconds(3);
  sockets.push_back(Mount("/compress", max));
  sockets.back().compress = true;
  sockets.push_back(Mount("/origin", max));
  sockets.back().channels.resize(1);  // the recorded one has rooms only
  sockets.back().check_origin = {"https://example.com"};
  sockets.back().longpoll = LongPollOptions{};
  sockets.push_back(Mount("/subproto", max));
  sockets.back().subprotocols = {"sip", "mqtt"};
  sockets.push_back(Mount("/maxframe", max));
  sockets.back().max_frame_size = 65536;
  sockets.push_back(Mount("/noerrh", max));
  sockets.push_back(Mount("/lpshort", max));
  sockets.back().websocket = false;
  sockets.back().longpoll =
      LongPollOptions{.window = std::chrono::seconds(1), .max_age = std::chrono::seconds(2)};
  sockets.push_back(Mount("/nodrain", max));
  sockets.push_back(Mount("/v2only", max));
  sockets.back().serve_v1 = false;
  sockets.push_back(Mount("/auth", max, {.headers_and_uri = true, .auth_token = true}));
  sockets.back().auth_token = true;
  sockets.back().longpoll = LongPollOptions{};
  return sockets;
}

}  // namespace phx::mock
