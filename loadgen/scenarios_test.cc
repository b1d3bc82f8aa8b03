// The scenarios that come with the load generator: each is what the schema says, and runs, scaled
// down, against the embedded server. And the schema says what the reader does.
#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loadgen/application.h"
#include "loadgen/application_run.h"
#include "loadgen/flag_set.h"
#include "loadgen/scenario.h"
#include "loadgen/settings.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kFolder[] = "loadgen/scenarios/";

std::vector<std::string> Scenarios() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".json") && name != "scenario.schema.json") files.push_back(name);
  }
  std::sort(files.begin(), files.end());
  return files;
}

class ScenariosTest : public ::testing::TestWithParam<std::string> {};

// What takes the place of a scenario's own size, so that it takes a moment. Limits that a busy
// machine does not keep are left out.
std::vector<std::string> ScaledDown(const std::string& file) {
  std::vector<std::string> flags = {"--scenario=" + (kFolder + file),
                                    "--embedded",
                                    "--threads=2",
                                    "--connections=40",
                                    "--connect-rate=0",
                                    "--warmup=50ms",
                                    "--fail-if=achieved < 1%",
                                    "--fail-if=errors > 10%",
                                    "--fail-if=connections < 100%",
                                    "--fail-if=joins < 100%",
                                    "--quiet",
                                    "--json=" + TempFile("run.json")};
  const Json scenario = ReadJson(kFolder + file);
  for (const std::string condition : scenario.value("fail_if", Json::array())) {
    if (!condition.starts_with("missing")) continue;
    // Slow consumers would be waited for.
    flags.insert(flags.end(), {"--fail-if=" + condition, "--timeout=3s"});
  }
  if (scenario.contains("phases")) {
    flags.emplace_back("--phases=ramp 50..200 200ms, hold 100ms");
  } else {
    flags.insert(flags.end(), {"--rate=100", "--duration=300ms"});
  }
  return flags;
}

TEST_P(ScenariosTest, RunsAgainstTheEmbeddedServer) {
  const ApplicationRun outcome = RunWith(ScaledDown(GetParam()));
  EXPECT_EQ(outcome.exit_code, kExitPassed) << outcome.out;
  EXPECT_THAT(outcome.err, IsEmpty());
  EXPECT_THAT(outcome.out, HasSubstr("PASSED"));
  const Json run = ReadJson(TempFile("run.json"));
  const Json scenario = ReadJson(kFolder + GetParam());
  EXPECT_EQ(run["run"]["scenario"], scenario["name"]);
  EXPECT_EQ(run["users"].size(), scenario.value("users", Json::array()).size());
}

TEST_P(ScenariosTest, SaysWhatItIsAbout) {
  const Json scenario = ReadJson(kFolder + GetParam());
  EXPECT_EQ(scenario["$schema"], "scenario.schema.json");
  EXPECT_FALSE(scenario.value("name", "").empty());
  EXPECT_FALSE(scenario.value("description", "").empty());
}

INSTANTIATE_TEST_SUITE_P(All, ScenariosTest, ::testing::ValuesIn(Scenarios()),
                         [](const ::testing::TestParamInfo<std::string>& scenario) {
                           return scenario.param.substr(0, scenario.param.find('.'));
                         });

// The types that the schema gives a field, as far as they can be told apart.
std::string TypeInSchema(const Json& schema, const Json& field) {
  if (field.contains("$ref")) {
    const std::string reference = field["$ref"];
    return TypeInSchema(schema, schema.at(Json::json_pointer(reference.substr(1))));
  }
  if (field.contains("enum")) return "string";
  if (field.contains("oneOf")) {
    return TypeInSchema(schema, field["oneOf"][0]) + "|" + TypeInSchema(schema, field["oneOf"][1]);
  }
  const std::string type = field.value("type", "any");
  return type == "integer" ? "number" : type;
}

std::set<std::string> TypesOf(FlagSet::Type type) {
  switch (type) {
    case FlagSet::Type::kNumber: return {"number"};
    case FlagSet::Type::kBoolean: return {"boolean"};
    case FlagSet::Type::kText: return {"string", "array"};  // phases are objects
    case FlagSet::Type::kSize: return {"number|string"};
    case FlagSet::Type::kList: return {"string|array"};
    case FlagSet::Type::kJson: return {"object", "array", "any"};
  }
  return {};
}

void ExpectSameFields(const Json& schema, const Json& properties, const FlagSet& fields) {
  std::set<std::string> names;
  for (std::string name : fields.names()) {
    const FlagSet::Type type = *fields.TypeOf(name);
    std::replace(name.begin(), name.end(), '-', '_');
    names.insert(name);
    ASSERT_TRUE(properties.contains(name)) << name << " is not in the schema";
    EXPECT_TRUE(TypesOf(type).contains(TypeInSchema(schema, properties[name])))
        << name << ": " << TypeInSchema(schema, properties[name]);
  }
  for (const auto& [name, property] : properties.items()) {
    const bool is_known = name == "$schema" || names.contains(name);
    EXPECT_TRUE(is_known) << name << " is only in the schema";
  }
}

TEST(ScenarioSchemaTest, HasTheFieldsThatTheReaderHas) {
  const Json schema = ReadJson(std::string(kFolder) + "scenario.schema.json");
  Settings settings;
  JsonText users;
  FlagSet fields;
  AddScenarioFields(&fields, &settings, &users);
  ExpectSameFields(schema, schema["properties"], fields);
  KindSettings kind;
  FlagSet of_kind;
  AddKindFields(&of_kind, &kind);
  ExpectSameFields(schema, schema["$defs"]["kind"]["properties"], of_kind);
}

}  // namespace
}  // namespace phx::loadgen
