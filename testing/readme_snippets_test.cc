#include "testing/readme_snippets.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ReadmeSnippetsTest, FindsTheParagraphsOfCppBlocksOnly) {
  EXPECT_THAT(SnippetsIn("text\n```cpp\nint a;\n\nint b;\nint c;\n```\nint d;\n```sh\nls\n```\n"
                         "```cpp\nint e;\n```\n"),
              ElementsAre("int a;\n", "int b;\nint c;\n", "int e;\n"));
  EXPECT_THAT(SnippetsIn("```\nint a;\n```\n"), IsEmpty());
}

TEST(ReadmeSnippetsTest, ComparesCodeWithoutRegardToWhiteSpace) {
  EXPECT_TRUE(ContainsCode("void F() {\n  int a =\n      1;\n}", "int a = 1;\n"));
  EXPECT_FALSE(ContainsCode("void F() {\n  int a = 2;\n}", "int a = 1;\n"));
}

}  // namespace
}  // namespace phx::test
