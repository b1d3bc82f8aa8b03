// JsonFields: reads a JSON object that a person wrote, field by field, and says where it is wrong.
//
//   JsonFields fields(json, "frames[0]");
//   fault.topic = fields.String("topic").value_or("");
//   fault.skip = fields.Integer("skip", 0, 1'000'000).value_or(0);
//   absl::Status status = fields.Finish();   // "frames[0].skip: must be an integer from 0 to …"
//
// Fields that are absent give nullopt; so do wrong ones, of which the first is remembered. Finish()
// also finds fields that nobody asked for.
#ifndef PHX_MOCKSERVER_JSON_FIELDS_H_
#define PHX_MOCKSERVER_JSON_FIELDS_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "nlohmann/json.hpp"

namespace phx::mock {

class JsonFields {
 public:
  // `object` must outlive this. `place` names it in messages; empty for the outermost.
  JsonFields(const nlohmann::json& object, std::string place);

  std::optional<std::string> String(const std::string& name);
  std::optional<std::int64_t> Integer(const std::string& name, std::int64_t min, std::int64_t max);
  std::optional<double> Fraction(const std::string& name);  // from 0 to 1
  std::optional<bool> Boolean(const std::string& name);
  // Any JSON; nullptr if it is absent.
  const nlohmann::json* Any(const std::string& name);
  // An array; nullptr if it is absent or something else.
  const nlohmann::json* Array(const std::string& name);

  // "frames[0].skip"
  std::string PlaceOf(const std::string& name) const;
  // Notes that the field is wrong: "must be …".
  void Complain(const std::string& name, const std::string& what);
  // Notes that the object as a whole is wrong.
  void Complain(const std::string& what);
  // Takes over what is wrong with something inside.
  void Complain(const absl::Status& status);

  // kInvalidArgument, with the place, if something was wrong.
  absl::Status Finish();

 private:
  const nlohmann::json& json_;
  const std::string place_;
  std::set<std::string> asked_;
  absl::Status status_;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_JSON_FIELDS_H_
