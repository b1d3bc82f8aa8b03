// Which proxy, and what is asked of it. Through it: proxy_tunnel_test.cc.
#include "client/transport/proxy.h"

#include <cstdlib>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "client/transport/proxy_options.h"
#include "client/transport/server_url.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ServerUrl Url(const std::string& text) { return ParseServerUrl(text).value(); }

std::optional<Proxy> For(const ProxyOptions& options, const std::string& url = "wss://h/s") {
  auto proxy = ProxyFor(options, Url(url));
  EXPECT_TRUE(proxy.ok()) << proxy.status();
  return proxy.ok() ? *proxy : std::nullopt;
}

bool IsDirect(const std::string& except, const std::string& url) {
  ProxyOptions options = HttpProxy("http://proxy:3128");
  options.except = except;
  return !For(options, url).has_value();
}

TEST(ProxyTest, NoneByDefault) { EXPECT_EQ(For({}), std::nullopt); }

TEST(ProxyTest, AUrlIsTakenApart) {
  const Proxy proxy = For(HttpProxy("http://user:p%40ss@proxy.example.com:3128/")).value();
  EXPECT_EQ(proxy.host, "proxy.example.com");
  EXPECT_EQ(proxy.port, 3128);
  EXPECT_EQ(proxy.authorization, "Basic dXNlcjpwQHNz");  // user:p@ss
  EXPECT_THAT(proxy.name, HasSubstr("proxy.example.com:3128"));
  EXPECT_THAT(proxy.name, Not(HasSubstr("user")));
}

TEST(ProxyTest, SchemeAndPortMayBeLeftOut) {
  EXPECT_EQ(For(HttpProxy("proxy:3128"))->port, 3128);
  EXPECT_EQ(For(HttpProxy("proxy"))->port, 80);
  EXPECT_EQ(For(HttpProxy("[::1]:3128"))->host, "::1");
  EXPECT_EQ(For(HttpProxy("proxy:3128"))->authorization, "");
}

TEST(ProxyTest, SecureAndPlainUrlsMayHaveTheirOwn) {
  const ProxyOptions options = {.for_secure = "a:1", .for_plain = "b:2"};
  EXPECT_EQ(For(options, "wss://h/")->host, "a");
  EXPECT_EQ(For(options, "https://h/")->host, "a");
  EXPECT_EQ(For(options, "ws://h/")->host, "b");
  EXPECT_EQ(For({.for_secure = "a:1"}, "ws://h/"), std::nullopt);
}

TEST(ProxyTest, RejectsWhatCannotBeWithoutShowingThePassword) {
  for (const char* url :
       {"https://user:secret@proxy", "socks5://user:secret@proxy", "http://user:secret@",
        "http://user:secret@proxy:0", "http://user:secret@proxy:x", "http://user:secret@pro xy"}) {
    const auto proxy = ProxyFor(HttpProxy(url), Url("ws://h/"));
    EXPECT_EQ(proxy.status().code(), absl::StatusCode::kInvalidArgument) << url;
    EXPECT_THAT(std::string(proxy.status().message()), Not(HasSubstr("secret"))) << url;
  }
}

TEST(ProxyTest, ExceptedNamesAreReachedDirectly) {
  EXPECT_TRUE(IsDirect("example.com", "ws://example.com/"));
  EXPECT_TRUE(IsDirect("example.com", "ws://www.Example.com/"));
  EXPECT_TRUE(IsDirect(".example.com", "ws://www.example.com/"));
  EXPECT_TRUE(IsDirect("*.example.com", "ws://www.example.com/"));
  EXPECT_TRUE(IsDirect("a, example.com ,b", "ws://example.com/"));
  EXPECT_TRUE(IsDirect("*", "ws://example.com/"));
  EXPECT_FALSE(IsDirect("example.com", "ws://badexample.com/"));
  EXPECT_FALSE(IsDirect("www.example.com", "ws://example.com/"));
  EXPECT_FALSE(IsDirect("", "ws://example.com/"));
  EXPECT_FALSE(IsDirect(",", "ws://example.com/"));
}

TEST(ProxyTest, ExceptedPortsAreTheUrlsOrItsDefault) {
  EXPECT_TRUE(IsDirect("h:4000", "ws://h:4000/"));
  EXPECT_TRUE(IsDirect("h:443", "wss://h/"));
  EXPECT_FALSE(IsDirect("h:4000", "ws://h:4001/"));
}

TEST(ProxyTest, ExceptedAddressesAndNetworks) {
  EXPECT_TRUE(IsDirect("127.0.0.1", "ws://127.0.0.1:4000/"));
  EXPECT_TRUE(IsDirect("10.0.0.0/8", "ws://10.1.2.3/"));
  EXPECT_TRUE(IsDirect("10.1.0.0/16:80", "ws://10.1.2.3/"));
  EXPECT_TRUE(IsDirect("::1", "ws://[::1]:4000/"));
  EXPECT_TRUE(IsDirect("[::1]:4000", "ws://[::1]:4000/"));
  EXPECT_TRUE(IsDirect("fd00::/8", "ws://[fd12::1]/"));
  EXPECT_FALSE(IsDirect("10.0.0.0/8", "ws://11.1.2.3/"));
  EXPECT_FALSE(IsDirect("10.0.0.0/8", "ws://[::1]/"));
  EXPECT_FALSE(IsDirect("10.0.0.1", "ws://10.0.0.11/"));
  EXPECT_FALSE(IsDirect("fd00::/8", "ws://10.1.2.3/"));
}

class ProxyEnvironmentTest : public ::testing::Test {
 protected:
  ProxyEnvironmentTest() {
    for (const char* name : {"https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy",
                             "ALL_PROXY", "no_proxy", "NO_PROXY"}) {
      unsetenv(name);  // NOLINT(concurrency-mt-unsafe): there is one thread
    }
  }

  static void Set(const char* name, const char* value) {
    setenv(name, value, 1);  // NOLINT(concurrency-mt-unsafe): there is one thread
  }
};

TEST_F(ProxyEnvironmentTest, EmptyItSaysNothing) {
  const ProxyOptions options = ProxyFromEnvironment();
  EXPECT_EQ(options.for_secure + options.for_plain + options.except, "");
}

TEST_F(ProxyEnvironmentTest, LowerCaseComesFirstAndAllLast) {
  Set("ALL_PROXY", "all");
  EXPECT_EQ(ProxyFromEnvironment().for_secure, "all");
  EXPECT_EQ(ProxyFromEnvironment().for_plain, "all");
  Set("HTTPS_PROXY", "upper");
  Set("https_proxy", "lower");
  Set("http_proxy", "plain");
  Set("NO_PROXY", "localhost");
  EXPECT_EQ(ProxyFromEnvironment().for_secure, "lower");
  EXPECT_EQ(ProxyFromEnvironment().for_plain, "plain");
  EXPECT_EQ(ProxyFromEnvironment().except, "localhost");
}

// In a CGI program it is the client's "Proxy" header.
TEST_F(ProxyEnvironmentTest, UpperCaseHttpProxyIsIgnored) {
  Set("HTTP_PROXY", "evil");
  EXPECT_EQ(ProxyFromEnvironment().for_plain, "");
}

}  // namespace
}  // namespace phx
