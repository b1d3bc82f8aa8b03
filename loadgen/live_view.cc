#include "loadgen/live_view.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "loadgen/failure.h"
#include "loadgen/failure_table.h"
#include "loadgen/latency_histogram.h"
#include "loadgen/quantity_text.h"
#include "loadgen/rate_phase.h"
#include "loadgen/recorder.h"
#include "loadgen/terminal_text.h"
#include "loadgen/text_table.h"
#include "loadgen/time.h"

namespace phx::loadgen {
namespace {

using Lines = std::vector<std::string>;

std::string Line(std::string_view label, const std::string& text) {
  return absl::StrFormat("%-11s  %s", std::string(label), text);
}

// "7.0 s": steadier to look at than DurationText(), whose unit and digits change.
std::string SecondsText(Duration duration) {
  return absl::StrFormat("%.1f s", ToSeconds(duration));
}

std::string Bar(double share) {
  constexpr std::size_t kWidth = 30;
  const auto full = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * kWidth);
  return absl::StrCat("[", std::string(full, '#'), std::string(kWidth - full, '.'), "]");
}

// Puts the lines of one view together.
class View {
 public:
  View(const Plan& plan, const Progress& progress)
      : plan_(plan),
        progress_(progress),
        setup_(progress.total[Phase::kSetup]),
        load_(LoadOf(progress.total)),
        recent_(is_setup() ? progress.recent[Phase::kSetup] : LoadOf(progress.recent)) {}

  Lines Format(TerminalSize size) {
    AddTime();
    AddPhase();
    AddConnections();
    AddRecovery();
    AddRates();
    AddBroadcasts();
    AddLatencies();
    AddGenerator();
    const std::size_t rows = size.rows > 1 ? size.rows - 1 : 1;
    AddErrors(rows > lines_.size() ? rows - lines_.size() : 0);
    if (lines_.size() > rows) lines_.resize(rows);
    const std::size_t columns = size.columns > 1 ? size.columns - 1 : 1;
    for (std::string& line : lines_) line = FitColumns(line, columns);
    return std::move(lines_);
  }

 private:
  bool is_setup() const { return progress_.phase == Phase::kSetup; }

  void Add(std::string_view label, const std::string& text) { lines_.push_back(Line(label, text)); }

  void AddTime() {
    const std::string elapsed = SecondsText(progress_.elapsed);
    if (is_setup()) {
      const std::string begin =
          progress_.begins_in.has_value()
              ? absl::StrCat(", begins in ", SecondsText(*progress_.begins_in))
              : "";
      return Add("setup", elapsed + begin);
    }
    const bool is_warmup = progress_.phase == Phase::kWarmup;
    const Duration length = is_warmup ? plan_.warmup : plan_.duration;
    const Duration left = length - progress_.elapsed;
    const std::string text =
        left > Duration::zero()
            ? absl::StrCat(elapsed, " of ", SecondsText(length), ", ", SecondsText(left), " left")
            : absl::StrCat(SecondsText(length), ", waiting for what is under way");
    Add(is_warmup ? "warm-up" : "measured",
        absl::StrCat(text, "  ", Bar(ToSeconds(length - left) / ToSeconds(length))));
  }

  void AddPhase() {
    if (plan_.phases.empty() || progress_.phase != Phase::kMeasured) return;
    const RatePhasePlace place = PlaceIn(plan_.phases, progress_.elapsed);
    Add("phase", absl::StrCat(ToString(plan_.phases[place.index]), " (", place.index + 1, " of ",
                              plan_.phases.size(), "), ", SecondsText(place.left), " left"));
  }

  void AddConnections() {
    std::string text = absl::StrCat(CountText(setup_.count(Counter::kConnected)), " of ",
                                    CountText(plan_.own_connections()));
    if (plan_.own_joins() > 0) {
      absl::StrAppend(&text, ", joins ", CountText(setup_.count(Counter::kJoined)), " of ",
                      CountText(plan_.own_joins()));
    }
    Add("connections", text);
  }

  void AddRecovery() {
    const std::uint64_t lost = CountAll(Counter::kLost);
    const std::uint64_t joins_lost = CountAll(Counter::kJoinsLost);
    if (lost == 0 && joins_lost == 0) return;
    Add("recovery",
        absl::StrCat("lost ", CountText(lost), ", back ", CountText(CountAll(Counter::kReconnects)),
                     "; joins lost ", CountText(joins_lost), ", back ",
                     CountText(CountAll(Counter::kRejoins))));
  }

  // Of the setup how fast it goes, of the load what was asked for and what came of it.
  void AddRates() {
    if (is_setup()) {
      std::string text = absl::StrCat("connected ", Rate(Counter::kConnected), "  joined ",
                                      Rate(Counter::kJoined));
      if (plan_.connect_rate > 0) {
        text = absl::StrCat("asked ", RateText(plan_.connect_rate), "  ", text);
      }
      return Add("rate", text);
    }
    if (!plan_.has_load()) return;
    // A moment of its middle stands for the interval.
    const Duration begin = progress_.phase == Phase::kWarmup ? Duration::zero() : plan_.warmup;
    const double asked = plan_.own_rate_at(begin + progress_.elapsed - progress_.interval / 2);
    std::string text = asked > 0 ? absl::StrCat("asked ", RateText(asked), "  ") : "";
    absl::StrAppend(&text, "sent ", Rate(Counter::kPushesSent));
    if (plan_.expects_replies()) absl::StrAppend(&text, "  replied ", Rate(Counter::kReplies));
    const std::uint64_t skipped =
        load_.count(Counter::kSkippedBusy) + load_.count(Counter::kSkippedDown);
    absl::StrAppend(&text, "  late ", CountText(load_.count(Counter::kPushesLate)), "  skipped ",
                    CountText(skipped));
    Add("pushes", text);
  }

  void AddBroadcasts() {
    if (is_setup() || !plan_.Has(Workload::kBroadcast)) return;
    Add("broadcasts", absl::StrCat("received ", Rate(Counter::kBroadcasts), "  duplicates ",
                                   CountText(load_.count(Counter::kDuplicates)), "  reordered ",
                                   CountText(load_.count(Counter::kReordered))));
  }

  // A line for each that was ever recorded, so that none comes and goes.
  void AddLatencies() {
    TextTable table;
    table.AddRow({"latency    ", "     p50", "     p99", "     max"});
    const Recorder& so_far = is_setup() ? setup_ : load_;
    bool is_empty = true;
    for (const Metric metric : kReportedMetrics) {
      if (IsPartOfConnecting(metric) || so_far.latency(metric).count() == 0) continue;
      is_empty = false;
      const LatencyHistogram& latency = recent_.latency(metric);
      const bool has_some = latency.count() > 0;
      table.AddRow({absl::StrCat("  ", std::string(ToString(metric))),
                    has_some ? DurationText(latency.Percentile(50)) : "-",
                    has_some ? DurationText(latency.Percentile(99)) : "-",
                    has_some ? DurationText(latency.max()) : "-"});
    }
    if (is_empty) return;
    for (const absl::string_view line : absl::StrSplit(table.Format(), '\n', absl::SkipEmpty())) {
      lines_.emplace_back(line);
    }
  }

  static bool IsPartOfConnecting(Metric metric) {
    return metric == Metric::kDns || metric == Metric::kTcp || metric == Metric::kTls ||
           metric == Metric::kUpgrade;
  }

  void AddGenerator() {
    std::string text =
        absl::StrCat("busiest thread ", PercentText(progress_.busiest_cpu), " of a core");
    const LatencyHistogram& lag = recent_.latency(Metric::kLoopLag);
    if (lag.count() > 0) {
      absl::StrAppend(&text, ", turns ", DurationText(lag.Percentile(99)), " late (p99)");
    }
    Add("generator", text);
  }

  // In so many lines at most.
  void AddErrors(std::size_t room) {
    const FailureTable failures = FailuresOf(progress_.total);
    Add("errors", CountText(failures.count()));
    std::vector<FailureTable::Row> rows = failures.rows();
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.count > b.count; });
    const std::size_t kinds_room = room > 1 ? room - 1 : 0;
    const std::size_t shown =
        rows.size() <= kinds_room ? rows.size() : std::max<std::size_t>(kinds_room, 1) - 1;
    for (std::size_t i = 0; i < shown; ++i) {
      lines_.push_back(absl::StrCat("  ", Describe(rows[i].stage, rows[i].cause, rows[i].kind),
                                    "  ", CountText(rows[i].count)));
    }
    if (shown < rows.size()) {
      lines_.push_back(absl::StrCat(shown > 0 ? "  and of " : "  of ",
                                    PluralText(rows.size() - shown, "kind"),
                                    shown > 0 ? " more" : ""));
    }
  }

  std::uint64_t CountAll(Counter counter) const {
    return setup_.count(counter) + load_.count(counter);
  }

  // In the last interval, a second.
  std::string Rate(Counter counter) const {
    const double seconds = ToSeconds(progress_.interval);
    return RateText(seconds > 0 ? static_cast<double>(recent_.count(counter)) / seconds : 0);
  }

  const Plan& plan_;
  const Progress& progress_;
  const Recorder& setup_;
  const Recorder load_;
  const Recorder recent_;
  Lines lines_;
};

}  // namespace

std::vector<std::string> FormatLiveView(const Plan& plan, const Progress& progress,
                                        TerminalSize size) {
  return View(plan, progress).Format(size);
}

}  // namespace phx::loadgen
