// RandomJson: JSON values for property tests, and the many ways to write each of them down. The
// same ones for the same seed on every machine.
//
//   RandomJson random(/*seed=*/1);
//   const nlohmann::json value = random.Value(/*depth=*/3);
//   const std::string text = random.Spell(value);   // with white space and escapes here and there
//   assert(nlohmann::json::parse(text) == value);
#ifndef PHX_CLIENT_WIRE_RANDOM_JSON_H_
#define PHX_CLIENT_WIRE_RANDOM_JSON_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

#include "nlohmann/json.hpp"

namespace phx::test {

class RandomJson {
 public:
  explicit RandomJson(std::uint32_t seed) : random_(seed) {}

  // A number in [0, bound). std::uniform_int_distribution differs between standard libraries.
  std::size_t Below(std::size_t bound) { return random_() % bound; }

  // UTF-8 with a liking for what trips scanners: quotes, backslashes, brackets, control characters,
  // characters of two, three and four bytes.
  std::string String();

  // Any value, nested at most `depth` deep. Objects have no member twice.
  nlohmann::json Value(int depth);

  // A valid JSON text of `value`.
  std::string Spell(const nlohmann::json& value);

 private:
  std::string Space();
  std::string SpellString(const std::string& text);
  std::string SpellArray(const nlohmann::json& array);
  std::string SpellObject(const nlohmann::json& object);
  nlohmann::json Scalar();

  std::mt19937 random_;
};

}  // namespace phx::test

#endif  // PHX_CLIENT_WIRE_RANDOM_JSON_H_
