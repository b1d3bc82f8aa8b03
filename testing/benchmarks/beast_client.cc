#include "testing/benchmarks/beast_client.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "boost/asio/buffer.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/ip/address_v4.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/beast/core/buffers_to_string.hpp"
#include "boost/beast/core/flat_buffer.hpp"
#include "boost/beast/websocket/stream.hpp"
#include "nlohmann/json.hpp"
#include "testing/benchmarks/bench_server.h"
#include "testing/benchmarks/stopwatch.h"
#include "testing/benchmarks/traffic.h"

namespace phx::benchmarks {
namespace {

using boost::asio::ip::tcp;

class BeastClient {
 public:
  BeastClient(const BenchServer& server, const Traffic& traffic)
      : traffic_(traffic), payload_(PayloadOf(traffic)), json_(nlohmann::json::parse(payload_)) {
    stream_.next_layer().connect({boost::asio::ip::address_v4::loopback(), server.port()});
    stream_.next_layer().set_option(tcp::no_delay(true));
    stream_.handshake(absl::StrCat("127.0.0.1:", server.port()), kTarget);
    stream_.write(boost::asio::buffer(Message(kTopic, "phx_join", "{}")));
    stream_.read(buffer_);
    buffer_.clear();
  }

  Cost Run() {
    watch_.emplace();
    Start();
    Read();
    io_.run();
    return cost_;
  }

 private:
  std::string Message(std::string_view topic, std::string_view event, std::string_view payload) {
    std::string message;
    AppendMessage(message, ++ref_, topic, event, payload);
    return message;
  }

  std::string Echo() {
    if (!traffic_.parses_payloads) return Message(kTopic, "echo", payload_);
    return nlohmann::json::array({"1", std::to_string(++ref_), kTopic, "echo", json_}).dump();
  }

  void Start() {
    switch (traffic_.kind) {
      case Traffic::Kind::kEcho:
        sent_at_.emplace();
        for (; sent_ < traffic_.depth; ++sent_) Send(Echo());
        break;
      case Traffic::Kind::kReceive: Send(Message(kTopic, "pour", PourRequestOf(traffic_))); break;
      case Traffic::Kind::kJoin:
        for (; sent_ < traffic_.count; ++sent_) Send(Message(TopicOf(sent_), "phx_join", "{}"));
        break;
    }
  }

  void Send(std::string message) {
    queue_.push_back(std::move(message));
    if (queue_.size() == 1) Write();
  }

  void Write() {
    stream_.async_write(boost::asio::buffer(queue_.front()),
                        [this](const boost::system::error_code& error, std::size_t) {
                          if (is_done_) return;
                          if (error) GiveUp(error.message());
                          queue_.pop_front();
                          if (!queue_.empty()) Write();
                        });
  }

  void Read() {
    stream_.async_read(buffer_, [this](const boost::system::error_code& error, std::size_t) {
      if (error) GiveUp(error.message());
      OnMessage(std::string_view(static_cast<const char*>(buffer_.data().data()), buffer_.size()));
      buffer_.clear();
      if (!is_done_) Read();
    });
  }

  void OnMessage(std::string_view text) {
    if (traffic_.depth == 1 && traffic_.kind == Traffic::Kind::kEcho) {
      cost_.round_trips_ns.push_back(sent_at_->wall_ns());
    }
    if (traffic_.parses_payloads && nlohmann::json::parse(text).size() != 5) GiveUp("no message");
    if (traffic_.kind == Traffic::Kind::kEcho && sent_ < traffic_.count) {
      ++sent_;
      if (traffic_.depth == 1) sent_at_.emplace();
      Send(Echo());
    }
    if (++received_ == traffic_.count) Finish();
  }

  void Finish() {
    is_done_ = true;
    cost_.cpu_ns = watch_->cpu_ns() / static_cast<double>(traffic_.count);
    cost_.wall_ns = watch_->wall_ns();
    stream_.next_layer().close();
  }

  const Traffic traffic_;
  const std::string payload_;
  const nlohmann::json json_;
  boost::asio::io_context io_{1};
  boost::beast::websocket::stream<tcp::socket> stream_{io_};
  boost::beast::flat_buffer buffer_;
  std::deque<std::string> queue_;
  std::optional<Stopwatch> watch_;
  std::optional<Stopwatch> sent_at_;
  std::uint64_t ref_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
  bool is_done_ = false;
  Cost cost_;
};

}  // namespace

Cost RunBeast(const BenchServer& server, const Traffic& traffic) {
  return BeastClient(server, traffic).Run();
}

}  // namespace phx::benchmarks
