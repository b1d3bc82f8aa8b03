#include "testing/child_process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"

namespace phx::test {
namespace {

// In the child: becomes the program.
[[noreturn]] void Become(const std::string& program, const std::vector<std::string>& arguments,
                         const ChildProcess::Environment& environment) {
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> words = {const_cast<char*>(program.c_str())};
  for (const std::string& word : arguments) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  execv(program.c_str(), words.data());
  _exit(127);
}

}  // namespace

ChildProcess::ChildProcess(const std::string& program, const std::vector<std::string>& arguments,
                           const Environment& environment) {
  std::array<int, 2> input{};
  std::array<int, 2> output{};
  // Closed on exec, so that no other child keeps this one's input open.
  EXPECT_EQ(pipe2(input.data(), O_CLOEXEC), 0);
  EXPECT_EQ(pipe2(output.data(), O_CLOEXEC), 0);
  pid_ = fork();
  if (pid_ == 0) {
    dup2(input[0], STDIN_FILENO);
    dup2(output[1], STDOUT_FILENO);
    dup2(output[1], STDERR_FILENO);
    Become(program, arguments, environment);
  }
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
    const std::string line = ReadLine();
    if (line.find(text) != std::string::npos) return line;
  }
  return {};
}

std::string ChildProcess::ReadAll() {
  std::string all;
  for (int c = getc(output_); c != EOF; c = getc(output_)) all += static_cast<char>(c);
  return all;
}

void ChildProcess::Write(std::string_view text) {
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
