// PayloadTemplate: how the payloads of a push are made.
#ifndef PHX_LOADGEN_PAYLOAD_TEMPLATE_H_
#define PHX_LOADGEN_PAYLOAD_TEMPLATE_H_

#include "loadgen/flag_value.h"
#include "loadgen/user_template.h"

namespace phx::loadgen {

struct PayloadTemplate {
  UserTemplate text = {};  // JSON; of a binary one bytes, or nothing if each has its own
  SizeRange size = {};     // as far as {data} can make it so
  bool is_binary = false;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_PAYLOAD_TEMPLATE_H_
