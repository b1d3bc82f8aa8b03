// Flavor: which of the real servers the mock server talks like. They differ in little, all of it
// recorded (testing/goldens); where they do not, this is not asked.
//
//   options.flavor = {mock::PhoenixRelease::k17, mock::Adapter::kCowboy};
#ifndef PHX_MOCKSERVER_FLAVOR_H_
#define PHX_MOCKSERVER_FLAVOR_H_

#include <cstdint>

namespace phx::mock {

// The release of Phoenix.
//
//                               k17 (1.7.24)                   k18 (1.8.12)
//   a push with a stale ref     is delivered                   is dropped
//   phx_error's payload         {}                             {"reason":"channel_crash"}
//   Disconnect() closes with    1000                           1001
//   auth_token                  is not known                   is
//   vsn[]=2.0.0                 500                            403
//   the token of long polling   in the query                   or in a header
//   largest frame               8 MB (Cowboy: any)             10 MB
enum class PhoenixRelease : std::uint8_t { k17, k18 };

// The HTTP server beneath it.
//
//                               kBandit                        kCowboy
//   idle timeout closes with    1002                           1000
//   a close of the client's     is answered with 1000          with its own code
//   a close code over 4999      the same                       1002
//   the largest frame           counts its header              counts payload
//   a message in fragments      each as large as a frame,      all as large as a frame
//                               8 MB in all
//   stopping without channels   closes with 1000               ends TCP after 5 s
//   a request without Host      ends TCP                       400
//   headers                     vary: accept-encoding          server: Cowboy
enum class Adapter : std::uint8_t { kBandit, kCowboy };

struct Flavor {
  PhoenixRelease phoenix = PhoenixRelease::k18;
  Adapter adapter = Adapter::kBandit;

  bool is_17() const { return phoenix == PhoenixRelease::k17; }
  bool is_cowboy() const { return adapter == Adapter::kCowboy; }

  friend bool operator==(const Flavor&, const Flavor&) = default;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_FLAVOR_H_
