// ChildProcess: a program, started by a test as its user starts it.
//
//   ChildProcess chat("client/examples/chat", {url, "ann"});
//   EXPECT_EQ(chat.ReadLine(), "* ann is here");
//   chat.Write("hello\n");
//   chat.CloseInput();
//   EXPECT_EQ(chat.Wait(), 0);
//
// Standard output and standard error come as one. Reading waits for as long as the test may run. A
// program that is still running when this object goes is killed.
//
// Threads: none of its own.
#ifndef PHX_TESTING_CHILD_PROCESS_H_
#define PHX_TESTING_CHILD_PROCESS_H_

#include <sys/types.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace phx::test {

class ChildProcess {
 public:
  // Names and values, in addition to the test's own environment.
  using Environment = std::vector<std::pair<std::string, std::string>>;

  // `program` is a path from where the test runs.
  ChildProcess(const std::string& program, const std::vector<std::string>& arguments,
               const Environment& environment = {});
  ~ChildProcess();

  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // The next line that it prints, without its end; empty at the end of the output.
  std::string ReadLine();
  // The first line from here on that contains `text`; empty if none does.
  std::string ReadLineWith(std::string_view text);
  // All that it prints until it ends.
  std::string ReadAll();

  void Write(std::string_view text) const;
  void CloseInput();
  void Signal(int signal) const;

  // Its exit code, or minus the signal that ended it.
  int Wait();

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  std::FILE* output_ = nullptr;
};

}  // namespace phx::test

#endif  // PHX_TESTING_CHILD_PROCESS_H_
