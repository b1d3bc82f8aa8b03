// Retry-After (RFC 9110 10.2.3): how long a server that refuses asks to be left alone.
#ifndef PHX_CLIENT_WIRE_RETRY_AFTER_H_
#define PHX_CLIENT_WIRE_RETRY_AFTER_H_

#include <chrono>
#include <optional>
#include <string_view>

#include "client/wire/connection_info.h"

namespace phx::wire {

// ParseHttpDate()
//
// The moment that `text` names, in one of the three forms of RFC 9110 5.6.7:
// "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994". A
// year of two digits is the one that is not more than 50 years after `now`. nullopt if it is none;
// the day of the week is not looked at.
std::optional<std::chrono::sys_seconds> ParseHttpDate(std::string_view text,
                                                      std::chrono::sys_seconds now);

// RetryAfter()
//
// How long to wait, never negative: the header's seconds, or the time from `response`'s own Date to
// the date that the header names, so that it does not matter how our clock is set; without a Date,
// from `now`. nullopt without the header, or if it is neither.
std::optional<std::chrono::seconds> RetryAfter(const HttpResponse& response,
                                               std::chrono::sys_seconds now);

}  // namespace phx::wire

#endif  // PHX_CLIENT_WIRE_RETRY_AFTER_H_
