#include "loadgen/phases_text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "loadgen/flag_value.h"
#include "loadgen/phase_list.h"
#include "loadgen/text_reader.h"

namespace phx::loadgen {
namespace {

// Reads the phases.
class Parser : private TextReader {
 public:
  using TextReader::TextReader;

  absl::StatusOr<std::vector<RatePhase>> Parse() {
    while (ParsePhase() && SkipComma()) {
    }
    if (!status().ok()) return status();
    return list_.phases();
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
    PhaseSpec spec{.kind = std::string(TakeWord())};
    parts_.fill(word_at_);
    return ParseFields(&spec) && Add(spec);
  }

  bool ParseFields(PhaseSpec* spec) {
    if (!IsPhaseKind(spec->kind)) return true;  // as Add() finds
    return HasTwoRates(spec->kind) ? ParseRates(spec) : ParseRate(spec);
  }

  // [RATE] LENGTH
  bool ParseRate(PhaseSpec* spec) {
    std::string_view word = TakeWord();
    NotePlace(PhasePart::kTo, word_at_);
    double rate = 0;
    if (ParseFlagValue(word, &rate).ok()) {
      spec->to = rate;
      word = TakeWord();
    } else if (!ParseFlagValue(word, &spec->duration).ok()) {
      return Fail(word_at_, "a rate belongs here: a number per second");
    }
    return ParseLength(word, spec);
  }

  // [FROM]..TO[/N] LENGTH
  bool ParseRates(PhaseSpec* spec) {
    std::string_view range = TakeWord();
    const std::size_t dots = range.find("..");
    if (dots == std::string_view::npos) {
      return Fail(word_at_, spec->kind == "step"
                                ? "the rates belong here, as in step 1000..5000/5 10s"
                                : "the rates belong here, as in ramp 0..1000 10s");
    }
    NotePlace(PhasePart::kFrom, word_at_);
    NotePlace(PhasePart::kTo, word_at_ + dots + 2);
    const std::size_t slash =
        std::min(spec->kind == "step" ? range.find('/') : std::string_view::npos, range.size());
    NotePlace(PhasePart::kSteps, word_at_ + slash);
    if (dots > 0 && !ParseOne(range.substr(0, dots), PhasePart::kFrom, &spec->from)) return false;
    if (!ParseOne(range.substr(dots + 2, slash - dots - 2), PhasePart::kTo, &spec->to)) {
      return false;
    }
    std::uint64_t steps = 0;
    if (slash < range.size()) {
      if (!ParseFlagValue(range.substr(slash + 1), &steps).ok()) steps = 0;  // as Add() finds
      spec->steps = steps;
    }
    return ParseLength(TakeWord(), spec);
  }

  bool ParseOne(std::string_view word, PhasePart part, std::optional<double>* rate) {
    double parsed = 0;
    if (!ParseFlagValue(word, &parsed).ok()) {
      return Fail(PlaceOf(part), "a rate belongs here: a number per second");
    }
    *rate = parsed;
    return true;
  }

  // A length that is none is left at 0, which Add() finds.
  bool ParseLength(std::string_view word, PhaseSpec* spec) {
    NotePlace(PhasePart::kDuration, word_at_);
    if (!ParseFlagValue(word, &spec->duration).ok()) spec->duration = {};
    return true;
  }

  bool Add(const PhaseSpec& spec) {
    const std::optional<PhaseMistake> mistake = list_.Add(spec);
    return !mistake.has_value() || Fail(PlaceOf(mistake->part), mistake->what);
  }

  void NotePlace(PhasePart part, std::size_t place) {
    parts_.at(static_cast<std::size_t>(part)) = place;
  }
  std::size_t PlaceOf(PhasePart part) const { return parts_.at(static_cast<std::size_t>(part)); }

  std::size_t word_at_ = 0;
  std::array<std::size_t, 5> parts_ = {};  // where they are, by PhasePart
  PhaseList list_;
};

}  // namespace

absl::StatusOr<std::vector<RatePhase>> ParsePhases(std::string_view text) {
  return Parser(text).Parse();
}

}  // namespace phx::loadgen
