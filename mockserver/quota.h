// Quota: how many of something there may be at once, and how many there are.
//
//   Quota::Share share = quota.Take();
//   if (share == nullptr) …refuse…
//   …keep the share for as long as the thing lives…
//
// Threads: any.
#ifndef PHX_MOCKSERVER_QUOTA_H_
#define PHX_MOCKSERVER_QUOTA_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>

namespace phx::mock {

class Quota {
 private:
  struct GiveBack {
    void operator()(Quota* quota) const { --quota->used_; }
  };

 public:
  // One of them; gives itself back when it is destroyed, which must be before its quota is.
  using Share = std::unique_ptr<Quota, GiveBack>;

  // nullopt: any number.
  explicit Quota(std::optional<std::size_t> limit)
      : limit_(limit.value_or(std::numeric_limits<std::size_t>::max())) {}
  Quota(const Quota&) = delete;
  Quota& operator=(const Quota&) = delete;

  // nullptr, and counted as refused, if all are taken.
  Share Take() {
    if (++used_ <= limit_) return Share(this);
    --used_;
    ++refused_;
    return nullptr;
  }

  std::size_t used() const { return used_; }
  std::uint64_t refused() const { return refused_; }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> used_ = 0;
  std::atomic<std::uint64_t> refused_ = 0;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_QUOTA_H_
