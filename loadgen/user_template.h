// UserTemplate: a text, or a JSON value, in which placeholders stand for what differs from user to
// user: topics, params and payloads are written as one.
//
//   auto topic = UserTemplate::OfText("room:{channel}", {});
//   topic->Expand({.connection = 7, .channel = 2});             // room:2
//   auto params = UserTemplate::OfJson({{"token", "{token}"}}, /*columns=*/{"token"});
//   params->Expand({.row = {"abc"}});                           // {"token":"abc"}
//
//   {connection}   the number of the connection, of all in the run, from 1
//   {user}         its number among those of its kind, from 1
//   {channel}      the number of the channel of that connection, from 1
//   {data}         what the load puts in: filling, or a stamp
//   {COLUMN}       of the row that the user has in its feed
//
// "{{" stands for a brace. In JSON, placeholders stand in strings (not in names), and what is put
// in is escaped.
//
// Threads: a plain value.
#ifndef PHX_LOADGEN_USER_TEMPLATE_H_
#define PHX_LOADGEN_USER_TEMPLATE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {

class UserTemplate {
 public:
  enum class Placeholder : std::uint8_t { kConnection, kUser, kChannel, kData };

  struct Values {
    std::uint64_t connection = 1;
    std::uint64_t user = 1;
    std::uint64_t channel = 1;
    std::string_view data = {};
    std::span<const std::string> row = {};  // as many as there are columns
  };

  // Nothing.
  UserTemplate() = default;

  // kInvalidArgument, as the end of a sentence that names the place, for a placeholder that there
  // is not, and for a brace that is not closed.
  static absl::StatusOr<UserTemplate> OfText(std::string_view text,
                                             const std::vector<std::string>& columns);
  static absl::StatusOr<UserTemplate> OfJson(const nlohmann::ordered_json& json,
                                             const std::vector<std::string>& columns);

  // `text` as it stands, whatever is in it.
  static UserTemplate Constant(std::string text);

  std::string Expand(const Values& values) const;

  bool is_constant() const;
  // What a constant one expands to. "" if it is not constant.
  std::string_view constant() const;
  bool Has(Placeholder placeholder) const;

 private:
  // Literal text, a placeholder, or a column of the feed.
  struct Part {
    enum class Kind : std::uint8_t { kLiteral, kPlaceholder, kColumn };
    Kind kind = Kind::kLiteral;
    Placeholder placeholder = Placeholder::kConnection;
    std::size_t column = 0;
    std::string text = {};  // of a literal, as it is to be written
  };

  // Reads one text behind the parts that there are.
  absl::Status AppendText(std::string_view text, const std::vector<std::string>& columns);
  absl::Status AppendJson(const nlohmann::ordered_json& json,
                          const std::vector<std::string>& columns);
  absl::Status AppendPlaceholder(std::string_view name, const std::vector<std::string>& columns);
  void AppendLiteral(std::string_view text);
  std::string ValueOf(const Part& part, const Values& values) const;
  std::string Escaped(std::string_view text) const;

  std::vector<Part> parts_;
  bool is_json_ = false;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_USER_TEMPLATE_H_
