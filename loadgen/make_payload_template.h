// Makes the payload template of what somebody asked for: checks event, payload and size.
#ifndef PHX_LOADGEN_MAKE_PAYLOAD_TEMPLATE_H_
#define PHX_LOADGEN_MAKE_PAYLOAD_TEMPLATE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "loadgen/mistakes.h"
#include "loadgen/payload_template.h"
#include "loadgen/settings.h"

namespace phx::loadgen {

// MakePayloadTemplate()
//
// `columns` are those of the users' feed. Mistakes are in fields whose names begin with `prefix`.
// One that is always the same is made once for all; payloads of broadcasts have room for a stamp.
PayloadTemplate MakePayloadTemplate(const KindSettings& settings,
                                    const std::vector<std::string>& columns,
                                    const std::string& prefix, SettingMistakes* mistakes);

// The least that --payload-size can be: a JSON object with one empty string.
inline constexpr std::uint64_t kMinPayloadSize = 11;

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_MAKE_PAYLOAD_TEMPLATE_H_
