#include "testing/benchmarks/traffic.h"

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

namespace phx::benchmarks {

void AppendMessage(std::string& out, std::uint64_t ref, std::string_view topic,
                   std::string_view event, std::string_view payload) {
  char digits[20];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), ref).ptr;
  out += R"(["1",")";
  out.append(std::begin(digits), end);
  out += R"(",")";
  out += topic;
  out += R"(",")";
  out += event;
  out += R"(",)";
  out += payload;
  out += ']';
}

void GiveUp(std::string_view what) {
  std::cerr << "benchmark: " << what << '\n';
  std::_Exit(1);
}

}  // namespace phx::benchmarks
