// ChannelBuilder: a channel made of lambdas, for tests that need no class.
//
//   mock::UserSocket socket;
//   socket.channels.push_back(
//       {"room:*", mock::ChannelBuilder()
//                      .OnJoin([](mock::ChannelSocket&, const mock::Payload& params) {
//                        return mock::JoinOk(params);
//                      })
//                      .OnIn("ping", [](mock::ChannelSocket&, const mock::Payload&) {
//                        return mock::ReplyOk({{"pong", true}});
//                      })
//                      .OnIn("slow", [](mock::ChannelSocket& socket, const mock::Payload& payload)
//                      {
//                        socket.ReplyAfter(std::chrono::milliseconds(50), "ok", payload);
//                        return mock::NoReply();
//                      })
//                      .Build()});
//
// Without OnJoin every join is accepted with {}. An event without OnIn crashes the channel, unless
// OnAnyIn says otherwise.
//
// Threads: the lambdas are shared by all channels that the factory makes, and so may run on several
// I/O threads at once if the server has several.
#ifndef PHX_MOCKSERVER_CHANNEL_BUILDER_H_
#define PHX_MOCKSERVER_CHANNEL_BUILDER_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mockserver/channel.h"

namespace phx::mock {

class ChannelBuilder {
 public:
  using JoinHandler = std::function<JoinResult(ChannelSocket& socket, const Payload& params)>;
  using EventHandler = std::function<Outcome(ChannelSocket& socket, const Payload& payload)>;
  using AnyEventHandler =
      std::function<Outcome(ChannelSocket& socket, std::string_view event, const Payload& payload)>;
  using InfoHandler = std::function<Outcome(ChannelSocket& socket, const Info& info)>;
  using TerminateHandler = std::function<void(ChannelSocket& socket, StopReason reason)>;

  ChannelBuilder& OnJoin(JoinHandler handler);
  // Handles pushes of `event`.
  ChannelBuilder& OnIn(std::string event, EventHandler handler);
  // Handles pushes of all events that have no OnIn.
  ChannelBuilder& OnAnyIn(AnyEventHandler handler);
  ChannelBuilder& OnInfo(std::string name, InfoHandler handler);
  // Intercepts broadcasts of `event`.
  ChannelBuilder& OnOut(std::string event, EventHandler handler);
  ChannelBuilder& OnTerminate(TerminateHandler handler);

  // A factory of channels that do what was said so far.
  ChannelFactory Build() const;

  struct Handlers {
    JoinHandler join;
    std::map<std::string, EventHandler, std::less<>> in;
    AnyEventHandler any_in;
    std::map<std::string, InfoHandler, std::less<>> info;
    std::map<std::string, EventHandler, std::less<>> out;
    std::vector<std::string> intercepts;  // the keys of `out`
    TerminateHandler terminate;
  };

 private:
  Handlers handlers_;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_CHANNEL_BUILDER_H_
