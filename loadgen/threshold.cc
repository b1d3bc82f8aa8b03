#include "loadgen/threshold.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "loadgen/flag_value.h"
#include "loadgen/text_reader.h"

namespace phx::loadgen {
namespace {

struct FigureName {
  std::string_view name;
  Figure figure;
  std::string_view meaning;
};
constexpr std::array<FigureName, 19> kFigures = {{
    {"errors", Figure::kErrors,
     "of all phases; % of all that was attempted. Of one kind: errors.http_403"},
    {"connections", Figure::kConnections, "opened; % of those asked for"},
    {"joins", Figure::kJoins, "accepted; % of those asked for"},
    {"pushes", Figure::kPushes, "sent; % of those due"},
    {"replies", Figure::kReplies, "\"ok\"; % of the pushes sent"},
    {"failed", Figure::kFailed, "pushes without an \"ok\"; % of those sent"},
    {"late", Figure::kLate, "pushes that left late; % of those sent"},
    {"skipped", Figure::kSkipped, "pushes due on a busy or lost connection; % of those due"},
    {"unsent", Figure::kUnsent, "pushes that the generator did not come to; % of those due"},
    {"missing", Figure::kMissing, "broadcasts that a member did not get; % of those owed"},
    {"duplicates", Figure::kDuplicates, "broadcasts that a member got again; % of those owed"},
    {"reordered", Figure::kReordered, "broadcasts out of their sender's order; % of those owed"},
    {"after_leave", Figure::kAfterLeave, "messages to a channel that was left; % of the leaves"},
    {"lost", Figure::kLost, "connections, with --reconnect; % of those opened"},
    {"reconnects", Figure::kReconnects, "connections that are open again; % of those lost"},
    {"rejoins", Figure::kRejoins, "channels that are joined again; % of those that were not"},
    {"unrecovered", Figure::kUnrecovered, "lost, and not back at the end; % of all lost"},
    {"rate", Figure::kRate, "replies per second; pushes sent, where there are no replies"},
    {"achieved", Figure::kAchieved, "the rate as % of the one asked for"},
}};

struct RelationSign {
  std::string_view sign;
  Relation relation;
};
// The longer signs first.
constexpr std::array<RelationSign, 6> kRelations = {{
    {">=", Relation::kAtLeast},
    {"<=", Relation::kAtMost},
    {"==", Relation::kEqual},
    {"!=", Relation::kNotEqual},
    {">", Relation::kMore},
    {"<", Relation::kLess},
}};

struct StatisticName {
  std::string_view name;
  Statistic statistic;
};
constexpr std::array<StatisticName, 4> kStatistics = {{
    {"min", Statistic::kMin},
    {"mean", Statistic::kMean},
    {"stdev", Statistic::kStdev},
    {"max", Statistic::kMax},
}};

// The number nearest to 0.007 for "0.7%": that is what 7 of 1000 are, and a hundredth of what 0.7
// is nearest to is not.
double ShareOf(double percent) {
  constexpr double kWhole = 100;
  double share = 0;
  const bool is_read = ParseFlagValue(absl::StrCat(FormatFlagValue(percent), "e-2"), &share).ok();
  return is_read ? share : percent / kWhole;
}

std::string FigureNames() {
  std::vector<std::string> names;
  names.reserve(kReportedMetrics.size() + kFigures.size());
  for (const Metric metric : kReportedMetrics) names.emplace_back(ToString(metric));
  for (const FigureName& figure : kFigures) names.emplace_back(figure.name);
  return absl::StrJoin(names, ", ");
}

const Metric* FindMetric(std::string_view name) {
  const auto* found = std::find_if(kReportedMetrics.begin(), kReportedMetrics.end(),
                                   [&](Metric metric) { return ToString(metric) == name; });
  return found == kReportedMetrics.end() ? nullptr : found;
}

const FigureName* FindFigure(std::string_view name) {
  const auto* found = std::find_if(kFigures.begin(), kFigures.end(),
                                   [&](const FigureName& figure) { return figure.name == name; });
  return found == kFigures.end() ? nullptr : found;
}

// Reads one threshold.
class Parser : private TextReader {
 public:
  using TextReader::TextReader;

  absl::StatusOr<Threshold> Parse() {
    Threshold threshold{.text = std::string(rest())};
    if (!ParseFigure(&threshold) || !ParseRelation(&threshold) || !ParseLimit(&threshold)) {
      return status();
    }
    return threshold;
  }

 private:
  // Letters, digits, dots and underscores.
  std::string_view TakeWord() {
    SkipSpaces();
    return TakeWhile([](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_';
    });
  }

  bool ParseFigure(Threshold* threshold) {
    std::string_view word = TakeWord();
    std::size_t begin = place() - word.size();
    const std::string_view first = word.substr(0, word.find('.'));
    if (!IsFigure(first) && first.size() < word.size()) {
      const std::string_view rest = word.substr(first.size() + 1);
      if (!IsFigure(rest.substr(0, rest.find('.')))) return FailFigure(begin);
      threshold->users = std::string(first);
      begin += first.size() + 1;
      word = rest;
    }
    const std::size_t dot = word.find('.');
    const std::string_view name = word.substr(0, dot);
    if (const Metric* metric = FindMetric(name)) {
      threshold->figure = Figure::kLatency;
      threshold->metric = *metric;
      if (dot == std::string_view::npos) {
        return Fail(place(),
                    absl::StrCat("which? Write ", std::string(name), ".p99, .mean or .max"));
      }
      return ParseStatistic(word.substr(dot + 1), begin + dot + 1, threshold);
    }
    return ParseCount(word, begin, threshold);
  }

  bool ParseCount(std::string_view word, std::size_t begin, Threshold* threshold) {
    const std::size_t dot = word.find('.');
    const std::string_view name = word.substr(0, dot);
    const FigureName* figure = FindFigure(name);
    if (figure == nullptr) return FailFigure(begin);
    threshold->figure = figure->figure;
    if (figure->figure == Figure::kMissing && !threshold->users.empty()) {
      return Fail(begin, "is known of all users together only; leave out whose");
    }
    if (dot == std::string_view::npos) return true;
    // "errors.p99" is no kind of errors, but a mistake.
    Threshold latency;
    const bool is_statistic = Parser("").ParseStatistic(word.substr(dot + 1), 0, &latency);
    if (figure->figure != Figure::kErrors || dot + 1 == word.size() || is_statistic) {
      return Fail(begin + dot, absl::StrCat(std::string(name), " is one number and has no parts"));
    }
    threshold->error_kind = std::string(word.substr(dot + 1));
    return true;
  }

  bool FailFigure(std::size_t begin) {
    return Fail(begin, absl::StrCat("is no figure; there are ", FigureNames()));
  }

  bool ParseStatistic(std::string_view name, std::size_t begin, Threshold* threshold) {
    for (const StatisticName& statistic : kStatistics) {
      if (name != statistic.name) continue;
      threshold->statistic = statistic.statistic;
      return true;
    }
    threshold->statistic = Statistic::kPercentile;
    const bool is_number =
        name.starts_with('p') && ParseFlagValue(name.substr(1), &threshold->percent).ok();
    if (!is_number || threshold->percent > 100) {
      return Fail(begin,
                  "is no statistic; write min, mean, stdev, max or a percentile, as in p99.9");
    }
    return true;
  }

  bool ParseRelation(Threshold* threshold) {
    SkipSpaces();
    for (const RelationSign& sign : kRelations) {
      if (!rest().starts_with(sign.sign)) continue;
      Skip(sign.sign.size());
      threshold->relation = sign.relation;
      return true;
    }
    return Fail(place(), "a comparison belongs here: one of > >= < <= == !=");
  }

  bool ParseLimit(Threshold* threshold) {
    SkipSpaces();
    const std::size_t begin = place();
    std::string_view value = rest();
    while (value.ends_with(' ')) value.remove_suffix(1);
    if (threshold->figure == Figure::kLatency) {
      Duration duration = {};
      if (!ParseFlagValue(value, &duration).ok()) {
        return Fail(begin, "a duration with its unit belongs here, as in 50ms or 1.5s");
      }
      threshold->limit = static_cast<double>(duration.count());
      return true;
    }
    const bool has_percent = value.ends_with('%');
    if (has_percent) value.remove_suffix(1);
    while (value.ends_with(' ')) value.remove_suffix(1);
    if (!ParseFlagValue(value, &threshold->limit).ok()) {
      return Fail(begin, "a number belongs here, as in 10 or 0.1%");
    }
    return ParseUnit(has_percent, begin + value.size(), threshold);
  }

  bool ParseUnit(bool has_percent, std::size_t end, Threshold* threshold) {
    if (threshold->figure == Figure::kRate && has_percent) {
      return Fail(end, "a rate is a number per second; for a share of it write achieved < 95%");
    }
    if (threshold->figure == Figure::kAchieved && !has_percent) {
      return Fail(end, "achieved is a share: write it with its %, as in 95%");
    }
    if (has_percent) threshold->limit = ShareOf(threshold->limit);
    threshold->is_share = has_percent;
    return true;
  }
};

}  // namespace

bool Threshold::Holds(double value) const {
  switch (relation) {
    case Relation::kMore: return value > limit;
    case Relation::kAtLeast: return value >= limit;
    case Relation::kLess: return value < limit;
    case Relation::kAtMost: return value <= limit;
    case Relation::kEqual: return value == limit;
    case Relation::kNotEqual: return value != limit;
  }
  return false;
}

absl::StatusOr<Threshold> ParseThreshold(std::string_view text) { return Parser(text).Parse(); }

bool IsFigure(std::string_view name) {
  return FindMetric(name) != nullptr || FindFigure(name) != nullptr;
}

std::vector<std::string> DescribeFigures() {
  std::vector<std::string> lines;
  lines.reserve(kReportedMetrics.size() + kFigures.size());
  for (const Metric metric : kReportedMetrics) {
    lines.push_back(
        absl::StrCat(std::string(ToString(metric)), ".p99  ", std::string(Describe(metric))));
  }
  for (const FigureName& figure : kFigures) {
    lines.push_back(absl::StrCat(std::string(figure.name), "  ", std::string(figure.meaning)));
  }
  return lines;
}

}  // namespace phx::loadgen
