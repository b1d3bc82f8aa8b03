#include "client/core/transport_choice.h"

#include <algorithm>
#include <optional>

#include "client/core/action.h"
#include "client/core/time.h"

namespace phx::core {

TransportChoice::TransportChoice(const std::optional<FallbackPolicy>& policy) : policy_(policy) {
  if (policy_) policy_->max_unhealthy = std::max(policy_->max_unhealthy, 1);
}

TransportKind TransportChoice::Choose(TimePoint now) {
  return_at_.reset();
  if (!policy_) return current_;
  if (remembered_until_ && *remembered_until_ <= now) {
    remembered_until_.reset();
    unhealthy_ = 0;
  }
  const int limit = was_healthy_ ? policy_->max_unhealthy : 1;
  const bool falls_back = remembered_until_.has_value() || unhealthy_ >= limit;
  current_ = falls_back ? TransportKind::kFallback : TransportKind::kPrimary;
  return current_;
}

void TransportChoice::OnHealthy(TimePoint now) {
  if (!policy_) return;
  if (current_ == TransportKind::kPrimary) {
    was_healthy_ = true;
    unhealthy_ = 0;
    return;
  }
  fallback_unhealthy_ = 0;
  return_at_ = remembered_until_ ? *remembered_until_ : DeadlineAfter(now, policy_->memory);
  if (was_healthy_) {
    unhealthy_ = policy_->max_unhealthy - 1;
  } else {
    remembered_until_ = return_at_;
  }
}

void TransportChoice::OnUnhealthy() {
  if (current_ == TransportKind::kPrimary) {
    ++unhealthy_;
    return;
  }
  unhealthy_ = 0;
  if (++fallback_unhealthy_ >= policy_->max_unhealthy) remembered_until_.reset();
}

}  // namespace phx::core
