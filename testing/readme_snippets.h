// The C++ in a README, checked against a test that compiles it.
//
//   TEST(ReadmeTest, SnippetsAreThoseOfThisTest) {
//     ExpectSnippetsIn("client/README.md", "client/readme_test.cc");
//   }
//
// Whoever changes a snippet must change the test, and so learns whether it still compiles.
#ifndef PHX_TESTING_README_SNIPPETS_H_
#define PHX_TESTING_README_SNIPPETS_H_

#include <string>
#include <string_view>
#include <vector>

namespace phx::test {

// The paragraphs of all blocks that begin with ```cpp: what stands between blank lines.
std::vector<std::string> SnippetsIn(std::string_view markdown);

// Whether `source` contains `snippet`, white space aside.
bool ContainsCode(std::string_view source, std::string_view snippet);

// Fails the test for each snippet of the README that is not in the source, and if there are none.
// Both are paths from where the test runs: data of its target.
void ExpectSnippetsIn(const std::string& readme, const std::string& source);

}  // namespace phx::test

#endif  // PHX_TESTING_README_SNIPPETS_H_
