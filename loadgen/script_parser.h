// Reads the "steps" of a kind of users, as they are described in script.h.
#ifndef PHX_LOADGEN_SCRIPT_PARSER_H_
#define PHX_LOADGEN_SCRIPT_PARSER_H_

#include <string>
#include <vector>

#include "loadgen/mistakes.h"
#include "loadgen/script.h"
#include "loadgen/settings.h"

namespace phx::loadgen {

// ParseScript()
//
// What a push does not say itself is as in `settings`. `columns` are those of the feed. What is
// wrong is added to `*mistakes`, with its place. A round has to think, and to end with the channel
// joined, as it began.
Script ParseScript(const KindSettings& settings, const std::vector<std::string>& columns,
                   SettingMistakes* mistakes);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_SCRIPT_PARSER_H_
