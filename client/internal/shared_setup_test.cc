#include "client/internal/shared_setup.h"

#include <chrono>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

#include "client/core/time.h"
#include "client/logger.h"
#include "client/options.h"
#include "gtest/gtest.h"

namespace phx::internal {
namespace {

using SetupPtr = std::shared_ptr<const SharedSetup>;

TEST(SharedSetupTest, IsMadeOnceForOneOptionsObject) {
  const auto options = std::make_shared<const SocketOptions>();
  const SetupPtr first = SharedSetup::For(options);
  EXPECT_EQ(SharedSetup::For(options), first);
  EXPECT_EQ(first->options, options);
}

TEST(SharedSetupTest, IsNotSharedWithEqualOptions) {
  const SetupPtr first = SharedSetup::For(std::make_shared<const SocketOptions>());
  EXPECT_NE(SharedSetup::For(std::make_shared<const SocketOptions>()), first);
}

TEST(SharedSetupTest, GoesWithItsLastSocketAndTakesTheOptionsAlong) {
  std::weak_ptr<const SocketOptions> options;
  {
    SetupPtr setup = SharedSetup::For(std::make_shared<const SocketOptions>());
    options = setup->options;
    EXPECT_FALSE(options.expired());
  }
  EXPECT_TRUE(options.expired());
}

TEST(SharedSetupTest, IsMadeAnewOnceItWasGone) {
  const auto options = std::make_shared<const SocketOptions>();
  const std::weak_ptr<const SharedSetup> gone = SharedSetup::For(options);
  EXPECT_TRUE(gone.expired());
  EXPECT_EQ(SharedSetup::For(options)->options, options);
}

// Many say "no limit" so.
TEST(SharedSetupTest, TakesTheLongestWaitsForTheLongestThatTheClockCanCount) {
  constexpr auto kLongest = std::chrono::milliseconds::max();
  SocketOptions options;
  options.connect_timeout = kLongest;
  options.close_timeout = kLongest;
  options.heartbeat_interval = kLongest;
  options.heartbeat_timeout = kLongest;
  options.max_retry_after = kLongest;
  options.fallback.emplace();
  options.fallback->health_timeout = kLongest;
  options.fallback->memory = kLongest;
  const SetupPtr setup = SharedSetup::For(std::make_shared<const SocketOptions>(options));
  EXPECT_EQ(setup->core.connect_timeout, Duration::max());
  EXPECT_EQ(setup->core.close_timeout, Duration::max());
  EXPECT_EQ(setup->core.heartbeat_interval, Duration::max());
  EXPECT_EQ(setup->core.heartbeat_timeout, Duration::max());
  EXPECT_EQ(setup->core.max_retry_after, Duration::max());
  EXPECT_EQ(setup->core.fallback->health_timeout, Duration::max());
  EXPECT_EQ(setup->core.fallback->memory, Duration::max());
}

// A logger that itself has a socket: it must not be asked while others are kept waiting.
class LoggerWithASocket : public Logger {
 public:
  LogLevel level() const override {
    inner_ = SharedSetup::For(std::make_shared<const SocketOptions>());
    return LogLevel::kWarning;
  }
  void Log(LogLevel /*level*/, std::string_view /*kind*/, std::string_view /*text*/) override {}

 private:
  mutable SetupPtr inner_;
};

TEST(SharedSetupTest, AsksTheLoggerOutsideOfItsLock) {
  SocketOptions options;
  options.logger = std::make_shared<LoggerWithASocket>();
  EXPECT_NE(SharedSetup::For(std::make_shared<const SocketOptions>(options)), nullptr);
}

TEST(SharedSetupTest, MayBeAskedForByAllThreadsAtOnce) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 200;
  const auto options = std::make_shared<const SocketOptions>();
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        EXPECT_EQ(SharedSetup::For(options)->options, options);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace phx::internal
