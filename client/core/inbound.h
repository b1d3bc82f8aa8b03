// Inbound: a message from the server, with its refs as the numbers that they stand for. Everybody
// who is to recognise his ref asks for it; it is parsed once.
#ifndef PHX_CLIENT_CORE_INBOUND_H_
#define PHX_CLIENT_CORE_INBOUND_H_

#include <optional>

#include "client/wire/message.h"
#include "client/wire/ref.h"
#include "client/wire/text.h"

namespace phx::core {

struct Inbound {
  // `told` outlives this object.
  explicit Inbound(const wire::Message& told)
      : message(told), join_ref(RefOf(told.join_ref)), ref(RefOf(told.ref)) {}

  const wire::Message& message;
  const Ref join_ref;  // none also if what stands there is none of ours
  const Ref ref;

 private:
  static Ref RefOf(const std::optional<wire::Text>& text) {
    return text.has_value() ? ParseRef(*text).value_or(Ref{}) : Ref{};
  }
};

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_INBOUND_H_
