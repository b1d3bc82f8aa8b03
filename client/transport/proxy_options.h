// ProxyOptions: through which HTTP proxy a server is reached.
//
//   options.proxy = phx::HttpProxy("http://user:password@proxy.example.com:3128");
//   options.proxy = phx::ProxyFromEnvironment();
//
// Whatever the URL, the proxy is asked for a tunnel (CONNECT, RFC 9110 9.3.6), in which TLS and
// everything else happens as without it. Names are resolved by the proxy.
#ifndef PHX_CLIENT_TRANSPORT_PROXY_OPTIONS_H_
#define PHX_CLIENT_TRANSPORT_PROXY_OPTIONS_H_

#include <string>

namespace phx {

struct ProxyOptions {
  // http://[user:password@]host[:port], port 80 if none is named; "http://" may be left out. Empty:
  // no proxy. User name and password are sent by the Basic scheme, and appear in no message.
  std::string for_secure = {};  // for wss:// and https:// URLs
  std::string for_plain = {};   // for ws:// and http:// URLs

  // Servers that are reached without it, as NO_PROXY has them: separated by commas, "example.com"
  // (and all names below it, as has ".example.com"), "10.1.2.3", "10.0.0.0/8", "[::1]", each
  // perhaps with ":port"; "*" is all.
  std::string except = {};
};

// The same proxy for all URLs.
ProxyOptions HttpProxy(std::string url);

// ProxyFromEnvironment()
//
// What the environment says: https_proxy, http_proxy, all_proxy and no_proxy, and the same in upper
// case (but HTTP_PROXY, which in a CGI program comes from the client). Nothing is read from the
// environment unless this is called.
ProxyOptions ProxyFromEnvironment();

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_PROXY_OPTIONS_H_
