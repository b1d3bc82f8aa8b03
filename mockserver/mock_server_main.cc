// The mock server as a program, with the ready set or with rules from a file.
#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <mutex>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/net/tls_context.h"
#include "mockserver/control_api.h"
#include "mockserver/control_server.h"
#include "mockserver/flag_reader.h"
#include "mockserver/flavor.h"
#include "mockserver/races.h"
#include "mockserver/ready_options.h"
#include "mockserver/rules.h"
#include "mockserver/rules_json.h"
#include "mockserver/rules_socket.h"
#include "mockserver/server.h"
#include "mockserver/signal_wait.h"
#include "mockserver/user_socket.h"

ABSL_FLAG(std::string, address, "127.0.0.1", "IP address to listen on; 0.0.0.0 for all");
ABSL_FLAG(std::int32_t, port, 4000, "port to listen on; 0 lets the system choose");
ABSL_FLAG(std::int32_t, threads, 1, "I/O threads, each with an event loop of its own");
ABSL_FLAG(std::string, tls_cert, "", "PEM file with the certificate chain; with --tls-key: wss");
ABSL_FLAG(std::string, tls_key, "", "PEM file with the certificate's private key");
ABSL_FLAG(std::string, log, "", "\"frames\" prints every frame, to standard error");
ABSL_FLAG(std::string, rules, "",
          "JSON file that says what to answer, in place of the ready set; see rules_json.h");
ABSL_FLAG(std::string, phoenix, "1.8", "release of Phoenix to talk like: 1.7 or 1.8");
ABSL_FLAG(std::string, adapter, "bandit", "HTTP server to talk like: bandit or cowboy");
ABSL_FLAG(
    std::string, races, "lost",
    "which way the races of real servers go: lost, handled, late; or a number: drawn with the "
    "frequencies of real servers from this seed; see races.h");
ABSL_FLAG(std::int32_t, control, -1, "port of the control endpoint; 0: a free one, -1: none");
ABSL_FLAG(std::string, control_address, "127.0.0.1", "IP address of the control endpoint");
ABSL_FLAG(std::int32_t, max_channels_per_transport, 100,
          "how many channels a connection may join, as in Phoenix");
ABSL_FLAG(std::int64_t, max_connections, 0, "most TCP connections at once; 0: any number");
ABSL_FLAG(std::int64_t, max_longpoll_sessions, 0, "most sessions of long polling; 0: any number");
ABSL_FLAG(std::int64_t, max_unsent_bytes, 64 << 20,
          "most bytes that wait for a client that does not read; beyond them it is dropped");
ABSL_FLAG(std::int64_t, max_frame_size, 0,
          "largest WebSocket frame, where the socket has no limit of its own; 0: that of Phoenix");

namespace phx::mock {
namespace {

constexpr int kBadUsage = 2;

constexpr std::array<std::string_view, 17> kFlags = {"rules",
                                                     "control",
                                                     "control_address",
                                                     "phoenix",
                                                     "adapter",
                                                     "races",
                                                     "address",
                                                     "port",
                                                     "threads",
                                                     "tls_cert",
                                                     "tls_key",
                                                     "log",
                                                     "max_channels_per_transport",
                                                     "max_connections",
                                                     "max_longpoll_sessions",
                                                     "max_unsent_bytes",
                                                     "max_frame_size"};

constexpr char kUsage[] =
    R"(A mock Phoenix server: speaks the Phoenix Channels protocol, versions 1.0.0 and 2.0.0, over
WebSocket and long polling, as Phoenix 1.8 on Bandit does, and serves a ready set of channels on the
topics "room:*": echo, shout, push_me, delay, crash, stop and others, with requests under /admin; or
the channels of a file of rules.

Examples:
  mockserver                                 listen on ws://127.0.0.1:4000/socket
  mockserver --port=0                        on a free port, which the first line names
  mockserver --threads=4 --max-channels-per-transport=1000
                                             for a load test
  mockserver --tls-cert=cert.pem --tls-key=key.pem
                                             on wss://
  mockserver --log=frames                    show what passes
  mockserver --rules=rules.json              serve channels of your own in place of the ready set
  mockserver --control=4001                  with a control endpoint, for tests in any language

Prints one line for each of its sockets, the first of which is the main one, when it listens:
  listening on ws://127.0.0.1:4000/socket
then, with --control, one that says where the control endpoint is:
  control on http://127.0.0.1:4001
SIGTERM and SIGINT stop it as Phoenix stops: connections with channels are closed with 1012.
Exit code: 0 when stopped so, 1 if it cannot listen, 2 for wrong flags.)";

int Fail(int code, std::string_view message) {
  std::cerr << "mockserver: " << message << '\n';
  return code;
}

// The text of a file; nullopt if it cannot be read.
std::optional<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path);
  file.peek();  // a folder can be opened, but not read
  if (!file.is_open() || file.bad()) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Empty, or what is wrong with the flags.
std::string ReadFlavor(Flavor& flavor) {
  const std::string phoenix = absl::GetFlag(FLAGS_phoenix);
  const std::string adapter = absl::GetFlag(FLAGS_adapter);
  if (phoenix != "1.7" && phoenix != "1.8") return "--phoenix must be 1.7 or 1.8";
  if (adapter != "bandit" && adapter != "cowboy") return "--adapter must be bandit or cowboy";
  if (phoenix == "1.7") flavor.phoenix = PhoenixRelease::k17;
  if (adapter == "cowboy") flavor.adapter = Adapter::kCowboy;
  return {};
}

// Empty, or what is wrong with the flag.
std::string ReadRaces(Races& races) {
  const std::string flag = absl::GetFlag(FLAGS_races);
  std::uint64_t seed = 0;
  if (flag == "lost") {
    races = Races::All(RaceOutcome::kLost);
  } else if (flag == "handled") {
    races = Races::All(RaceOutcome::kHandled);
  } else if (flag == "late") {
    races = Races::All(RaceOutcome::kLate);
  } else if (absl::SimpleAtoi(flag, &seed)) {
    races = Races::Seeded(seed);
  } else {
    return "--races must be lost, handled, late or a number";
  }
  return {};
}

// Fills what the flags say about TLS; empty, or what is wrong with them.
std::string ReadTls(ServerOptions& options) {
  const std::string certificate = absl::GetFlag(FLAGS_tls_cert);
  const std::string key = absl::GetFlag(FLAGS_tls_key);
  if (certificate.empty() && key.empty()) return {};
  if (certificate.empty() || key.empty()) return "--tls-cert and --tls-key go together";
  net::TlsServerOptions tls;
  for (const auto& [path, text] :
       {std::pair(certificate, &tls.certificate_pem), std::pair(key, &tls.private_key_pem)}) {
    std::optional<std::string> content = ReadFile(path);
    if (!content.has_value()) return absl::StrCat("cannot read ", path);
    *text = *std::move(content);
  }
  options.tls = std::move(tls);
  return {};
}

// Fills in the sockets: the ready set, or what the rules say; empty, or what is wrong with them.
std::string ReadSockets(ServerOptions& options) {
  const int max_channels = absl::GetFlag(FLAGS_max_channels_per_transport);
  if (max_channels < 0) return "--max-channels-per-transport must not be negative";
  const std::string path = absl::GetFlag(FLAGS_rules);
  if (path.empty()) {
    ServerOptions ready = ReadyOptions(static_cast<std::size_t>(max_channels));
    options.sockets = std::move(ready.sockets);
    options.on_request = std::move(ready.on_request);
    return {};
  }
  const std::optional<std::string> text = ReadFile(path);
  if (!text.has_value()) return absl::StrCat("cannot read ", path);
  absl::StatusOr<Rules> rules = RulesFromJson(*text);
  if (!rules.ok()) return absl::StrCat(path, ": ", std::string(rules.status().message()));
  options.sockets = {RulesSocket(*std::move(rules))};
  options.sockets[0].max_channels_per_transport = static_cast<std::size_t>(max_channels);
  return {};
}

// A limit for which 0 says that there is none.
std::optional<std::size_t> LimitOf(std::int64_t flag) {
  if (flag == 0) return std::nullopt;
  return static_cast<std::size_t>(flag);
}

// Fills what the flags say about limits; empty, or what is wrong with them.
std::string ReadLimits(ServerOptions& options) {
  const std::int64_t connections = absl::GetFlag(FLAGS_max_connections);
  const std::int64_t sessions = absl::GetFlag(FLAGS_max_longpoll_sessions);
  const std::int64_t unsent = absl::GetFlag(FLAGS_max_unsent_bytes);
  const std::int64_t frame = absl::GetFlag(FLAGS_max_frame_size);
  if (connections < 0 || sessions < 0 || frame < 0) return "limits must not be negative";
  if (unsent < 1) return "--max-unsent-bytes must be at least 1";
  options.limits.max_connections = LimitOf(connections);
  options.limits.max_longpoll_sessions = LimitOf(sessions);
  options.limits.max_unsent_bytes = static_cast<std::size_t>(unsent);
  for (UserSocket& socket : options.sockets) {
    if (!socket.max_frame_size.has_value()) socket.max_frame_size = LimitOf(frame);
  }
  return {};
}

// Empty, or what is wrong with the flags.
std::string ApplyFlags(ServerOptions& options) {
  const int port = absl::GetFlag(FLAGS_port);
  const int control = absl::GetFlag(FLAGS_control);
  const std::string log = absl::GetFlag(FLAGS_log);
  if (port < 0 || port > 65535) return "--port must be between 0 and 65535";
  if (control < -1 || control > 65535) return "--control must be between -1 and 65535";
  if (!log.empty() && log != "frames") return "--log knows only \"frames\"";
  if (std::string wrong = ReadFlavor(options.flavor); !wrong.empty()) return wrong;
  if (std::string wrong = ReadRaces(options.races); !wrong.empty()) return wrong;
  options.address = absl::GetFlag(FLAGS_address);
  options.port = static_cast<std::uint16_t>(port);
  options.threads = absl::GetFlag(FLAGS_threads);
  if (std::string wrong = ReadSockets(options); !wrong.empty()) return wrong;
  if (std::string wrong = ReadLimits(options); !wrong.empty()) return wrong;
  options.record_limit = control >= 0 ? options.record_limit : 0;
  if (!log.empty()) {
    options.log = [](std::string_view line) {
      static std::mutex mutex;
      const std::lock_guard<std::mutex> lock(mutex);
      std::cerr << line << '\n';
    };
  }
  return ReadTls(options);
}

int Run(std::span<char* const> arguments) {
  const absl::StatusOr<bool> help = ReadFlags(arguments, kFlags);
  if (!help.ok()) return Fail(kBadUsage, std::string(help.status().message()));
  if (*help) {
    std::cout << kUsage << "\n\nFlags:\n" << DescribeFlags(kFlags);
    return 0;
  }
  ServerOptions options;
  if (const std::string wrong = ApplyFlags(options); !wrong.empty()) return Fail(kBadUsage, wrong);
  const std::vector<UserSocket> sockets = options.sockets;

  SignalWait stop_signals({SIGINT, SIGTERM});  // before there are threads that could get them
  Server server(std::move(options));
  if (!server.status().ok()) {
    const bool is_usage = absl::IsInvalidArgument(server.status());
    return Fail(is_usage ? kBadUsage : 1, std::string(server.status().message()));
  }
  ControlApi api(server);
  std::optional<ControlServer> control;
  if (absl::GetFlag(FLAGS_control) >= 0) {
    control.emplace(absl::GetFlag(FLAGS_control_address),
                    static_cast<std::uint16_t>(absl::GetFlag(FLAGS_control)), api);
    if (!control->status().ok()) {
      const bool is_usage = absl::IsInvalidArgument(control->status());
      return Fail(is_usage ? kBadUsage : 1, std::string(control->status().message()));
    }
  }
  for (const UserSocket& socket : sockets) {
    std::cout << "listening on " << server.url(socket.path)
              << (socket.websocket ? "" : " (long polling only)") << '\n';
  }
  if (control.has_value()) std::cout << "control on " << control->url() << '\n';
  std::cout.flush();
  stop_signals.Wait();
  control.reset();
  server.Stop();
  return 0;
}

}  // namespace
}  // namespace phx::mock

int main(int argc, char** argv) {
  return phx::mock::Run({argv + 1, static_cast<std::size_t>(argc) - 1});
}
