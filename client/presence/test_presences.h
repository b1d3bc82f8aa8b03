// What the tests of presence write presences with.
#ifndef PHX_CLIENT_PRESENCE_TEST_PRESENCES_H_
#define PHX_CLIENT_PRESENCE_TEST_PRESENCES_H_

#include <string>
#include <vector>

#include "client/presence/presence_state.h"
#include "client/presence/presence_sync.h"

namespace phx::test {

// An entry with a meta for each phx_ref.
PresenceEntry Entry(const std::vector<std::string>& refs);

// "ann: a b; bob: c": two keys, with metas of these phx_refs.
PresenceState State(const std::string& text);
// "+ann: a b; -bob: c": what joins and what leaves.
PresenceDiff Diff(const std::string& text);

// In the same manner: "ann: a b".
std::string ToText(const PresenceState& state);
// "join ann [a] +b", "leave ann [a] -b", "update ann [a] -> [a b]": in brackets what there is
// before a join and after a leave.
std::vector<std::string> ToText(const std::vector<PresenceChange>& changes);

}  // namespace phx::test

#endif  // PHX_CLIENT_PRESENCE_TEST_PRESENCES_H_
