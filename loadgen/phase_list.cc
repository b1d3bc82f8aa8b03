#include "loadgen/phase_list.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "loadgen/flag_value.h"

namespace phx::loadgen {
namespace {

constexpr std::size_t kMaxPhases = 1000;

std::optional<PhaseMistake> CheckRate(PhasePart part, const std::optional<double>& rate) {
  if (!rate.has_value() || *rate <= kMaxRate) return std::nullopt;
  return PhaseMistake{part,
                      absl::StrCat("a rate belongs here: a number per second, at most ", kMaxRate)};
}

// The i-th of so many, which are 2 at least.
double StepRate(double from, double to, std::uint64_t i, std::uint64_t count) {
  return from + static_cast<double>(i) / static_cast<double>(count - 1) * (to - from);
}

}  // namespace

bool IsPhaseKind(std::string_view kind) {
  return kind == "hold" || kind == "spike" || HasTwoRates(kind);
}

bool HasTwoRates(std::string_view kind) { return kind == "ramp" || kind == "step"; }

std::optional<PhaseMistake> PhaseList::Check(const PhaseSpec& spec) const {
  const bool is_step = spec.kind == "step";
  if (!IsPhaseKind(spec.kind)) {
    return PhaseMistake{PhasePart::kKind, "is no phase; write hold, spike, ramp or step"};
  }
  if (auto mistake = CheckRate(PhasePart::kFrom, spec.from)) return mistake;
  if (auto mistake = CheckRate(PhasePart::kTo, spec.to)) return mistake;
  if (HasTwoRates(spec.kind) && !spec.from.has_value() && (is_step || !rate_.has_value())) {
    return PhaseMistake{PhasePart::kFrom, "a rate belongs here, from which to begin"};
  }
  const bool may_go_on = spec.kind == "hold" && rate_.has_value();
  if (!spec.to.has_value() && !may_go_on) {
    return PhaseMistake{PhasePart::kTo, "the rate belongs here"};
  }
  if (is_step && (spec.steps.value_or(0) < 2 || *spec.steps > kMaxPhases)) {
    return PhaseMistake{PhasePart::kSteps,
                        absl::StrCat("say in how many steps, from 2 to ", kMaxPhases)};
  }
  if (spec.duration <= Duration::zero()) {
    return PhaseMistake{PhasePart::kDuration,
                        "the length belongs here, with its unit, as in 10s or 1m30s"};
  }
  if (phases_.size() + spec.steps.value_or(1) > kMaxPhases) {
    return PhaseMistake{PhasePart::kKind,
                        absl::StrCat("is beyond the ", kMaxPhases, " phases that a run may have")};
  }
  return std::nullopt;
}

std::optional<PhaseMistake> PhaseList::Add(const PhaseSpec& spec) {
  if (std::optional<PhaseMistake> mistake = Check(spec)) return mistake;
  const double to = spec.to.has_value() ? *spec.to : *rate_;
  const double from = !HasTwoRates(spec.kind) ? to : spec.from.has_value() ? *spec.from : *rate_;
  if (spec.kind != "spike") rate_ = to;
  if (spec.kind != "step") {
    phases_.push_back({.name = spec.kind, .from = from, .to = to, .length = spec.duration});
    return std::nullopt;
  }
  for (std::uint64_t i = 0; i < *spec.steps; ++i) {
    const double rate = StepRate(from, to, i, *spec.steps);
    phases_.push_back({.name = spec.kind, .from = rate, .to = rate, .length = spec.duration});
  }
  return std::nullopt;
}

std::string ToString(const PhaseSpec& spec) {
  const auto text = [](const std::optional<double>& rate) {
    return rate.has_value() ? FormatFlagValue(*rate) : "";
  };
  std::string rates = text(spec.to);
  if (HasTwoRates(spec.kind)) rates = absl::StrCat(text(spec.from), "..", rates);
  if (spec.steps.has_value()) absl::StrAppend(&rates, "/", *spec.steps);
  return absl::StrCat(spec.kind, rates.empty() ? "" : " ", rates, " ",
                      FormatFlagValue(spec.duration));
}

}  // namespace phx::loadgen
