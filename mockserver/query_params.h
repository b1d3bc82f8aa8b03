// Query strings, as Plug decodes them.
#ifndef PHX_MOCKSERVER_QUERY_PARAMS_H_
#define PHX_MOCKSERVER_QUERY_PARAMS_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace phx::mock {

// DecodeQuery()
//
// The object that `query` ("a=1&b[]=2&m[k]=v&flag", without the question mark) stands for: values
// are strings, `b[]` collects a list, `m[k]` an object, a name without "=" has the value "". Of
// several values for one name the last counts; where list, object and value of one name clash, the
// later shape replaces the earlier. kInvalidArgument for a bad percent escape or bytes that are not
// UTF-8, which Plug answers with 400.
absl::StatusOr<nlohmann::json> DecodeQuery(std::string_view query);

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_QUERY_PARAMS_H_
