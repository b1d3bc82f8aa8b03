// The ready set: the application that was recorded from real Phoenix, so that the mock server can
// stand in its place. What the recordings in testing/goldens show, this answers.
//
//   mock::Server server({.sockets = mock::ReadySet()});
//   // server.url()            /socket, everything
//   // server.url("/short")    closes after 3 s of silence
//   // server.url("/compress") compresses its messages
//
// Topics "room:*" (RoomChannel). Events, each with any payload unless said:
//   echo            reply ok with the payload (not an object: {"not_a_map": payload})
//   echo_raw        reply ok with the payload, whatever it is
//   echo_error      reply error with the payload
//   status          reply with the payload's "status" as status
//   ack, nack       reply ok / error with {}
//   list_reply      reply ok with [1,2,3]
//   noreply         no answer
//   shout           broadcast "shouted"; shout_reply also replies ok; shout_from leaves oneself out
//   push_me         push "pushed"; push_and_reply also replies ok with the payload
//   intercept_me    broadcast "intercepted", to which handle_out adds "intercepted_by"
//   delay           reply ok with the payload after its "ms" (200)
//   info            reply ok with connect_params, connect_info, topic, join_ref, serializer, …
//   crash, stop, stop_shutdown, stop_shutdown_tuple, stop_abnormal, stop_reply
//   disconnect      close all connections with this one's id
//   bin_echo, bin_echo_error, bin_push, bin_broadcast, bin_len     binary payloads
//   want_bin_push, want_bin_reply, want_bin_broadcast              binary output from {"text": …}
// Anything else crashes the channel. Joins reply {"params": …, "topic": …}; the topics room:private
// (refused), room:crash_join, room:exit_join, room:bad_return (crash), room:bare_ok ({}), and the
// params "delay" (ms) and "push_after" are special.
//
// Topics "presence:*" (PresenceChannel): join with "user" and "meta"; tracks the user, then pushes
// "presence_state". Events: update_meta (merges the payload into the meta), untrack, list.
//
// Connect params: token=bad is refused (403), token=rate with 429, token=crash with 500; id=ID
// gives the socket the id "users_socket:ID".
#ifndef PHX_MOCKSERVER_READY_SET_H_
#define PHX_MOCKSERVER_READY_SET_H_

#include <cstddef>
#include <vector>

#include "mockserver/user_socket.h"

namespace phx::mock {

// The sockets /socket, /short, /compress, /origin, /subproto, /maxframe, /noerrh, /lpshort,
// /nodrain, /v2only and /auth. /socket, /origin and /auth also serve long polling; /lpshort that
// alone, with a window of 1 s and tokens that are valid for 2 s. `max_channels_per_transport` is
// that of each.
std::vector<UserSocket> ReadySet(std::size_t max_channels_per_transport = 100);

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_READY_SET_H_
