// The same worlds as in socket_core_property_test.cc, but made by the fuzzer, each of whose bytes
// decides one thing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <span>

#include "absl/strings/str_join.h"
#include "testing/core_world.h"

namespace phx::core {
namespace {

// A few steps more than there are bytes: a world goes on when nobody decides any more.
void Run(std::span<const std::uint8_t> bytes, bool is_quiet) {
  std::size_t next = 0;
  const auto chance = [&]() -> std::uint32_t { return next < bytes.size() ? bytes[next++] : 255; };
  test::CoreWorld world(chance, /*seed=*/1, is_quiet);
  while (next < bytes.size()) world.Step();
  world.End();
  if (world.violations().empty()) return;
  if (is_quiet) Run(bytes, /*is_quiet=*/false);
  std::cerr << absl::StrJoin(world.violations(), "\n") << "\n\n" << world.Transcript() << '\n';
  std::abort();
}

}  // namespace
}  // namespace phx::core

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  phx::core::Run({data, size}, /*is_quiet=*/true);
  return 0;
}
