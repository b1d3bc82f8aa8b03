// PhoenixModel: what a Phoenix server answers to one client: joins, leaves, pushes and heartbeats
// on one connection at a time, without time and without a network.
//
// It is the least that keeps a client's books straight. The mock server (//mockserver) is the real
// thing; tests of the protocol core are to run without it.
//
//   frame     | topic joined         | topic not joined        | joined under another join_ref
//   ----------+----------------------+-------------------------+------------------------------
//   phx_join  | ok, phx_close (old)  | ok, or error if refused | the same
//   phx_leave | ok, phx_close        | ok                      | nothing
//   heartbeat | ok                   | ok                      | ok
//   others    | ok                   | "unmatched topic"       | nothing
#ifndef PHX_TESTING_PHOENIX_MODEL_H_
#define PHX_TESTING_PHOENIX_MODEL_H_

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "nlohmann/json.hpp"
#include "testing/client_frame.h"

namespace phx::test {

class PhoenixModel {
 public:
  explicit PhoenixModel(bool is_v1 = false) : is_v1_(is_v1) {}

  // A new connection: the server knows nothing of the old one.
  void Reset() { joined_.clear(); }

  // The frames that the server sends back.
  std::vector<std::string> Answer(const ClientFrame& frame);

  // From here on joins of `topic` are refused, or accepted again.
  void Refuse(const std::string& topic) { refused_.insert(topic); }
  void Accept(const std::string& topic) { refused_.erase(topic); }

  // What the server may say by itself about a joined topic; empty if it is not joined.
  std::string Crash(const std::string& topic);
  std::string Close(const std::string& topic);
  std::string Push(const std::string& topic, const std::string& event) const;
  std::string Broadcast(const std::string& topic, const std::string& event) const;
  // The channel is gone without a word.
  void Forget(const std::string& topic) { joined_.erase(topic); }

  bool is_joined(const std::string& topic) const { return joined_.contains(topic); }
  // How often a topic was joined that was joined already.
  std::size_t duplicate_joins() const { return duplicate_joins_; }

 private:
  using Ref = std::optional<std::string>;

  std::vector<std::string> AnswerJoin(const ClientFrame& frame);
  std::vector<std::string> AnswerLeave(const ClientFrame& frame);
  std::string Reply(const Ref& join_ref, const ClientFrame& frame, std::string_view status,
                    const nlohmann::json& response) const;
  std::string CloseOf(const std::string& topic, const Ref& join_ref) const;
  std::string Text(const Ref& join_ref, const Ref& ref, const std::string& topic,
                   std::string_view event, const nlohmann::json& payload) const;

  const bool is_v1_;
  std::map<std::string, Ref> joined_;  // topic to join_ref
  std::set<std::string> refused_;
  std::size_t duplicate_joins_ = 0;
};

}  // namespace phx::test

#endif  // PHX_TESTING_PHOENIX_MODEL_H_
