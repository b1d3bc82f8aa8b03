// Races: which way those things go that in real Phoenix depend on the scheduler.
//
// A socket and each of its channels are processes of their own. The socket's process reads frames
// and handles joins and heartbeats; pushes and leaves it only forwards. If frames come back to
// back, the socket may act on the second before the channel has seen the first. What real servers
// did in 80 runs of each case (Phoenix 1.8.12 on Bandit; replies by ref, J the join_ref of the
// first join):
//
//   sent                      kLost                       kHandled
//   leave 2, join 3           3 ok, close J (57)          2 ok, close J, 3 ok (23)
//   leave 2, push 3           2 ok, close J (48)          2 ok, close J, 3 unmatched topic (32)
//   push 2, join 3            3 ok, close J (59)          2 ok, 3 ok, close J (21)
//   push 2 crashes, push 3    error J (47)                error J, 3 unmatched topic (33)
//   push 2 crashes, join 3    3 ok, close J (56)          error J, 3 ok (24)
//   push 2, malformed frame   1011 (53)                   2 ok, 1011 (27)
//
// Of the joins behind something a third way was seen once in 320 runs, kLate: 3 ok, 2 ok, close J.
//
// And where a handler changes a presence and then replies, "presence_diff" came behind the reply,
// but for 2 of 320 updates and 12 of 320 untracks (of all four servers).
//
// "Back to back" means here: taken from the connection by one read. Frames that were sent in one
// piece usually are; a test that must not depend on it uses Races::All(RaceOutcome::kHandled),
// which gives the same frames however the bytes are cut.
#ifndef PHX_MOCKSERVER_RACES_H_
#define PHX_MOCKSERVER_RACES_H_

#include <cstdint>
#include <optional>

#include "mockserver/seeded_random.h"

namespace phx::mock {

enum class RaceOutcome : std::uint8_t {
  kLost,     // the socket was faster: what the channel had not handled is gone
  kHandled,  // the channel was faster
  kLate,     // both: the channel's answer comes behind the socket's. Joins only, else as kHandled
};

// What races, by the two frames: what waits in the channel's mailbox, and what the socket got.
enum class RaceKind : std::uint8_t {
  kLeaveThenJoin,
  kLeaveThenPush,
  kPushThenJoin,
  kPushThenPush,  // the first push ends the channel; otherwise nothing is lost
  kPushThenMalformed,
};

struct Races {
  RaceOutcome leave_then_join = RaceOutcome::kLost;
  RaceOutcome leave_then_push = RaceOutcome::kLost;
  RaceOutcome push_then_join = RaceOutcome::kLost;
  RaceOutcome push_then_push = RaceOutcome::kLost;
  RaceOutcome push_then_malformed = RaceOutcome::kLost;
  // Whether the presence_diff of an update or untrack overtakes what the handler returns.
  bool presence_diff_first = false;

  // If set, every race is drawn anew with the frequencies above, from this seed and the number of
  // the connection: the same sequence of frames then has the same outcome in every run.
  std::optional<std::uint64_t> seed = std::nullopt;

  // The outcome of all but presence_diff_first, which is false.
  static Races All(RaceOutcome outcome) {
    return {outcome, outcome, outcome, outcome, outcome, false, std::nullopt};
  }
  static Races Seeded(std::uint64_t seed) {
    Races races;
    races.seed = seed;
    return races;
  }
};

enum class PresenceChange : std::uint8_t { kUpdate, kUntrack };

// Decides the races of one connection.
class RaceJudge {
 public:
  RaceJudge(const Races& races, std::uint64_t connection);

  RaceOutcome Decide(RaceKind kind);
  // Whether the diff of such a change comes first.
  bool DiffOvertakes(PresenceChange change);

 private:
  Races races_;
  SeededRandom random_;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_RACES_H_
