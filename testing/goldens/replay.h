// Replay: plays the driver's part of a transcript against a server and demands that the server
// plays its own.
//
//   std::vector<std::string> differences = Replay(transcript, CaseOf(name), target);
//   EXPECT_THAT(differences, IsEmpty());
//
// What must be equal: HTTP status, headers and body; the frames of each connection, in their order:
// type, refs, topic, event and payload as parsed JSON, bytes of binary frames, close codes; that
// the connection ends where it ended. Nothing else may come. What may differ: the texts of equal
// JSON (the order of keys, the form of numbers), dates, request ids, the accept key, presence refs
// (by their shape), tokens of long polling (where the driver sent one back, the server's own is
// sent), and the order of frames on different connections.
#ifndef PHX_TESTING_GOLDENS_REPLAY_H_
#define PHX_TESTING_GOLDENS_REPLAY_H_

#include <string>
#include <vector>

#include "testing/goldens/golden_case.h"
#include "testing/goldens/replay_target.h"
#include "testing/goldens/transcript.h"

namespace phx::test {

// What differed, one sentence each, with the line of the transcript. Empty: nothing.
std::vector<std::string> Replay(const Transcript& transcript, const GoldenCase& golden,
                                ReplayTarget& target);

}  // namespace phx::test

#endif  // PHX_TESTING_GOLDENS_REPLAY_H_
