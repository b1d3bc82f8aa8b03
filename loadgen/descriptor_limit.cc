#include "loadgen/descriptor_limit.h"

#include <sys/resource.h>

#include <cerrno>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "loadgen/quantity_text.h"

namespace phx::loadgen {
namespace {

// Standard streams, the report's file, resolver sockets, the server's acceptor.
constexpr std::uint64_t kReserve = 64;
// An event loop has epoll, a timer and a wake-up descriptor.
constexpr std::uint64_t kPerThread = 4;

// A session of long polling has two connections: for what comes, and for what goes.
std::uint64_t DescriptorsOfEach(const Plan& plan) {
  return (plan.embedded ? 2U : 1U) * (plan.uses_long_polling() ? 2U : 1U);
}

}  // namespace

std::uint64_t DescriptorsNeeded(const Plan& plan) {
  return plan.own_connections() * DescriptorsOfEach(plan) +
         (plan.threads + plan.server_threads) * kPerThread + kReserve;
}

absl::Status CheckDescriptors(const Plan& plan, std::uint64_t limit) {
  const std::uint64_t needed = DescriptorsNeeded(plan);
  if (needed <= limit) return absl::OkStatus();
  const std::uint64_t fixed = needed - plan.own_connections() * DescriptorsOfEach(plan);
  const std::uint64_t possible = limit > fixed ? (limit - fixed) / DescriptorsOfEach(plan) : 0;
  return absl::ResourceExhaustedError(absl::StrCat(
      CountText(plan.own_connections()), " connections need ", CountText(needed),
      " file descriptors", plan.embedded ? " (the embedded server's ends count too)" : "",
      ", but this process may open ", CountText(limit),
      ". Raise the hard limit (ulimit -Hn, as root; LimitNOFILE in systemd), give "
      "--connections=",
      possible, " or less, or run several processes",
      plan.embedded ? " against a server of its own" : "", "."));
}

absl::StatusOr<std::uint64_t> RaiseDescriptorLimit() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return absl::InternalError(absl::StrCat("cannot read the limit of file descriptors: ",
                                            std::generic_category().message(errno)));
  }
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  // If it cannot be raised, which some containers forbid, the old limit still holds.
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return before;
  return limit.rlim_cur;
}

}  // namespace phx::loadgen
