// FramePattern: frames as tests write them, with names in place of refs.
//
//   ["$join","$join","room:1","phx_join",{}]
//
// A string that begins with '$' stands for a ref. The first frame that matches decides which: from
// then on the name means that ref, in what is expected and in what the server says.
#ifndef PHX_TESTING_FRAME_PATTERN_H_
#define PHX_TESTING_FRAME_PATTERN_H_

#include <map>
#include <string>
#include <string_view>

#include "nlohmann/json.hpp"

namespace phx::test {

class RefNames {
 public:
  // Whether `actual` is what `pattern` says. Learns the names that it meets for the first time,
  // but only if all of it matches.
  bool Match(const nlohmann::json& pattern, const nlohmann::json& actual);

  // `text` with every known name replaced by its ref. It need not be JSON.
  std::string Fill(std::string_view text) const;

  // `name` may stand for another ref from now on.
  void Forget(std::string_view name);

  // The ref that `name`, with its '$', stands for; empty if it is not known.
  std::string Find(std::string_view name) const;

 private:
  using Names = std::map<std::string, std::string, std::less<>>;

  static bool Match(const nlohmann::json& pattern, const nlohmann::json& actual, Names& names);

  Names names_;
};

}  // namespace phx::test

#endif  // PHX_TESTING_FRAME_PATTERN_H_
