#include "testing/child_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"

namespace phx::test {
namespace {

// The words and a null at their end, as exec takes them. They point into `words`.
std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

// What is added, which so wins, and behind it the test's own environment: NAME=value.
std::vector<std::string> Environ(const ChildProcess::Environment& added) {
  std::vector<std::string> all;
  for (const auto& [name, value] : added) all.push_back(name + "=" + value);
  for (char** variable = environ; *variable != nullptr; ++variable) all.emplace_back(*variable);
  return all;
}

}  // namespace

// posix_spawn() and not fork(): the test may have threads, which may hold locks.
ChildProcess::ChildProcess(const std::string& program, const std::vector<std::string>& arguments,
                           const Environment& environment) {
  std::array<int, 2> input{};
  std::array<int, 2> output{};
  // Closed on exec, so that no other child keeps this one's input open.
  EXPECT_EQ(pipe2(input.data(), O_CLOEXEC), 0);
  EXPECT_EQ(pipe2(output.data(), O_CLOEXEC), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDERR_FILENO);
  std::vector<std::string> words = {program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = Environ(environment);
  EXPECT_EQ(posix_spawn(&pid_, program.c_str(), &actions, nullptr, Pointers(words).data(),
                        Pointers(variables).data()),
            0)
      << "cannot start " << program;
  posix_spawn_file_actions_destroy(&actions);
  close(input[0]);
  close(output[1]);
  input_ = input[1];
  output_ = fdopen(output[0], "r");
}

ChildProcess::~ChildProcess() {
  CloseInput();
  if (pid_ > 0) {
    Signal(SIGKILL);
    Wait();
  }
  if (output_ != nullptr) fclose(output_);
}

std::string ChildProcess::ReadLine() {
  std::string line;
  for (int c = getc(output_); c != EOF && c != '\n'; c = getc(output_)) {
    line += static_cast<char>(c);
  }
  return line;
}

std::string ChildProcess::ReadLineWith(std::string_view text) {
  while (feof(output_) == 0) {
    std::string line = ReadLine();
    if (line.find(text) != std::string::npos) return line;
  }
  return {};
}

std::string ChildProcess::ReadAll() {
  std::string all;
  for (int c = getc(output_); c != EOF; c = getc(output_)) all += static_cast<char>(c);
  return all;
}

void ChildProcess::Write(std::string_view text) const {
  EXPECT_EQ(write(input_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

void ChildProcess::CloseInput() {
  if (input_ >= 0) close(input_);
  input_ = -1;
}

void ChildProcess::Signal(int signal) const { kill(pid_, signal); }

int ChildProcess::Wait() {
  if (pid_ <= 0) return -1;
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace phx::test
