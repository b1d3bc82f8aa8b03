// CoreWorld: a SocketCore among random users, servers and networks.
//
// Users connect, join, push, leave, remove and disconnect, also from inside their handlers; the
// server answers, refuses, crashes, closes, forgets, talks nonsense, or never answers; the network
// fails at every stage, stalls, and tells of connections that are long gone. After some chaos calm
// returns: then every channel must be where it is meant to be, and every push must have had its
// outcome. At last everything is taken away, and nothing may be left to wait for.
//
// All of it follows from the numbers that `chance` gives, one after the other.
#ifndef PHX_TESTING_CORE_WORLD_H_
#define PHX_TESTING_CORE_WORLD_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "client/core/action.h"
#include "client/core/options.h"
#include "client/core/time.h"
#include "client/wire/payload.h"
#include "client/wire/ref.h"
#include "testing/core_driver.h"
#include "testing/phoenix_model.h"

namespace phx::test {

class CoreWorld {
 public:
  using Random = std::function<std::uint32_t()>;

  // A quiet world keeps no transcript and is the faster for it.
  CoreWorld(Random chance, std::uint64_t seed, bool is_quiet);

  // One thing happens.
  void Step();
  // Calm returns, everything is checked and taken away. The end of this world.
  void End();

  const std::vector<std::string>& violations() { return driver_.invariants().violations(); }
  std::string Transcript() const { return driver_.Transcript(); }

 private:
  struct Channel {
    core::ChannelId id = 0;
    bool is_wished = false;  // to be joined
  };

  std::uint32_t Below(std::uint32_t bound) { return chance_() % bound; }
  bool Chance(std::uint32_t one_in) { return Below(one_in) == 0; }
  template <typename List>
  const auto& AnyOf(const List& list) {
    return list[Below(static_cast<std::uint32_t>(std::size(list)))];
  }
  Duration AnyTimeout();
  wire::Payload AnyPayload();
  core::CoreOptions AnyOptions();

  void Command();
  void CommandConnection();
  void CommandChannel(const std::string& topic);
  Channel& Of(const std::string& topic);
  void Join(Channel& channel);
  void Leave(Channel& channel);
  void Remove(const std::string& topic);
  void Listen(const Channel& channel);
  void SetParams(const Channel& channel);
  void Push(const Channel& channel);
  void Send(const std::string& topic);

  void Network();
  void Open();
  void Lose(core::Generation generation);
  void Stale();

  void Server();
  void Say(const std::string& frame);
  void AnswerParams();
  void Deliver();
  void Serve(const core::SendFrame& action);

  void Hear(const core::Action& action);
  void HearClose(const core::Dispatch& dispatch);

  void CalmDown();
  std::string WhatIsAmiss();
  void CheckCalm();
  void TakeAway();

  const Random chance_;
  const bool is_v1_;
  bool stops_when_refused_ = false;
  bool is_calm_ = false;
  CoreDriver driver_;
  PhoenixModel server_;
  std::map<std::string, Channel> channels_;       // by topic
  std::map<Ref, std::string> on_close_;           // bindings of OnClose, to topics
  std::deque<std::string> answers_;               // under way from the server
  std::deque<core::RequestJoinParams> requests_;  // that are not answered yet
  core::PushId last_push_ = 0;
};

}  // namespace phx::test

#endif  // PHX_TESTING_CORE_WORLD_H_
