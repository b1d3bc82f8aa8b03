#include "mockserver/shard.h"

#include <memory>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "mockserver/broadcast_message.h"
#include "mockserver/mailbox.h"
#include "mockserver/session_core.h"
#include "mockserver/time_point.h"
#include "mockserver/topic_table.h"

namespace phx::mock {

absl::Status Shard::Publish(const std::shared_ptr<const BroadcastMessage>& broadcast,
                            const TopicTable::Member* except) {
  if (absl::Status status = topics_.Deliver(broadcast, except); !status.ok()) return status;
  if (hub_ != nullptr) hub_->Publish(broadcast, this);
  return absl::OkStatus();
}

void Shard::FinishTurn(TimePoint now) {
  while (Mail* mail = mailbox_.Take()) {
    if (const auto* publication = std::get_if<Publication>(&mail->content)) {
      // Whoever published it is past caring whether a member cannot carry it.
      static_cast<void>(Publish(publication->message));
    } else {
      mail->session->Deliver(now, *mail);
    }
  }
}

PresenceTable& Shard::presences() {
  if (hub_ != nullptr) return hub_->presences();
  if (own_presences_ == nullptr) own_presences_ = std::make_unique<PresenceTable>();
  return *own_presences_;
}

void Hub::Connect(const Shard& shard, Runner runner) {
  shards_.push_back({&shard, std::move(runner)});
}

void Hub::Publish(const std::shared_ptr<const BroadcastMessage>& broadcast, const Shard* except) {
  for (const Connected& connected : shards_) {
    if (connected.shard == except) continue;
    connected.runner([broadcast](Shard& shard) {
      // A member that cannot carry it does without: the broadcaster is elsewhere.
      static_cast<void>(shard.topics().Deliver(broadcast, nullptr));
    });
  }
}

}  // namespace phx::mock
