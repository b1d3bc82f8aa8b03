// Subscription: a registration that ends with a scope.
//
//   class Chat {
//     phx::Subscription messages_{room_, room_.On("new_msg", [this](const phx::Message& m) { … })};
//   };
//
// When it is destroyed on the socket's strand, the handler never runs again. Elsewhere the strand
// may just be running it: what the handler uses must then outlive the Socket (see socket.h).
//
// Threads: as any value; what it calls may be called from any thread.
#ifndef PHX_CLIENT_SUBSCRIPTION_H_
#define PHX_CLIENT_SUBSCRIPTION_H_

#include <optional>
#include <utility>
#include <variant>

#include "client/channel.h"
#include "client/socket.h"
#include "client/wire/ref.h"

namespace phx {

class Subscription {
 public:
  Subscription() = default;
  Subscription(Channel channel, Ref registration)
      : source_(std::move(channel)), ref_(registration) {}
  // A Subscription keeps its Socket alive.
  Subscription(Socket socket, Ref registration) : source_(std::move(socket)), ref_(registration) {}

  Subscription(Subscription&& other) noexcept
      : source_(std::move(other.source_)), ref_(std::exchange(other.ref_, Ref{})) {}
  Subscription& operator=(Subscription&& other) noexcept {
    if (this != &other) {
      Reset();
      source_ = std::move(other.source_);
      ref_ = std::exchange(other.ref_, Ref{});
    }
    return *this;
  }
  ~Subscription() { Reset(); }

  // Ends the registration now.
  void Reset() {
    const Ref ref = std::exchange(ref_, Ref{});
    if (ref.empty()) return;
    if (const auto* channel = std::get_if<Channel>(&source_)) channel->Off(ref);
    if (const auto* socket = std::get_if<Socket>(&source_)) socket->Off(ref);
    source_ = std::monostate();
  }

  // Leaves the registration in force and returns it.
  Ref Release() { return std::exchange(ref_, Ref{}); }

 private:
  std::variant<std::monostate, Channel, Socket> source_;
  Ref ref_;
};

}  // namespace phx

#endif  // PHX_CLIENT_SUBSCRIPTION_H_
