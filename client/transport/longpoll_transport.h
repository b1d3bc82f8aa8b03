// The long polling transport: frames over plain HTTP requests, for networks that let no WebSocket
// through. It needs `longpoll: true` at the server's socket.
//
//   phx::SocketOptions options;
//   options.transport = phx::MakeLongPollTransport({.tls = {.ca_pem = ReadFile("ca.pem")}});
//
// A session begins with a poll that the server answers with a token. From then on one poll is under
// way at all times, which the server answers when it has messages or after ten seconds; frames to
// the server go by POST, up to 100 in one, one POST at a time, so that their order is kept. Polls
// and POSTs have a connection each, which is kept open. The rules are in longpoll_core.h.
//
// ws://, wss://, http:// and https:// URLs are understood, and "/websocket" at the end of the path
// becomes "/longpoll". The auth token goes into a header of each poll. There are no heartbeats: the
// polls tell whether the connection lives. Binary frames reach the server; the other way Phoenix
// can send only those whose bytes happen to be UTF-8, and answers others with HTTP 500. V1 frames
// take a POST each: Phoenix reads only V2 in batches.
//
// How an end is reported (TransportClosed):
//
//   the session is gone         3410; kUnavailable. The server was restarted, or heard no poll for
//                               1.5 windows. Nobody knows which of the last frames it took
//   refused (403)               1008; kPermissionDenied
//   another status, HTTP error  1011; kUnavailable, kUnauthenticated for 401
//   no answer in time           1005 "timeout"; kUnavailable
//   connection lost, no HTTP    1006; kUnavailable, or kResourceExhausted for an answer over the
//                               limit
//   a request that cannot be    1006; kInvalidArgument: URL, header, auth token, TLS option
//   made
//   Close()                     its own code, was_clean, once everything sent has been taken by the
//                               server. Polling stops at once; the server hears nothing of the
//                               close, and forgets the session when it misses the polls
//   Close() before the opening  1006; kCancelled
//
// An attempt that fails before the opening is reported with 1006, or 1008 where it was refused.
#ifndef PHX_CLIENT_TRANSPORT_LONGPOLL_TRANSPORT_H_
#define PHX_CLIENT_TRANSPORT_LONGPOLL_TRANSPORT_H_

#include "client/transport/longpoll_options.h"
#include "client/transport/transport.h"

namespace phx {

// MakeLongPollTransport()
//
// A factory of long polling transports. It prepares TLS once, at the first secure URL, and may be
// shared by any number of sockets and threads.
TransportFactory MakeLongPollTransport(LongPollOptions options = {});

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_LONGPOLL_TRANSPORT_H_
