#include "client/logger.h"

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace phx {
namespace {

absl::string_view Abseil(std::string_view text) { return {text.data(), text.size()}; }

class StderrSink final : public Logger {
 public:
  explicit StderrSink(LogLevel level) : level_(level) {}

  LogLevel level() const override { return level_; }

  void Log(LogLevel level, std::string_view kind, std::string_view message) override {
    // One write for the whole line, so that lines of several threads do not mix.
    const std::string line = absl::StrCat("phx ", Abseil(ToString(level)), " ", Abseil(kind), ": ",
                                          Abseil(message), "\n");
    std::fwrite(line.data(), 1, line.size(), stderr);
  }

 private:
  LogLevel level_;
};

class NoopSink final : public Logger {
 public:
  LogLevel level() const override { return LogLevel::kError; }
  void Log(LogLevel, std::string_view, std::string_view) override {}
};

}  // namespace

std::shared_ptr<Logger> StderrLogger(LogLevel level) { return std::make_shared<StderrSink>(level); }

std::shared_ptr<Logger> NoopLogger() { return std::make_shared<NoopSink>(); }

}  // namespace phx
