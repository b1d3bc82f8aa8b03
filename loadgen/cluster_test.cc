// The files in cluster/ do what they say, with the parts of a cluster that this machine has not
// played by short scripts.
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using Json = nlohmann::json;

// What sbatch does with a job array: carries out the script, once for each task, and prints a
// number.
constexpr char kSbatch[] = R"(#!/bin/sh
tasks=
for word in "$@"; do
  case "$word" in
    --array=1-*) tasks="${word#--array=1-}" ;;
    */slurm.sh) script="$word" ;;
    merge) "$script" merge >run.txt; echo $? >exit_code; exit ;;
  esac
done
for task in $(seq 1 "$tasks"); do
  SLURM_ARRAY_TASK_ID="$task" "$script" >"shard-$task.txt" 2>&1 &
done
wait
echo 42
)";

std::string ReadFile(const fs::path& path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

class ClusterTest : public ::testing::Test {
 protected:
  ClusterTest() {
    fs::create_directories(folder_ / "bin");
    fs::create_symlink(fs::absolute("loadgen/loadgen"), folder_ / "bin" / "loadgen");
  }
  ~ClusterTest() override { fs::remove_all(folder_); }

  // In the folder, with its bin/ on PATH. Returns the exit code.
  int Shell(const std::string& command) const {
    const std::string line = "cd " + folder_.string() + " && PATH=" + (folder_ / "bin").string() +
                             ":$PATH && export PATH && " + command;
    return WEXITSTATUS(std::system(line.c_str()));  // NOLINT(cert-env33-c,concurrency-mt-unsafe)
  }

  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    fs::permissions(folder_ / name, fs::perms::owner_all);
  }

  fs::path folder_ = fs::path(::testing::TempDir()) /
                     ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(ClusterTest, TheSlurmScriptSubmitsTheShardsAndMergesThem) {
  Write("bin/sbatch", kSbatch);
  const std::string script = fs::absolute("loadgen/cluster/slurm.sh").string();
  EXPECT_EQ(Shell("LOADGEN_SHARDS=3 LOADGEN_DELAY=4 LOADGEN_FLAGS='--embedded --connections=6 "
                  "--threads=1 --rate=300 --duration=500ms --warmup=100ms --fail-if=achieved<0%' " +
                  script + " --time=00:01:00"),
            0);
  EXPECT_THAT(ReadFile(folder_ / "exit_code"), "0\n") << ReadFile(folder_ / "shard-1.txt");
  EXPECT_THAT(ReadFile(folder_ / "run.txt"), HasSubstr("PASSED"));
  const Json run = Json::parse(ReadFile(folder_ / "run.json"), nullptr, false);
  ASSERT_TRUE(run.is_object());
  EXPECT_EQ(run["counts"]["pushes"]["due"], 150);
  EXPECT_EQ(run["shards"].size(), 3U);
  EXPECT_THAT(ReadFile(folder_ / "run.html"), HasSubstr("<!doctype html>"));
}

TEST_F(ClusterTest, TheSlurmScriptAsksForWhatItNeeds) {
  EXPECT_NE(Shell(fs::absolute("loadgen/cluster/slurm.sh").string() + " 2>said"), 0);
  EXPECT_THAT(ReadFile(folder_ / "said"), HasSubstr("say what to do"));
}

// The lines of `manifest` behind "- |", as the shell in the container gets them.
std::string ScriptIn(const std::string& manifest) {
  const std::string begin = "            - |\n";
  const std::string indent = "              ";
  std::string script;
  std::size_t at = manifest.find(begin);
  if (at == std::string::npos) return "";
  at += begin.size();
  while (manifest.compare(at, indent.size(), indent) == 0) {
    const std::size_t end = manifest.find('\n', at) + 1;
    script += manifest.substr(at + indent.size(), end - at - indent.size());
    at = end;
  }
  return script;
}

std::string Replace(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

// The container's script, with a server, a size and a folder that this machine has.
std::string LocalScript(const fs::path& folder) {
  std::string script = ScriptIn(ReadFile("loadgen/cluster/kubernetes.yaml"));
  script = Replace(script, "--url=ws://phoenix:4000/socket", "--embedded --threads=1");
  script = Replace(script, "--connections=80000", "--connections=16 '--fail-if=achieved < 0%'");
  script = Replace(script, "--rate=40000", "--rate=800 --warmup=100ms");
  script = Replace(script, "--duration=1m", "--duration=500ms");
  script = Replace(script, "START_AT", "$(($(date +%s) + 3))");
  for (int i = 0; i < 2; ++i) script = Replace(script, "/tmp/shard.json", folder / "own.json");
  return script;
}

TEST_F(ClusterTest, APodOfTheIndexedJobPrintsItsShardBehindItsReport) {
  Write("pod.sh", LocalScript(folder_));
  EXPECT_EQ(Shell("JOB_COMPLETION_INDEX=2 sh pod.sh >log"), 0) << ReadFile(folder_ / "log");
  // As the comment in the file collects it.
  ASSERT_EQ(Shell("sed -n '/^{/,$p' log >shard.json"), 0);
  EXPECT_EQ(Shell("loadgen merge shard.json --json=run.json >merged"), 3);
  EXPECT_THAT(ReadFile(folder_ / "merged"), HasSubstr("shards 1, 2, 4, 5, 6, 7 and 8 of 8 are"));
  const Json run = Json::parse(ReadFile(folder_ / "run.json"), nullptr, false);
  ASSERT_TRUE(run.is_object());
  EXPECT_EQ(run["shards"][2]["outcome"], "passed");
  EXPECT_EQ(run["counts"]["connections"]["done"], 2);
}

TEST_F(ClusterTest, APodThatFailsSaysSoByItsExitCode) {
  Write("pod.sh", Replace(LocalScript(folder_), "achieved < 0%", "reply.max > 0ms"));
  EXPECT_EQ(Shell("JOB_COMPLETION_INDEX=0 sh pod.sh >log"), 1) << ReadFile(folder_ / "log");
}

}  // namespace
}  // namespace phx::loadgen
