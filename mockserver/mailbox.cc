#include "mockserver/mailbox.h"

#include <cstddef>
#include <optional>
#include <utility>

namespace phx::mock {

std::optional<Mail> Mailbox::Take() {
  while (begin_ != queue_.size()) {
    Mail& mail = queue_[begin_++];
    if (!mail.is_dead()) return std::move(mail);
  }
  queue_.clear();
  begin_ = 0;
  return std::nullopt;
}

std::optional<Mail> Mailbox::TakeOf(const SessionCore& session) {
  for (std::size_t i = begin_; i != queue_.size(); ++i) {
    if (queue_[i].session != &session || queue_[i].to == nullptr) continue;
    std::optional<Mail> mail = std::move(queue_[i]);
    queue_[i].to = nullptr;
    if (i == begin_) ++begin_;  // so that a long queue is not searched from its start each time
    return mail;
  }
  return std::nullopt;
}

void Mailbox::Forget(const ChannelProcess& channel) {
  for (std::size_t i = begin_; i != queue_.size(); ++i) {
    if (queue_[i].to == &channel) queue_[i].to = nullptr;
  }
}

}  // namespace phx::mock
