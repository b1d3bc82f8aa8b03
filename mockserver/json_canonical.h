// What Phoenix makes of JSON that says something twice or in an odd way.
#ifndef PHX_MOCKSERVER_JSON_CANONICAL_H_
#define PHX_MOCKSERVER_JSON_CANONICAL_H_

#include <string>
#include <string_view>

namespace phx::mock {

// CanonicalJson()
//
// `json` with the meaning that Phoenix gives to it: of equal keys in an object the first counts and
// the others are left out (most parsers, nlohmann's among them, take the last); -0 is 0, while -0.0
// stays. Everything else stands as it stood. `json` is a value that JsonReader accepted; needed
// only where it is not JsonValue::plain.
std::string CanonicalJson(std::string_view json);

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_JSON_CANONICAL_H_
