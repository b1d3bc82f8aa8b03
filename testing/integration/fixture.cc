#include "testing/integration/fixture.h"

#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/logger.h"
#include "client/wire/json_serializer_v1.h"
#include "mockserver/ready_set.h"
#include "testing/tls_certs.h"

namespace phx::test {
namespace {

// The URL of the real server to test against; empty for none.
std::string RealServer() {
  const char* url = std::getenv("PHX_TEST_SERVER_URL");
  return url == nullptr ? std::string() : std::string(url);
}

void Skip(std::string_view why) { GTEST_SKIP() << why; }

// A skip by itself ends the function that it stands in; this ends the test.
[[noreturn]] void SkipTheRest(std::string_view why) {
  Skip(why);
  throw testing::AssertionException(
      testing::TestPartResult(testing::TestPartResult::kSkip, __FILE__, __LINE__, "skipped"));
}

}  // namespace

std::string NameOf(const testing::TestParamInfo<Flavour>& info) {
  return absl::StrCat(info.param.tls ? "Wss" : "Ws", info.param.v1 ? "V1" : "V2");
}

void LoopbackTest::Start(Flavour flavour) {
  const std::string real = RealServer();
  if (real.empty()) return Start(flavour, {});
  if (flavour.tls != real.starts_with("wss:")) SkipTheRest("the real server has the other scheme");
  if (flavour.tls) ca_pem_ = TlsCerts::Get().ca_pem();
  flavour_ = flavour;
  url_ = real;
}

void LoopbackTest::Start(Flavour flavour, mock::ServerOptions options) {
  flavour_ = flavour;
  options.sockets = mock::ReadySet();
  if (flavour.tls) {
    const TlsCerts& certs = TlsCerts::Get();
    ca_pem_ = certs.ca_pem();
    options.tls = certs.server().server_options();
  }
  server_ = std::make_unique<mock::Server>(std::move(options));
  ASSERT_TRUE(server_->status().ok()) << server_->status();
  url_ = server_->url();
}

mock::Server& LoopbackTest::server() {
  if (server_ == nullptr) SkipTheRest("only the mock server can do what this test asks for");
  return *server_;
}

phx::SocketOptions LoopbackTest::ClientOptions() {
  phx::SocketOptions options;
  options.jitter = 0;
  options.reconnect_after = [](int) { return std::chrono::milliseconds(1); };
  options.rejoin_after = [](int) { return std::chrono::milliseconds(1); };
  options.tls.ca_pem = ca_pem_;
  if (flavour_.v1) options.serializer = std::make_shared<wire::JsonSerializerV1>();
  // Sockets may have threads of their own.
  options.logger = std::make_shared<phx::FunctionLogger>(
      phx::LogLevel::kDebug,
      [this](phx::LogLevel level, std::string_view kind, std::string_view message) {
        const std::lock_guard lock(mutex_);
        logged_.push_back(absl::StrCat(std::string(ToString(level)), " ", std::string(kind), ": ",
                                       std::string(message)));
      });
  return options;
}

void LoopbackTest::RunUntil(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    io_.restart();
    io_.run_one_until(deadline);
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "waited in vain; the log:\n" << Log();
  }
}

void LoopbackTest::RunReady() {
  io_.restart();
  io_.poll();
}

phx::Channel LoopbackTest::Joined(const phx::Socket& socket, std::string_view topic) {
  const phx::Channel channel = socket.Channel(topic);
  EXPECT_TRUE(socket.Connect().ok());
  channel.Join();
  RunUntil([&] { return channel.is_joined(); });
  return channel;
}

std::string LoopbackTest::Log() {
  const std::lock_guard lock(mutex_);
  std::string all;
  for (const std::string& line : logged_) absl::StrAppend(&all, line, "\n");
  return all;
}

}  // namespace phx::test
