#include "client/net/connect.h"

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/bind_cancellation_slot.hpp"
#include "boost/asio/cancellation_signal.hpp"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/ip/address.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "client/net/addresses.h"
#include "client/net/io_runner.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::net {
namespace {

using boost::asio::ip::tcp;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::chrono::hours kNever{1};

tcp::endpoint Loopback(const char* address = "127.0.0.1") {
  return {boost::asio::ip::make_address(address), 0};
}

class ConnectTest : public ::testing::Test {
 protected:
  // A port that answers.
  tcp::endpoint Listening(const char* address = "127.0.0.1") {
    listeners_.push_back(std::make_unique<tcp::acceptor>(io_.context(), Loopback(address)));
    return listeners_.back()->local_endpoint();
  }

  // A port that refuses: bound, so that nobody else gets it, but nobody listens.
  tcp::endpoint Refusing() {
    bound_.push_back(std::make_unique<tcp::socket>(io_.context(), Loopback()));
    return bound_.back()->local_endpoint();
  }

  // A port that stays silent: the queue of the listener is full, so Linux drops what comes.
  tcp::endpoint Silent() {
    auto listener = std::make_unique<tcp::acceptor>(io_.context());
    listener->open(tcp::v4());
    listener->bind(Loopback());
    listener->listen(0);
    tcp::endpoint address = listener->local_endpoint();
    listeners_.push_back(std::move(listener));
    for (int i = 0; i < 3; ++i) {
      bound_.push_back(std::make_unique<tcp::socket>(io_.context()));
      bound_.back()->async_connect(address, [this](auto error) { queued_ += !error; });
    }
    io_.RunUntil("the queue to be full", [this] { return queued_ > 0; });
    return address;
  }

  void Start(const Addresses& addresses, ConnectOptions options = {}) {
    options.on_attempt = [this](const tcp::endpoint& address) { attempts_.push_back(address); };
    boost::asio::co_spawn(
        io_.executor(), Connect(addresses, std::move(options)),
        boost::asio::bind_cancellation_slot(
            cancel_.slot(), [this](const std::exception_ptr&, absl::StatusOr<tcp::socket> socket) {
              result_ = std::move(socket);
            }));
  }

  absl::StatusOr<tcp::socket>& Result() {
    io_.RunUntil("the connection", [this] { return result_.has_value(); });
    return *result_;
  }

  tcp::endpoint ConnectedTo() {
    EXPECT_TRUE(Result().ok()) << Result().status();
    return Result().ok() ? Result()->remote_endpoint() : tcp::endpoint();
  }

  std::string Failure() { return std::string(Result().status().message()); }

  test::IoRunner io_;
  std::vector<std::unique_ptr<tcp::acceptor>> listeners_;
  std::vector<std::unique_ptr<tcp::socket>> bound_;
  int queued_ = 0;
  boost::asio::cancellation_signal cancel_;
  std::vector<tcp::endpoint> attempts_;
  std::optional<absl::StatusOr<tcp::socket>> result_;
};

TEST_F(ConnectTest, ConnectsToTheFirstAddress) {
  const tcp::endpoint first = Listening();
  const tcp::endpoint second = Listening();
  Start({first, second});
  EXPECT_EQ(ConnectedTo(), first);
  EXPECT_THAT(attempts_, ElementsAre(first));
}

TEST_F(ConnectTest, SetsNoDelayAsAsked) {
  tcp::no_delay is_set;
  Start({Listening()});
  Result()->get_option(is_set);
  EXPECT_TRUE(is_set.value());
  result_.reset();
  Start({Listening()}, {.no_delay = false});
  Result()->get_option(is_set);
  EXPECT_FALSE(is_set.value());
}

TEST_F(ConnectTest, RefusedAddressIsNamed) {
  const tcp::endpoint address = Refusing();
  Start({address});
  EXPECT_EQ(Result().status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Failure(), "connect " + ToText(address) + ": Connection refused");
}

TEST_F(ConnectTest, GoesOnAtOnceWhenAnAddressRefuses) {
  const tcp::endpoint refusing = Refusing();
  const tcp::endpoint listening = Listening();
  Start({refusing, listening}, {.attempt_delay = kNever});
  EXPECT_EQ(ConnectedTo(), listening);
  EXPECT_THAT(attempts_, ElementsAre(refusing, listening));
}

TEST_F(ConnectTest, AllFailuresAreNamed) {
  const tcp::endpoint first = Refusing();
  const tcp::endpoint second = Refusing();
  Start({first, second});
  EXPECT_EQ(Failure(), "connect: none of 2 addresses answers: " + ToText(first) +
                           ": Connection refused; " + ToText(second) + ": Connection refused");
}

TEST_F(ConnectTest, TriesTheNextBesideASilentAddress) {
  const tcp::endpoint silent = Silent();
  const tcp::endpoint listening = Listening();
  Start({silent, listening}, {.attempt_delay = std::chrono::milliseconds(1)});
  EXPECT_EQ(ConnectedTo(), listening);
  EXPECT_THAT(attempts_, ElementsAre(silent, listening));
  result_.reset();
  bound_.clear();
  io_.RunToEnd();  // the silent attempt was ended
}

TEST_F(ConnectTest, OneFailureStartsTheNextWhileAnotherIsSilent) {
  const tcp::endpoint silent = Silent();
  const tcp::endpoint refusing = Refusing();
  const tcp::endpoint listening = Listening();
  Start({silent, refusing, listening}, {.attempt_delay = std::chrono::milliseconds(1)});
  EXPECT_EQ(ConnectedTo(), listening);
  EXPECT_THAT(attempts_, ElementsAre(silent, refusing, listening));
}

TEST_F(ConnectTest, CanBeCancelled) {
  Start({Silent()});
  io_.RunUntil("the attempt", [this] { return !attempts_.empty(); });
  cancel_.emit(boost::asio::cancellation_type::terminal);
  Result();
  bound_.clear();
  io_.RunToEnd();
}

TEST_F(ConnectTest, ConnectsFromALocalAddress) {
  Start({Listening()}, {.local_address = "127.0.0.5"});
  ASSERT_TRUE(Result().ok()) << Result().status();
  EXPECT_EQ(Result()->local_endpoint().address().to_string(), "127.0.0.5");
}

TEST_F(ConnectTest, LocalAddressChoosesTheFamily) {
  const tcp::endpoint v6(boost::asio::ip::make_address("::1"), 1);
  const tcp::endpoint v4 = Listening();
  Start({v6, v4}, {.local_address = "127.0.0.1"});
  EXPECT_EQ(ConnectedTo(), v4);
  EXPECT_THAT(attempts_, ElementsAre(v4));
}

TEST_F(ConnectTest, LocalAddressOfAnotherFamilyIsAnError) {
  Start({Listening()}, {.local_address = "::1"});
  EXPECT_EQ(Result().status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Failure(), HasSubstr("local address ::1: the host has no address of that family"));
}

TEST_F(ConnectTest, LocalAddressThatIsNoneIsAnError) {
  Start({Listening()}, {.local_address = "here"});
  EXPECT_EQ(Result().status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Failure(), "local address \"here\" is not an IP address");
}

TEST_F(ConnectTest, LocalAddressOfAnotherMachineIsAnError) {
  Start({Listening()}, {.local_address = "192.0.2.1"});  // RFC 5737: nobody's
  EXPECT_EQ(Result().status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Failure(), HasSubstr("Cannot assign requested address (no local port is free, or"));
}

TEST_F(ConnectTest, ConnectsByIpv6) {
  boost::system::error_code error;
  tcp::acceptor probe(io_.context());
  probe.open(tcp::v6());
  probe.bind(Loopback("::1"), error);
  if (error) GTEST_SKIP() << "no IPv6 here: " << error.message();
  const tcp::endpoint address = Listening("::1");
  Start({address});
  EXPECT_EQ(ConnectedTo(), address);
}

}  // namespace
}  // namespace phx::net
