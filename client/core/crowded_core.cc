#include "client/core/crowded_core.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/core/action.h"
#include "client/core/joined_core.h"
#include "client/wire/ref.h"

namespace phx::core {
namespace {

struct Crowd {
  explicit Crowd(std::size_t count) : size(count) {}

  // One of 0 … size - 1.
  std::size_t Pick() {
    constexpr std::uint64_t kMultiplier = 6364136223846793005;  // Knuth's MMIX
    constexpr std::uint64_t kIncrement = 1442695040888963407;
    state = state * kMultiplier + kIncrement;
    return (state >> 33U) % size;
  }

  // Has the core hear "new_msg", or such an event, with a small payload.
  void Hear(const std::string& topic, const std::string& event) {
    frame.clear();
    absl::StrAppend(&frame, "[null,null,\"", topic, "\",\"", event, R"(",{"body":"hi"}])");
    joined.Hear(frame);
  }

  JoinedCore joined;
  const std::size_t size;
  std::uint64_t state = 1;
  std::string frame;
};

std::string TopicOf(std::size_t index) { return absl::StrCat("room:", index); }
std::string EventOf(std::size_t index) { return absl::StrCat("event:", index); }

struct Channels : Crowd {
  explicit Channels(std::size_t count) : Crowd(count) {
    for (std::size_t i = 0; i < count; ++i) {
      ids.push_back(joined.Join(TopicOf(i)));
      joined.core.On(ids.back(), "new_msg", joined.refs.Next());
    }
  }

  std::vector<ChannelId> ids;
};

std::function<void()> PushAmongChannels(std::size_t count) {
  return [channels = std::make_shared<Channels>(count)] {
    const ChannelId channel = channels->ids[channels->Pick()];
    channels->joined.Answer(channel, channels->joined.Push(channel));
  };
}

std::function<void()> HearAmongChannels(std::size_t count) {
  return [channels = std::make_shared<Channels>(count)] {
    channels->Hear(TopicOf(channels->Pick()), "new_msg");
  };
}

struct Pushes : Crowd {
  explicit Pushes(std::size_t count) : Crowd(count), pending(count) {
    for (Ref& ref : pending) ref = joined.Push(channel);
  }

  const ChannelId channel = joined.Join("room:1");
  std::vector<Ref> pending;
};

std::function<void()> PushAmongPushes(std::size_t count) {
  return [pushes = std::make_shared<Pushes>(count)] {
    Ref& ref = pushes->pending[pushes->Pick()];
    pushes->joined.Answer(pushes->channel, ref);
    ref = pushes->joined.Push(pushes->channel);
  };
}

struct Handlers : Crowd {
  explicit Handlers(std::size_t count) : Crowd(count) {
    for (std::size_t i = 0; i < count; ++i) {
      joined.core.On(channel, EventOf(i), joined.refs.Next());
    }
  }

  const ChannelId channel = joined.Join("room:1");
};

std::function<void()> HearAmongHandlers(std::size_t count) {
  return [handlers = std::make_shared<Handlers>(count)] {
    handlers->Hear("room:1", EventOf(handlers->Pick()));
  };
}

}  // namespace

std::vector<CrowdedOperation> CrowdedOperations() {
  return {{"push and reply on one of so many channels", PushAmongChannels},
          {"message heard on one of so many channels", HearAmongChannels},
          {"push and reply while so many pushes await theirs", PushAmongPushes},
          {"message heard by one of so many handlers of a channel", HearAmongHandlers}};
}

}  // namespace phx::core
