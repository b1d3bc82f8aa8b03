#include "mockserver/mailbox.h"

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace phx::mock {
namespace {

// Takes the oldest mail of `session` from those behind the first `begin`. The others, and their
// number, stay.
std::optional<Mail> TakeFrom(std::vector<Mail>& mails, std::size_t begin,
                             const SessionCore& session) {
  for (std::size_t i = begin; i != mails.size(); ++i) {
    if (mails[i].session != &session || mails[i].to == nullptr) continue;
    std::optional<Mail> mail = std::move(mails[i]);
    mails[i].to = nullptr;
    return mail;
  }
  return std::nullopt;
}

}  // namespace

Mail* Mailbox::Take() {
  for (;;) {
    while (next_ != taken_.size()) {
      Mail& mail = taken_[next_++];
      if (!mail.is_dead()) return &mail;
    }
    taken_.clear();
    next_ = 0;
    if (posted_.empty()) return nullptr;
    taken_.swap(posted_);
  }
}

std::optional<Mail> Mailbox::TakeOf(const SessionCore& session) {
  std::optional<Mail> mail = TakeFrom(taken_, next_, session);
  if (!mail.has_value()) mail = TakeFrom(posted_, 0, session);
  // So that a long queue of taken mail is not searched again and again.
  while (!posted_.empty() && posted_.back().is_dead()) posted_.pop_back();
  return mail;
}

void Mailbox::Forget(const ChannelProcess& channel) {
  for (std::size_t i = next_; i != taken_.size(); ++i) {
    if (taken_[i].to == &channel) taken_[i].to = nullptr;
  }
  for (Mail& mail : posted_) {
    if (mail.to == &channel) mail.to = nullptr;
  }
}

}  // namespace phx::mock
