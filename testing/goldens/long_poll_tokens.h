// LongPollTokens: the tokens of a recorded conversation, and those of the server at hand that stand
// in their places.
#ifndef PHX_TESTING_GOLDENS_LONG_POLL_TOKENS_H_
#define PHX_TESTING_GOLDENS_LONG_POLL_TOKENS_H_

#include <map>
#include <string>

#include "testing/goldens/replay_target.h"

namespace phx::test {

class LongPollTokens {
 public:
  // `request` with the server's tokens in place of the recorded ones.
  RawRequest ToServer(RawRequest request) const;

  // Puts the recorded token in place of the server's in `actual`, which answers as `expected` was
  // recorded: if the server's is one at all, and the same wherever the recorded one is.
  void ToRecorded(const ServerEvent& expected, ServerEvent& actual);

 private:
  std::map<std::string, std::string> servers_;  // by the recorded one
};

}  // namespace phx::test

#endif  // PHX_TESTING_GOLDENS_LONG_POLL_TOKENS_H_
