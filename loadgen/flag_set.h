// FlagSet: a small table of typed flags, bound to variables.
//
//   std::uint64_t connections = 1;
//   FlagSet flags;
//   flags.Group("Load");
//   flags.Add("connections", "N", "How many connections to open.", &connections);
//   absl::Status status = flags.Parse(arguments);   // --connections=1000, --connections 1000
//   std::cout << flags.Help();
//
// Unlike a registry of global flags it never ends the process, knows nothing but its own flags, and
// reports every mistake of a command line at once.
//
// Threads: as a plain value.
#ifndef PHX_LOADGEN_FLAG_SET_H_
#define PHX_LOADGEN_FLAG_SET_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "loadgen/flag_value.h"

namespace phx::loadgen {

class FlagSet {
 public:
  // How the value of a flag is written where it is not text: in JSON.
  enum class Type : std::uint8_t {
    kNumber,
    kBoolean,
    kText,  // strings, and all that has a unit, such as durations
    kSize,  // a number of bytes, or text
    kList,  // of texts
    kJson,  // anything
  };

  // Begins a group of flags in Help().
  void Group(std::string_view title);

  // FlagSet::Add()
  //
  // Defines --`name`, whose value has one of the types of ParseFlagValue(). `value_name` stands for
  // the value in Help() ("N", "DURATION"). `*value` keeps its value unless the flag is given; what
  // it holds now is the default that Help() shows. It must outlive Parse().
  template <typename T>
  void Add(std::string_view name, std::string_view value_name, std::string_view help, T* value) {
    flags_.push_back({.name = std::string(name),
                      .value_name = std::string(value_name),
                      .help = std::string(help),
                      .default_text = FormatFlagValue(*value),
                      .type = TypeFor<T>(),
                      .set = [value](std::string_view text) { return ParseFlagValue(text, value); },
                      .clear = [value] { *value = T(); }});
  }

  // FlagSet::Words()
  //
  // Words that are no flags go to `*words`, which must outlive Parse(). Without it they are
  // mistakes.
  void Words(std::vector<std::string>* words) { words_ = words; }

  // FlagSet::Parse()
  //
  // Reads `--name=value`, `--name value` and, for a bool, `--name`. A flag given twice takes its
  // last value, or, if it is a list, both, in place of what the list held. kInvalidArgument has one
  // line for each mistake: an unknown flag (with the nearest known one), a missing or malformed
  // value, a word that is no flag.
  absl::Status Parse(std::span<const std::string_view> arguments);

  // FlagSet::Set()
  //
  // Gives one of the flags, which is defined, another value. kInvalidArgument, as ParseFlagValue().
  absl::Status Set(std::string_view name, std::string_view text) { return Find(name)->set(text); }

  // The type of a flag; nullopt if there is none of that name.
  std::optional<Type> TypeOf(std::string_view name) const;
  // The flag whose name is most like that one; "" if none is.
  std::string Nearest(std::string_view name) const;
  // All names, in the order of Add().
  std::vector<std::string> names() const;

  // The flags that Parse() found, and their values, as they were written.
  const std::vector<std::pair<std::string, std::string>>& given() const { return given_; }

  // One paragraph for each flag, by group, in the order of Add(), at most 100 columns wide.
  std::string Help() const;

 private:
  struct Flag {
    std::string name;
    std::string value_name;
    std::string help;
    std::string default_text;
    Type type;
    std::function<absl::Status(std::string_view)> set;
    std::function<void()> clear;
  };
  struct Heading {
    std::size_t before;  // the index of its first flag
    std::string title;
  };

  template <typename T>
  static constexpr Type TypeFor() {
    if (std::is_same_v<T, bool>) return Type::kBoolean;
    if (std::is_arithmetic_v<T>) return Type::kNumber;
    if (std::is_same_v<T, std::vector<std::string>>) return Type::kList;
    if (std::is_same_v<T, JsonText>) return Type::kJson;
    if (std::is_same_v<T, ByteSize> || std::is_same_v<T, SizeRange>) return Type::kSize;
    return Type::kText;
  }

  bool is_given(std::string_view name) const;
  // Reads the flag at `*index` and moves it past what was read. Returns the mistake, or "".
  std::string ParseOne(std::span<const std::string_view> arguments, std::size_t* index);
  const Flag* Find(std::string_view name) const;
  std::string DescribeUnknown(std::string_view name) const;

  std::vector<Flag> flags_;
  std::vector<Heading> headings_;
  std::vector<std::string>* words_ = nullptr;
  std::vector<std::pair<std::string, std::string>> given_;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_FLAG_SET_H_
