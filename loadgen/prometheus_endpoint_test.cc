#include "loadgen/prometheus_endpoint.h"

#include <string>

#include "boost/asio/buffer.hpp"
#include "boost/asio/read.hpp"
#include "boost/asio/write.hpp"
#include "boost/system/error_code.hpp"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

tcp::endpoint Local(std::uint16_t port) { return {boost::asio::ip::address_v4::loopback(), port}; }

TEST(PrometheusEndpointTest, AnswersEachRequestWithTheTextOfThatMoment) {
  boost::asio::io_context io;
  int asked = 0;
  PrometheusEndpoint endpoint(io, 0, [&] { return "answer " + std::to_string(++asked) + "\n"; });
  ASSERT_TRUE(endpoint.status().ok()) << endpoint.status();
  for (const char* expected : {"answer 1\n", "answer 2\n"}) {
    tcp::socket client(io);
    client.connect(Local(endpoint.port()));
    boost::asio::write(client, boost::asio::buffer(std::string("GET /metrics HTTP/1.1\r\n\r\n")));
    std::string answer;
    bool is_read = false;
    boost::asio::async_read(client, boost::asio::dynamic_buffer(answer),
                            [&](error_code, std::size_t) { is_read = true; });
    while (!is_read) io.run_one();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(answer, HasSubstr("Content-Length: 9\r\n"));
    EXPECT_THAT(answer, EndsWith(expected));
  }
}

TEST(PrometheusEndpointTest, EndsWithTheRunThatItTellsOf) {
  boost::asio::io_context io;
  PrometheusEndpoint endpoint(io, 0, [] { return std::string(); });
  endpoint.Close();
  io.run();  // returns
  EXPECT_TRUE(io.stopped());
}

TEST(PrometheusEndpointTest, SaysWhyItCannotListen) {
  boost::asio::io_context io;
  PrometheusEndpoint first(io, 0, [] { return std::string(); });
  PrometheusEndpoint second(io, first.port(), [] { return std::string(); });
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr("--prometheus: cannot listen on port " + std::to_string(first.port())));
}

}  // namespace
}  // namespace phx::loadgen
