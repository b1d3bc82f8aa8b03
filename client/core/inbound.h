// Inbound: a message from the server, with its refs as the numbers that they stand for, and with
// what its event means to the protocol. Everybody asks for them; they are found out once.
#ifndef PHX_CLIENT_CORE_INBOUND_H_
#define PHX_CLIENT_CORE_INBOUND_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "client/wire/events.h"
#include "client/wire/message.h"
#include "client/wire/ref.h"
#include "client/wire/text.h"

namespace phx::core {

struct Inbound {
  enum class Kind : std::uint8_t { kOfTheApplication, kReply, kClose, kError };

  // `told` outlives this object.
  explicit Inbound(const wire::Message& told)
      : message(told),
        kind(KindOf(told.event)),
        join_ref(RefOf(told.join_ref)),
        ref(RefOf(told.ref)) {}

  const wire::Message& message;
  const Kind kind;
  const Ref join_ref;  // none also if what stands there is none of ours
  const Ref ref;

 private:
  static Kind KindOf(std::string_view event) {
    if (!event.starts_with("phx_")) return Kind::kOfTheApplication;
    if (event == events::kReply) return Kind::kReply;
    if (event == events::kClose) return Kind::kClose;
    if (event == events::kError) return Kind::kError;
    return Kind::kOfTheApplication;
  }
  static Ref RefOf(const std::optional<wire::Text>& text) {
    return text.has_value() ? ParseRef(*text).value_or(Ref{}) : Ref{};
  }
};

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_INBOUND_H_
