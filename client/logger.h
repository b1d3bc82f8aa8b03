// Logger: where a socket's log records go.
//
//   options.logger = std::make_shared<phx::FunctionLogger>(
//       phx::LogLevel::kInfo,
//       [](phx::LogLevel level, std::string_view kind, std::string_view message) { … });
//
// No record contains a token, a parameter or a payload; URLs come without their query.
#ifndef PHX_CLIENT_LOGGER_H_
#define PHX_CLIENT_LOGGER_H_

#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "client/core/log_level.h"

namespace phx {

class Logger {
 public:
  virtual ~Logger() = default;

  // The least level that is wanted; nothing below it is put together. Asked once, when the socket
  // is made.
  virtual LogLevel level() const = 0;

  // `kind` is phoenix.js's: "transport", "channel", "push", "receive". Called on the socket's
  // strand, for a logger that several sockets share perhaps from several threads at once.
  virtual void Log(LogLevel level, std::string_view kind, std::string_view message) = 0;
};

// Hands the records to a function (Go's CustomLogger).
class FunctionLogger final : public Logger {
 public:
  using Function =
      std::function<void(LogLevel level, std::string_view kind, std::string_view message)>;

  FunctionLogger(LogLevel level, Function function)
      : level_(level), function_(std::move(function)) {}

  LogLevel level() const override { return level_; }
  void Log(LogLevel level, std::string_view kind, std::string_view message) override {
    function_(level, kind, message);
  }

 private:
  LogLevel level_;
  Function function_;
};

// Writes lines like "phx warning transport: …" to standard error (Go's SimpleLogger). A socket that
// is given no logger uses one of level kWarning.
std::shared_ptr<Logger> StderrLogger(LogLevel level);

// Drops everything (Go's NoopLogger).
std::shared_ptr<Logger> NoopLogger();

}  // namespace phx

#endif  // PHX_CLIENT_LOGGER_H_
