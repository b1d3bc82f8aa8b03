// PrometheusEndpoint: answers HTTP requests on one port with a text, which Prometheus collects
// while a run goes on.
//
//   PrometheusEndpoint endpoint(io, 9464, [] { return FormatPrometheus(recorders); });
//   if (!endpoint.status().ok()) …
//
// Whatever is asked for, the answer is the text: there is nothing else here. It listens on all
// interfaces, since who collects is usually another machine; there is nothing secret in it.
//
// Threads: everything happens on the thread that runs `io`.
#ifndef PHX_LOADGEN_PROMETHEUS_ENDPOINT_H_
#define PHX_LOADGEN_PROMETHEUS_ENDPOINT_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "boost/asio/io_context.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/steady_timer.hpp"

namespace phx::loadgen {

class PrometheusEndpoint {
 public:
  // Listens on `port`; 0: a free one. `text` is called for every request.
  PrometheusEndpoint(boost::asio::io_context& io, std::uint16_t port,
                     std::function<std::string()> text);

  PrometheusEndpoint(const PrometheusEndpoint&) = delete;
  PrometheusEndpoint& operator=(const PrometheusEndpoint&) = delete;

  // OK, or why it does not listen.
  const absl::Status& status() const { return status_; }
  std::uint16_t port() const;

  // Takes no more requests, so that `io` can come to its end.
  void Close();

 private:
  void Accept();
  void AcceptLater();

  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::function<std::string()> text_;
  absl::Status status_;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_PROMETHEUS_ENDPOINT_H_
