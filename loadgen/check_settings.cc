#include "loadgen/check_settings.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "client/wire/endpoint_url.h"
#include "loadgen/flag_value.h"
#include "loadgen/rate_phase.h"
#include "loadgen/time.h"
#include "loadgen/user_kind.h"
#include "loadgen/workload.h"

namespace phx::loadgen {
namespace {

constexpr std::uint64_t kMaxConnections = 1'000'000;
constexpr std::uint64_t kMaxThreads = 1024;
constexpr std::uint64_t kMaxServerPorts = 100;
constexpr Duration kMinInterval = std::chrono::milliseconds(10);

class Checker {
 public:
  Checker(const Settings& settings, const Plan& plan, Mistakes* mistakes)
      : settings_(settings),
        plan_(plan),
        all_mistakes_(*mistakes),
        mistakes_(mistakes, settings.user.place) {}

  void Check() {
    CheckServer();
    CheckServerThreads();
    CheckServerPorts();
    CheckConnections();
    CheckModel();
    CheckRate();
    CheckPhases();
    CheckRun();
    CheckRestart();
    CheckOutputs();
  }

 private:
  void CheckServer() {
    if (settings_.embedded && !settings_.urls.empty()) {
      mistakes_.Add("url", "--embedded is a server already; give one of them");
    } else if (!settings_.embedded && settings_.urls.empty()) {
      all_mistakes_.Add(
          "there is no server to load; give --url=ws://HOST:PORT/socket, or --embedded for one in "
          "this process");
    }
    for (std::size_t i = 0; i < settings_.urls.size(); ++i) {
      const auto url = wire::EndpointUrl::Parse(settings_.urls[i]);
      if (url.ok()) continue;
      mistakes_.Add(
          "url", i,
          absl::StrCat(url.status().message(), "; write it as in ws://localhost:4000/socket"));
    }
  }

  void CheckServerThreads() {
    if (!settings_.embedded && settings_.server_threads != 0) {
      mistakes_.Add("server-threads",
                    "is for the embedded server; give --embedded, or leave it out");
    }
    if (settings_.server_threads > kMaxThreads) {
      mistakes_.Add("server-threads",
                    absl::StrCat(settings_.server_threads, " is too many; at most ", kMaxThreads));
    }
  }

  void CheckServerPorts() {
    if (settings_.server_ports == 0 || settings_.server_ports > kMaxServerPorts) {
      mistakes_.Add("server-ports", absl::StrCat(settings_.server_ports,
                                                 " is out of range; give 1 to ", kMaxServerPorts));
    }
    if (settings_.server_ports <= 1) return;
    if (!settings_.embedded) {
      mistakes_.Add("server-ports", "is for the embedded server; give --url more than once");
    }
    if (plan_.Has(Workload::kBroadcast)) {
      mistakes_.Add("server-ports",
                    "gives each port a server of its own, and broadcasts stay on their server; "
                    "leave it out where there are broadcasts");
    }
  }

  void CheckConnections() {
    if (settings_.connections == 0 || settings_.connections > kMaxConnections) {
      mistakes_.Add("connections", absl::StrCat(settings_.connections,
                                                " is out of range; give 1 to ", kMaxConnections));
    }
    CheckHighest("connect-rate", settings_.connect_rate);
    if (settings_.max_connecting == 0) {
      mistakes_.Add("max-connecting", "0 would never connect; give 1 or more");
    }
    if (settings_.connect_timeout <= Duration::zero()) {
      mistakes_.Add("connect-timeout", "0 leaves no time to connect; give more, as in 10s");
    }
    if (settings_.debug_frames > settings_.connections) {
      mistakes_.Add("debug-frames",
                    absl::StrCat("there is no connection ", settings_.debug_frames,
                                 "; they are numbered from 1 to ", settings_.connections));
    }
  }

  void CheckHighest(std::string_view flag, double rate) {
    if (rate <= kMaxRate) return;
    mistakes_.Add(flag, absl::StrCat(FormatFlagValue(rate), " is out of range; at most ",
                                     FormatFlagValue(kMaxRate), " a second"));
  }

  void CheckModel() {
    if (settings_.model != "open" && settings_.model != "closed") {
      return mistakes_.Add("model",
                           absl::StrCat("\"", settings_.model, "\" is none; give open or closed"));
    }
    const bool is_closed = settings_.model == "closed";
    if (is_closed && settings_.in_flight == 0) {
      mistakes_.Add("model",
                    "closed keeps so many pushes under way; say how many with --in-flight=N");
    }
    if (!is_closed && settings_.in_flight > 0) {
      mistakes_.Add("in-flight", "is for --model=closed; give both or neither");
    }
    if (is_closed) CheckClosedModel();
  }

  void CheckClosedModel() {
    if (plan_.kinds.size() > 1) {
      return mistakes_.Add("model",
                           "closed is for one kind of users; in a scenario, give each kind steps, "
                           "which wait for each other");
    }
    const UserKind& kind = plan_.kinds.front();
    if (!ExpectsReplies(kind.workload)) {
      mistakes_.Add("model",
                    absl::StrCat("closed waits for replies, and --workload=",
                                 std::string(ToString(kind.workload)), " has none; give open"));
    }
    if (kind.channels == 0) {
      mistakes_.Add("channels", "0 leaves nothing to push to; give 1 or more");
    }
  }

  void CheckRate() {
    CheckHighest("rate", settings_.rate);
    for (const UserKind& kind : plan_.kinds) {
      if (settings_.rate <= 0 || kind.channels > 0 || !kind.has_rate()) continue;
      if (settings_.model != "open") continue;
      mistakes_.Add(
          "channels",
          absl::StrCat("0 leaves ",
                       kind.name.empty() ? "" : absl::StrCat("users \"", kind.name, "\" "),
                       "nothing to push to; give --rate=0 to hold connections only, or "
                       "--channels=1 or more"));
    }
    CheckShares();
    if (settings_.timeout <= Duration::zero()) {
      mistakes_.Add("timeout", "0 leaves no time for a reply; give more, as in 10s");
    }
  }

  // A rate of which nobody has a part is one that is achieved by doing nothing.
  void CheckShares() {
    if (settings_.rate <= 0 || settings_.model != "open") return;
    const auto& kinds = plan_.kinds;
    const bool has_rate = std::any_of(kinds.begin(), kinds.end(),
                                      [](const UserKind& kind) { return kind.has_rate(); });
    const bool is_shared = std::any_of(kinds.begin(), kinds.end(),
                                       [](const UserKind& kind) { return kind.rate_share > 0; });
    if (!has_rate || is_shared) return;
    mistakes_.Add(
        "rate",
        "is shared by users whose rate_weight is 0; give one of them more, or --rate=0 to "
        "hold connections only");
  }

  void CheckPhases() {
    if (plan_.phases.empty()) return;
    for (const auto& [name, value] : settings_.given) {
      if (name != "rate" && name != "duration") continue;
      mistakes_.Add(name, "the phases say that; leave it out");
    }
    if (settings_.model != "open") {
      mistakes_.Add("phases", "are of rates, which the closed model has none of");
    }
    if (AverageRate(plan_.phases) == 0) {
      mistakes_.Add("phases", "push nothing; to hold connections, give --rate=0");
    }
  }

  void CheckRun() {
    if (settings_.duration <= Duration::zero()) {
      mistakes_.Add("duration", "0 measures nothing; give more, as in 10s");
    }
    if (settings_.interval < kMinInterval) {
      mistakes_.Add("interval",
                    absl::StrCat(FormatFlagValue(settings_.interval),
                                 " is too short; give at least ", FormatFlagValue(kMinInterval)));
    }
    if (settings_.threads > kMaxThreads) {
      mistakes_.Add("threads",
                    absl::StrCat(settings_.threads, " is too many; at most ", kMaxThreads));
    }
  }

  void CheckRestart() {
    if (settings_.restart_after <= Duration::zero()) return;
    if (!settings_.embedded) {
      mistakes_.Add("restart-after",
                    "is for the embedded server; give --embedded, or restart your own server "
                    "during the run");
    }
    if (settings_.restart_after >= settings_.duration) {
      mistakes_.Add("restart-after",
                    absl::StrCat(FormatFlagValue(settings_.restart_after), " into a duration of ",
                                 FormatFlagValue(settings_.duration),
                                 " is too late to see anything; give less"));
    }
  }

  void CheckOutputs() {
    if (settings_.prometheus > std::numeric_limits<std::uint16_t>::max()) {
      mistakes_.Add("prometheus",
                    absl::StrCat(settings_.prometheus, " is no port; give 1 to 65535, as in 9464"));
    }
  }

  const Settings& settings_;
  const Plan& plan_;
  Mistakes& all_mistakes_;
  SettingMistakes mistakes_;
};

}  // namespace

void CheckSettings(const Settings& settings, const Plan& plan, Mistakes* mistakes) {
  Checker(settings, plan, mistakes).Check();
}

}  // namespace phx::loadgen
