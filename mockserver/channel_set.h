// ChannelSet: the channels of one session, by topic and by id.
#ifndef PHX_MOCKSERVER_CHANNEL_SET_H_
#define PHX_MOCKSERVER_CHANNEL_SET_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "mockserver/channel_process.h"
#include "mockserver/json_term.h"

namespace phx::mock {

class ChannelSet {
 public:
  // A channel that is joined: found by its topic, of which it is the only one.
  void AddJoined(std::unique_ptr<ChannelProcess> channel);
  // One whose join is not answered yet, or that a new join of its topic is replacing: found by its
  // id alone.
  void AddUnjoined(std::unique_ptr<ChannelProcess> channel);

  // The joined channel of `topic`; nullptr if there is none.
  ChannelProcess* FindTopic(const JsonTerm& topic);
  // Any channel; nullptr if there is none of that id.
  ChannelProcess* FindId(std::uint64_t id);
  // Some joined channel; nullptr if there is none.
  ChannelProcess* FindAny();

  // Takes out `channel`, which must be here.
  std::unique_ptr<ChannelProcess> Extract(const ChannelProcess& channel);
  // Takes out the unjoined channel of that id; nullptr if there is none.
  std::unique_ptr<ChannelProcess> ExtractUnjoined(std::uint64_t id);
  // Destroys the unjoined channels of `topic`, or all.
  void DropUnjoined(const JsonTerm& topic);
  void DropUnjoined() { unjoined_.clear(); }

  std::size_t joined_count() const { return joined_.size(); }

 private:
  absl::flat_hash_map<std::string, std::unique_ptr<ChannelProcess>> joined_;
  ChannelProcess* last_found_ = nullptr;                   // by topic: most sessions have one only
  std::vector<std::unique_ptr<ChannelProcess>> unjoined_;  // rarely more than one
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_CHANNEL_SET_H_
