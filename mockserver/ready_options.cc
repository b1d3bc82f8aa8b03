#include "mockserver/ready_options.h"

#include <chrono>
#include <cstddef>
#include <string_view>

#include "mockserver/admin_requests.h"
#include "mockserver/channel.h"
#include "mockserver/http_message.h"
#include "mockserver/ready_set.h"
#include "mockserver/server.h"
#include "mockserver/server_stats.h"
#include "mockserver/user_socket.h"

namespace phx::mock {
namespace {

class ServerAdmin final : public AdminTarget {
 public:
  explicit ServerAdmin(Server& server) : server_(server) {}

  void Broadcast(std::string_view topic, std::string_view event, const Json& payload) override {
    static_cast<void>(server_.Broadcast(topic, event, payload));  // an object can be sent
  }
  void StopEndpoint(std::chrono::milliseconds delay) override { server_.StopEndpoint(delay); }
  std::size_t process_count() override {
    return server_.connections().size() + server_.stats().channels;
  }

 private:
  Server& server_;
};

}  // namespace

ServerOptions ReadyOptions(std::size_t max_channels_per_transport) {
  ServerOptions options;
  options.sockets = ReadySet(max_channels_per_transport);
  options.on_request = [](Server& server, const HttpRequest& request, const ConnectInfo& info) {
    ServerAdmin admin(server);
    return AnswerAdminRequest(admin, server.flavor(), request, info);
  };
  return options;
}

}  // namespace phx::mock
