#include "loadgen/rate_phase.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "loadgen/flag_value.h"
#include "loadgen/text_reader.h"

namespace phx::loadgen {
namespace {

constexpr std::size_t kMaxPhases = 1000;

// Reads the phases.
class Parser : private TextReader {
 public:
  using TextReader::TextReader;

  absl::StatusOr<std::vector<RatePhase>> Parse() {
    while (ParsePhase() && SkipComma()) {
    }
    if (!status().ok()) return status();
    return phases_;
  }

 private:
  bool SkipComma() {
    SkipSpaces();
    if (rest().empty()) return false;
    if (!rest().starts_with(',')) {
      return Fail(place(), "a comma belongs here, before the next phase");
    }
    Skip(1);
    return true;
  }

  // What comes up to a space or a comma; `word_at_` is where.
  std::string_view TakeWord() {
    SkipSpaces();
    word_at_ = place();
    return TakeWhile([](char c) { return c != ' ' && c != ','; });
  }

  bool ParsePhase() {
    const std::string_view name = TakeWord();
    if (name == "hold" || name == "spike") return ParseHold(name);
    if (name == "ramp" || name == "step") return ParseChange(name);
    return Fail(word_at_, "is no phase; write hold, spike, ramp or step");
  }

  bool ParseHold(std::string_view name) {
    std::string_view word = TakeWord();
    std::optional<double> rate = rate_;
    Duration length = {};
    double written = 0;
    // "0" could be both.
    const bool is_length =
        !ParseFlagValue(word, &written).ok() && ParseFlagValue(word, &length).ok();
    if (!is_length) {
      if (!ParseRate(word, word_at_, &written)) return false;
      rate = written;
      word = TakeWord();
    } else if (name == "spike" || !rate.has_value()) {
      return Fail(word_at_,
                  absl::StrCat("the rate belongs here, as in ", std::string(name), " 1000 10s"));
    }
    if (!ParseLength(word, &length)) return false;
    if (name == "hold") rate_ = rate;
    return Add({.name = std::string(name), .from = *rate, .to = *rate, .length = length});
  }

  bool ParseChange(std::string_view name) {
    std::string_view range = TakeWord();
    const std::size_t begin = word_at_;
    const bool is_step = name == "step";
    const std::size_t dots = range.find("..");
    if (dots == std::string_view::npos) {
      return Fail(begin, is_step ? "the rates belong here, as in step 1000..5000/5 10s"
                                 : "the rates belong here, as in ramp 0..1000 10s");
    }
    std::uint64_t steps = 1;
    const std::size_t slash = range.find('/');
    if (is_step && !ParseSteps(range, slash, &steps)) return false;
    RatePhase phase{.name = std::string(name)};
    if (dots == 0 && !is_step && rate_.has_value()) {
      phase.from = *rate_;
    } else if (!ParseRate(range.substr(0, dots), begin, &phase.from)) {
      return false;
    }
    const std::size_t end = is_step ? slash : range.size();
    if (!ParseRate(range.substr(dots + 2, end - dots - 2), begin + dots + 2, &phase.to)) {
      return false;
    }
    if (!ParseLength(TakeWord(), &phase.length)) return false;
    rate_ = phase.to;
    return is_step ? AddSteps(phase, steps) : Add(phase);
  }

  bool ParseSteps(std::string_view range, std::size_t slash, std::uint64_t* steps) {
    if (slash == std::string_view::npos || !ParseFlagValue(range.substr(slash + 1), steps).ok() ||
        *steps < 2 || *steps > kMaxPhases) {
      return Fail(slash == std::string_view::npos ? place() : word_at_ + slash,
                  "say in how many steps, as in step 1000..5000/5 10s");
    }
    return true;
  }

  bool ParseRate(std::string_view word, std::size_t begin, double* rate) {
    if (ParseFlagValue(word, rate).ok() && *rate <= kMaxRate) return true;
    return Fail(begin,
                absl::StrCat("a rate belongs here: a number per second, at most ", kMaxRate));
  }

  bool ParseLength(std::string_view word, Duration* length) {
    if (ParseFlagValue(word, length).ok() && *length > Duration::zero()) return true;
    return Fail(word_at_, "the length belongs here, with its unit, as in 10s or 1m30s");
  }

  bool AddSteps(const RatePhase& range, std::uint64_t steps) {
    for (std::uint64_t i = 0; i < steps; ++i) {
      const double share = static_cast<double>(i) / static_cast<double>(steps - 1);
      const double rate = range.from + share * (range.to - range.from);
      const RatePhase step{.name = range.name, .from = rate, .to = rate, .length = range.length};
      if (!Add(step)) return false;
    }
    return true;
  }

  bool Add(RatePhase phase) {
    if (phases_.size() == kMaxPhases) return Fail(word_at_, "is one phase too many; give fewer");
    phases_.push_back(std::move(phase));
    return true;
  }

  std::size_t word_at_ = 0;
  std::optional<double> rate_;  // that the last phase ended with, spikes left out
  std::vector<RatePhase> phases_;
};

}  // namespace

absl::StatusOr<std::vector<RatePhase>> ParsePhases(std::string_view text) {
  return Parser(text).Parse();
}

std::string ToString(const RatePhase& phase) {
  std::string rates = FormatFlagValue(phase.from);
  if (phase.to != phase.from) absl::StrAppend(&rates, "..", FormatFlagValue(phase.to));
  return absl::StrCat(phase.name, " ", rates, " ", FormatFlagValue(phase.length));
}

Duration LengthOf(const std::vector<RatePhase>& phases) {
  Duration length = {};
  for (const RatePhase& phase : phases) length += phase.length;
  return length;
}

RatePhasePlace PlaceIn(const std::vector<RatePhase>& phases, Duration elapsed) {
  std::size_t index = 0;
  Duration begin = {};
  while (index + 1 < phases.size() && elapsed >= begin + phases[index].length) {
    begin += phases[index++].length;
  }
  const RatePhase& phase = phases[index];
  const Duration into = std::clamp(elapsed - begin, Duration::zero(), phase.length);
  const double share = ToSeconds(into) / ToSeconds(phase.length);
  return {.index = index,
          .left = phase.length - into,
          .rate = phase.from + share * (phase.to - phase.from)};
}

double AverageRate(const std::vector<RatePhase>& phases) {
  double operations = 0;
  for (const RatePhase& phase : phases) operations += phase.operations();
  return phases.empty() ? 0 : operations / ToSeconds(LengthOf(phases));
}

}  // namespace phx::loadgen
